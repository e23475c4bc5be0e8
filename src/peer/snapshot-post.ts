/**
 * Sends snapshots to one peer: POST /raft/snapshot, the message and the whole database behind it.
 *
 *   u64 length | raftpb.Message (MsgSnap) | database file until the end of the body      integers big endian
 *
 * One at a time: a newer one takes the place of one under way. The peer's pace is the pace; nothing is read ahead of what
 * its socket takes.
 */
import { type Agent, type ClientRequest, request } from 'node:http';
import type { BackendReader } from '../core/ports/backend.ts';
import { Writer } from '../core/wire/codec.ts';
import { Message } from '../core/wire/gen/raft.ts';
import { requestHeaders } from './headers.ts';
import { writeFramed } from './message-stream.ts';
import type { PipelineOptions } from './pipeline.ts';
import { readPostAnswer } from './post-answer.ts';
import { connectOptions } from './urls.ts';

/** A peer that takes nothing more for so long is given up. */
const STALL_MS = 30_000;
/** The peer turns what came into its own database before it answers. */
const ANSWER_MS = 10 * 60_000;
const TCP_KEEPALIVE_MS = 30_000;

/** A database as the file that goes over the wire. */
export interface DatabaseFile {
  readonly bytes: number;
  bareChunks(): AsyncIterable<Uint8Array>;
}

export interface SnapshotObserver {
  /** The result is called when it has ended. */
  onSend(to: bigint): (arrived: boolean) => void;
  onReceive(from: bigint): (arrived: boolean) => void;
}

export interface SnapshotPostOptions
  extends Pick<PipelineOptions, 'local' | 'remoteId' | 'picker' | 'status' | 'log' | 'onSent' | 'onRemoved'> {
  readonly agent: Agent;
  readonly observer: SnapshotObserver;
  databaseFile(database: BackendReader): Promise<DatabaseFile>;
}

export class SnapshotPost {
  private readonly o: SnapshotPostOptions;
  private current: AbortController | undefined;

  constructor(options: SnapshotPostOptions) {
    this.o = options;
  }

  send(message: Message, database: BackendReader, done: (arrived: boolean) => void): void {
    this.current?.abort(new Error('a newer one is sent'));
    const current = new AbortController();
    this.current = current;
    const { status, picker, remoteId, observer, log } = this.o;
    const ended = observer.onSend(remoteId);
    const url = picker.pick();
    const fields: Record<string, unknown> = {
      'snapshot-index': message.snapshot!.metadata!.index,
      'remote-peer-id': remoteId.toString(16),
    };
    this.post({ message, database, url, fields, signal: current.signal }).then(
      () => {
        status.up();
        log.info('sent database snapshot', fields);
        ended(true);
        done(true);
      },
      (error: Error) => {
        log.warn('failed to send database snapshot', { ...fields, error: error.message });
        if (!current.signal.aborted) {
          picker.failed(url);
          status.down(`failed to post snapshot to ${remoteId.toString(16)}`, error.message);
        }
        ended(false);
        done(false);
      },
    );
  }

  stop(): void {
    this.current?.abort(new Error('stopped'));
  }

  private async post(o: {
    readonly message: Message;
    readonly database: BackendReader;
    readonly url: string;
    readonly fields: Record<string, unknown>;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { local, log, agent, onSent, databaseFile } = this.o;
    const { signal, fields, url } = o;
    const file = await databaseFile(o.database);
    signal.throwIfAborted();
    fields.bytes = file.bytes;
    log.info('sending database snapshot', fields);
    const post = request({
      ...connectOptions(url),
      agent,
      method: 'POST',
      path: '/raft/snapshot',
      headers: { ...requestHeaders(local), 'Content-Type': 'application/octet-stream' },
      signal,
    });
    const answered = this.answer(post, `${url}/raft/snapshot`);
    // The answer may be a refusal that comes before all is sent: it is looked at where the body ends.
    answered.catch(() => {});
    post.on('socket', (socket) => socket.setKeepAlive(true, TCP_KEEPALIVE_MS));
    post.setTimeout(STALL_MS, () => post.destroy(new Error('i/o timeout')));
    const writer = new Writer(64 * 1024);
    writeFramed(writer, o.message, Message.write);
    await write(post, writer.finish().slice(), answered);
    for await (const chunk of file.bareChunks()) {
      signal.throwIfAborted();
      await write(post, chunk, answered);
      onSent(chunk.length);
    }
    post.setTimeout(ANSWER_MS);
    post.end();
    await answered;
  }

  private answer(post: ClientRequest, url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      post.on('error', reject);
      post.on('close', () => reject(new Error('connection closed')));
      post.on('response', (response) =>
        readPostAnswer(response, { ...this.o, url }, ({ failure, removed }) => {
          if (removed) this.o.onRemoved();
          if (failure === undefined) resolve();
          else reject(new Error(failure));
          if (failure !== undefined) post.destroy();
        }),
      );
    });
  }
}

/** Waits until the socket takes more. @throws what ends the request meanwhile */
function write(post: ClientRequest, chunk: Uint8Array, answered: Promise<void>): Promise<void> {
  if (post.write(chunk)) return Promise.race([Promise.resolve(), answered]);
  const drained = new Promise<void>((resolve) => post.once('drain', resolve));
  return Promise.race([drained, answered]);
}
