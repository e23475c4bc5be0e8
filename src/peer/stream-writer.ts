/**
 * The writing end of a stream: the body of the answer to a peer's GET. A newer connection of the same peer takes the
 * place of the older one. Messages of one turn leave in one write; while the socket is full they wait, up to a limit.
 *
 * The answer's head is node:http's; behind it the chunks of the body (RFC 9112, section 7.1) are written to the socket here,
 * each in one piece: a message is on the path of every put, and node:http makes three buffers and a tick of a chunk.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Message } from '../core/raft/types.ts';
import { Writer } from '../core/wire/codec.ts';
import type { StreamEncoder } from './message-stream.ts';
import type { PeerLog } from './peer-log.ts';
import type { PeerStatus } from './peer-status.ts';

/** Messages that wait for a socket that takes no more. */
export const STREAM_QUEUE_LIMIT = 4096;
/** Encode buffers that grew beyond this are not kept. */
const KEEP_BUFFER_BYTES = 1024 * 1024;
/** The size of a chunk, in as many hexadecimal digits whatever it is. */
const SIZE_DIGITS = 8;
const END_OF_LINE = Buffer.from('\r\n');
const CHUNK_HEAD_BYTES = SIZE_DIGITS + END_OF_LINE.length;

export interface StreamWriterOptions {
  /** As it is logged: `stream Message` or `stream MsgApp v2`. */
  readonly label: string;
  readonly ids: Readonly<Record<string, unknown>>;
  readonly status: PeerStatus;
  readonly log: PeerLog;
  newEncoder(): StreamEncoder;
  onSent(bytes: number): void;
  /** Messages were lost: raft has to send them again. */
  onLost(): void;
}

export class StreamWriter {
  private readonly o: StreamWriterOptions;
  private response: ServerResponse | undefined;
  /** Of the response. */
  private socket: Socket | undefined;
  private encoder: StreamEncoder | undefined;
  private waiting: Message[] = [];
  private full = false;
  private writer = new Writer(64 * 1024);

  constructor(options: StreamWriterOptions) {
    this.o = options;
  }

  get attached(): boolean {
    return this.response !== undefined;
  }

  /** The response's head is sent, and says that its body comes in chunks. */
  attach(response: ServerResponse): void {
    const { label, ids, log, status } = this.o;
    if (this.response) {
      log.warn('closed TCP streaming connection with remote peer', { 'stream-writer-type': label, ...ids });
      this.detach();
    }
    const socket = response.socket!;
    this.response = response;
    this.socket = socket;
    this.encoder = this.o.newEncoder();
    this.full = false;
    socket.on('drain', () => {
      if (this.response !== response) return;
      this.full = false;
      const waiting = this.waiting;
      this.waiting = [];
      if (waiting.length > 0) this.write(waiting);
    });
    response.once('close', () => {
      if (this.response === response) this.lost('connection closed');
    });
    response.on('error', () => response.destroy());
    status.up();
    log.info('established TCP streaming connection with remote peer', {
      'stream-writer-type': label,
      ...ids,
    });
  }

  /** False: no peer is attached, or too much waits already. */
  send(messages: readonly Message[]): boolean {
    if (!this.response) return false;
    if (!this.full) {
      this.write(messages);
      return true;
    }
    if (this.waiting.length + messages.length > STREAM_QUEUE_LIMIT) return false;
    for (const m of messages) this.waiting.push(m);
    return true;
  }

  heartbeat(): void {
    if (!this.response || this.full) return;
    this.begin();
    this.encoder!.heartbeat(this.writer);
    this.flush();
  }

  close(): void {
    this.detach();
  }

  private write(messages: readonly Message[]): void {
    this.begin();
    for (const m of messages) this.encoder!.write(this.writer, m);
    this.flush();
  }

  private begin(): void {
    this.writer.reset();
    this.writer.pos = CHUNK_HEAD_BYTES;
  }

  private flush(): void {
    const { writer } = this;
    const size = writer.pos - CHUNK_HEAD_BYTES;
    writer.raw(END_OF_LINE);
    writer.buf.latin1Write(`${size.toString(16).padStart(SIZE_DIGITS, '0')}\r\n`, 0);
    const chunk = writer.finish();
    if (writer.buf.length > KEEP_BUFFER_BYTES) this.writer = new Writer(64 * 1024);
    this.o.onSent(size);
    if (!this.socket!.write(chunk)) this.full = true;
  }

  private lost(why: string): void {
    const { label, ids, log, status } = this.o;
    const hadWaiting = this.waiting.length > 0;
    this.detach();
    status.down(`failed to write ${label}`, why);
    log.warn('lost TCP streaming connection with remote peer', { 'stream-writer-type': label, ...ids });
    if (hadWaiting) this.o.onLost();
  }

  private detach(): void {
    const response = this.response;
    this.response = undefined;
    this.socket = undefined;
    this.encoder = undefined;
    this.waiting = [];
    response?.destroy();
  }
}
