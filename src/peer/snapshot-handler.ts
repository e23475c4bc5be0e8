/**
 * POST /raft/snapshot, the receiving side: the message first, then the database as the rest of the body (snapshot-post.ts
 * draws it). The database has to be here, whole, before raft hears of the snapshot.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Message, MessageType } from '../core/wire/gen/raft.ts';
import { readUint64 } from './frame-reader.ts';
import { answerText } from './http-answer.ts';
import type { PeerLog } from './peer-log.ts';
import type { SnapshotObserver } from './snapshot-post.ts';

/** Longest message before the database, in bytes (as in etcd 3.7). */
const MAX_SNAPSHOT_MESSAGE_BYTES = 64 * 1024 * 1024;
const LENGTH_BYTES = 8;
/** A sender that is silent for so long is given up. */
const STALL_MS = 30_000;

export interface SnapshotEnd {
  readonly observer: SnapshotObserver;
  /** Takes in a database; durable when it resolves. The result is its size in bytes. */
  receive(index: number, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** The message of a snapshot whose database is here. @returns why it is refused */
  step(message: Message): string | undefined;
}

export interface SnapshotHandlerOptions {
  readonly localId: bigint;
  readonly log: PeerLog;
  readonly snapshots: SnapshotEnd;
}

/** Versions and cluster id are checked already. */
export async function receiveSnapshot(
  o: SnapshotHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.socket.setTimeout(STALL_MS, () => request.destroy());
  const body = new Body(request);
  const refuse = (status: number, text: string): void => {
    // What is still to come is not read: the connection ends with the answer.
    response.shouldKeepAlive = false;
    response.once('finish', () => request.destroy());
    answerText(response, status, text);
  };
  let message: Message;
  try {
    message = await readMessage(body);
  } catch (error) {
    return refuse(400, `failed to decode raft message (${(error as Error).message})`);
  }
  const { index } = message.snapshot?.metadata ?? { index: 0 };
  if (message.type !== MessageType.MsgSnap || index === 0) return refuse(400, 'wrong raft message type');
  const ended = o.snapshots.observer.onReceive(message.from);
  const failure = await takeIn(o, { message, index, body });
  ended(failure === undefined);
  if (failure !== undefined) refuse(500, failure);
  else response.writeHead(204).end();
}

async function takeIn(
  { localId, log, snapshots }: SnapshotHandlerOptions,
  { message, index, body }: { readonly message: Message; readonly index: number; readonly body: Body },
): Promise<string | undefined> {
  const fields = {
    'local-member-id': localId.toString(16),
    'remote-snapshot-sender-id': message.from.toString(16),
    'incoming-snapshot-index': index,
    'incoming-snapshot-message-size-bytes': Message.encode(message).length,
  };
  log.info('receiving database snapshot', fields);
  let bytes: number;
  try {
    bytes = await snapshots.receive(index, body.rest());
  } catch (error) {
    log.warn('failed to save incoming database snapshot', { ...fields, error: (error as Error).message });
    return `failed to save KV snapshot (${(error as Error).message})`;
  }
  log.info('received and saved database snapshot', { ...fields, 'incoming-snapshot-size-bytes': bytes });
  const refused = snapshots.step(message);
  if (refused === undefined) return undefined;
  log.warn('failed to process Raft message', {
    'local-member-id': localId.toString(16),
    'remote-snapshot-sender-id': message.from.toString(16),
    error: refused,
  });
  return `failed to process raft message (${refused})`;
}

async function readMessage(body: Body): Promise<Message> {
  const length = readUint64(await body.take(LENGTH_BYTES));
  if (length > MAX_SNAPSHOT_MESSAGE_BYTES) throw new Error('rafthttp: error limit exceeded');
  const bytes = await body.take(length);
  try {
    return Message.decode(bytes);
  } catch {
    throw new Error('proto: cannot parse invalid wire-format data');
  }
}

/** A request body, of which some bytes are wanted and then the rest. */
class Body {
  private readonly chunks: AsyncIterator<Buffer>;
  private left: Buffer = Buffer.alloc(0);

  constructor(request: IncomingMessage) {
    this.chunks = request[Symbol.asyncIterator]();
  }

  /** @throws Error, with Go's words for a body that ends too early */
  async take(n: number): Promise<Buffer> {
    const parts = [this.left];
    let have = this.left.length;
    while (have < n) {
      const { done, value } = await this.chunks.next();
      if (done) throw new Error(have === 0 ? 'EOF' : 'unexpected EOF');
      parts.push(value);
      have += value.length;
    }
    const all = Buffer.concat(parts);
    this.left = all.subarray(n);
    return all.subarray(0, n);
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.left.length > 0) yield this.left;
    for (;;) {
      const { done, value } = await this.chunks.next();
      if (done) return;
      yield value;
    }
  }
}
