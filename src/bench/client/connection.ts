/**
 * The client's end of an HTTP/2 connection (RFC 9113), made for load: requests are written by hand behind a header
 * block that is a few constant bytes, answers are read where they lie, and all that a turn of the event loop has to
 * say is one write. It trusts its server more than a general client may: a frame that breaks the rules ends the
 * connection, and with it the calls.
 */
import type { Socket } from 'node:net';
import { Code } from '../../core/errors.ts';
import {
  clientPreface,
  defaultFrameBytes,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  FrameType,
  frameHeaderBytes,
  Setting,
} from '../../transport/http2/constants.ts';
import { FrameReader, type FrameSink } from '../../transport/http2/frame-reader.ts';
import { HeaderTemplate } from '../../transport/http2/header-template.ts';
import { HpackEncoder, type OutgoingField } from '../../transport/http2/hpack/index.ts';
import { copyBytes, copyLimitBytes, Output, writeFrameHeader } from '../../transport/http2/output.ts';
import { decodeSettings, encodeSettings } from '../../transport/http2/settings.ts';
import { Call, type CallSink } from './call.ts';
import { ResponseHeads } from './response-head.ts';

/** What the server may send before we say more: streams and the connection, in bytes. */
const STREAM_WINDOW_BYTES = 16 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024 * 1024;
const PREFIX_BYTES = 5;
const LAST_STREAM_ID = 2 ** 31 - 1;

const STATUS_BY_RESET: Readonly<Record<number, number>> = {
  [ErrorCode.refusedStream]: Code.Unavailable,
  [ErrorCode.cancel]: Code.Canceled,
  [ErrorCode.enhanceYourCalm]: Code.ResourceExhausted,
};

export interface ConnectionOptions {
  readonly authority: string;
  readonly secure: boolean;
  /** Auth token, sent with every call; '' for none. */
  readonly token: string;
}

export class LoadConnection implements FrameSink {
  /** When the bytes came that are being worked on: `performance.now()`, once for all messages in them. */
  receivedAt = 0;
  reading = true;
  /** Why no more calls can be made; undefined while they can. */
  failure: string | undefined;
  private readonly socket: Socket;
  private readonly options: ConnectionOptions;
  private readonly output: Output;
  private readonly reader: FrameReader;
  private readonly encoder = new HpackEncoder();
  private readonly heads = new ResponseHeads();
  private readonly templates = new Map<string, HeaderTemplate>();
  private readonly calls = new Map<number, Call>();
  /** Calls with unsent bytes, oldest first. */
  private blocked: Call[] = [];
  /** Calls beyond the peer's limit of concurrent streams. */
  private queued: (() => void)[] = [];
  private nextId = 1;
  private sendWindow = defaultWindowBytes;
  private peerStreamWindow = defaultWindowBytes;
  private peerFrameBytes = defaultFrameBytes;
  private peerStreams = Number.POSITIVE_INFINITY;
  private unacknowledged = 0;
  private block: { id: number; flags: number; parts: Buffer[] } | undefined;

  /** `socket` is connected. */
  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.options = options;
    this.output = new Output(socket, () => {});
    this.reader = new FrameReader(this, { maxFrameBytes: defaultFrameBytes, preface: null });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.output.flush());
    socket.on('error', (error) => this.fail(error.message));
    socket.on('close', () => this.fail('connection closed'));
    this.greet();
  }

  private greet(): void {
    this.output.append(clientPreface);
    const settings = encodeSettings([
      [Setting.enablePush, 0],
      [Setting.initialWindowSize, STREAM_WINDOW_BYTES],
    ]);
    this.writeFrame(FrameType.settings, Flag.none, 0, settings);
    this.writeNumber(FrameType.windowUpdate, 0, CONNECTION_WINDOW_BYTES - defaultWindowBytes);
  }

  get activeCalls(): number {
    return this.calls.size;
  }

  /** The request headers of a method; one object a path. */
  template(path: string): HeaderTemplate {
    const known = this.templates.get(path);
    if (known !== undefined) return known;
    const fields: OutgoingField[] = [
      [':method', 'POST'],
      [':scheme', this.options.secure ? 'https' : 'http'],
      [':path', path],
      [':authority', this.options.authority],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ['user-agent', 'kvctl-benchmark'],
      ...(this.options.token === '' ? [] : [['token', this.options.token]]),
    ].map(([name, value]) => ({ name, value, indexing: 'repeated' }));
    const template = new HeaderTemplate(this.encoder, fields);
    this.templates.set(path, template);
    return template;
  }

  /**
   * Starts a call with its first message, message[0, length), which is copied. `end`: it is the only one.
   * On a connection that failed the sink is told at once.
   */
  start(template: HeaderTemplate, message: Buffer, length: number, sink: CallSink, end: boolean): void {
    if (this.failure !== undefined) return sink.ended(Code.Unavailable, this.failure);
    if (this.calls.size >= this.peerStreams) {
      const copy = Buffer.from(message.subarray(0, length));
      this.queued.push(() => this.start(template, copy, length, sink, end));
      return;
    }
    const call = this.open(sink);
    call.ending = end;
    const size = PREFIX_BYTES + length;
    const block = template.encode();
    const fits = size <= this.sendWindow && size <= call.sendWindow && size <= copyLimitBytes;
    const bytes = 2 * frameHeaderBytes + block.length + size;
    let at = this.output.reserve(fits ? bytes : frameHeaderBytes + block.length);
    const buffer = this.output.buffer;
    at = writeFrameHeader(buffer, at, block.length, FrameType.headers, Flag.endHeaders, call.id);
    at = copyBytes(block, buffer, at);
    if (!fits) return this.send(call, framed(message, length));
    at = writeFrameHeader(buffer, at, size, FrameType.data, end ? Flag.endStream : Flag.none, call.id);
    buffer[at] = 0;
    buffer.writeUInt32BE(length, at + 1);
    if (length <= 64) for (let i = 0; i < length; i++) buffer[at + PREFIX_BYTES + i] = message[i];
    else message.copy(buffer, at + PREFIX_BYTES, 0, length);
    this.sendWindow -= size;
    call.sendWindow -= size;
  }

  /** Opens a stream of messages; undefined if that is impossible, and then the sink has been told why. */
  openStream(path: string, message: Buffer, sink: CallSink): Call | undefined {
    if (this.calls.size >= this.peerStreams) {
      sink.ended(Code.ResourceExhausted, 'the server allows no more streams on a connection');
      return undefined;
    }
    const id = this.nextId;
    this.start(this.template(path), message, message.length, sink, false);
    return this.calls.get(id);
  }

  /** One more message on a stream. */
  write(call: Call, message: Buffer): void {
    if (this.calls.has(call.id)) this.send(call, framed(message, message.length));
  }

  /** Nobody is told any more. */
  cancel(call: Call): void {
    if (!this.calls.delete(call.id)) return;
    this.writeNumber(FrameType.rstStream, call.id, ErrorCode.cancel);
  }

  /** Ends the connection; calls under way are told. */
  destroy(reason: string): void {
    this.fail(reason);
  }

  close(): void {
    if (this.failure === undefined) this.failure = 'connection closed';
    this.calls.clear();
    this.queued = [];
    this.output.finish();
    this.socket.destroySoon();
  }

  private open(sink: CallSink): Call {
    const call = new Call(this.nextId, sink, this.peerStreamWindow);
    this.calls.set(call.id, call);
    this.nextId += 2;
    if (this.nextId > LAST_STREAM_ID) this.failure = 'no stream numbers left on the connection';
    return call;
  }

  // ---- sending ----

  /** Sends what the windows allow; the rest waits. */
  private send(call: Call, bytes: Buffer): void {
    if (call.unsent !== null) {
      call.unsent = Buffer.concat([call.unsent, bytes]);
      return;
    }
    call.unsent = bytes;
    if (!this.pump(call)) this.blocked.push(call);
  }

  /** Returns whether everything has gone out. */
  private pump(call: Call): boolean {
    while (call.unsent !== null) {
      const size = Math.min(call.unsent.length, this.sendWindow, call.sendWindow, this.peerFrameBytes);
      if (size <= 0) return false;
      const last = size === call.unsent.length;
      const flags = last && call.ending ? Flag.endStream : Flag.none;
      this.writeFrame(FrameType.data, flags, call.id, call.unsent.subarray(0, size));
      this.sendWindow -= size;
      call.sendWindow -= size;
      call.unsent = last ? null : call.unsent.subarray(size);
    }
    return true;
  }

  private pumpBlocked(): void {
    if (this.blocked.length === 0) return;
    this.blocked = this.blocked.filter((call) => this.calls.has(call.id) && !this.pump(call));
  }

  private writeFrame(type: number, flags: number, streamId: number, payload: Buffer): void {
    const at = this.output.reserve(frameHeaderBytes);
    writeFrameHeader(this.output.buffer, at, payload.length, type, flags, streamId);
    if (payload.length > 0) this.output.append(payload);
  }

  private writeNumber(type: number, streamId: number, value: number): void {
    const at = this.output.reserve(frameHeaderBytes + 4);
    const payload = writeFrameHeader(this.output.buffer, at, 4, type, Flag.none, streamId);
    this.output.buffer.writeUInt32BE(value, payload);
  }

  // ---- receiving ----

  private receive(chunk: Buffer): void {
    this.receivedAt = performance.now();
    if (!this.reading) return;
    try {
      this.reader.push(chunk);
    } catch (error) {
      this.fail((error as Error).message);
    }
  }

  frame(type: number, flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.data:
        return this.onData(flags, id, buffer, start, end);
      case FrameType.headers:
        return this.onHeaders(flags, id, buffer, start, end);
      case FrameType.continuation:
        return this.onContinuation(flags, buffer, start, end);
      case FrameType.windowUpdate:
        return this.onWindowUpdate(id, buffer.readUInt32BE(start));
      case FrameType.settings:
        return this.onSettings(flags, buffer, start, end);
      case FrameType.ping:
        if ((flags & Flag.ack) === 0) {
          this.writeFrame(FrameType.ping, Flag.ack, 0, Buffer.from(buffer.subarray(start, end)));
        }
        return;
      case FrameType.rstStream:
        return this.onReset(id, buffer.readUInt32BE(start));
      case FrameType.goaway:
        return this.onGoaway(buffer.readUInt32BE(start));
    }
  }

  private onData(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    const size = end - start;
    this.unacknowledged += size;
    if (this.unacknowledged >= CONNECTION_WINDOW_BYTES / 2) {
      this.writeNumber(FrameType.windowUpdate, 0, this.unacknowledged);
      this.unacknowledged = 0;
    }
    const call = this.calls.get(id);
    if (call === undefined) return;
    if ((flags & Flag.padded) !== 0) {
      end -= buffer[start];
      start += 1;
    }
    call.receive(buffer, start, end);
    if ((flags & Flag.endStream) !== 0) return this.finish(call, Code.Internal, 'no status in the answer');
    call.unacknowledged += size;
    if (call.unacknowledged < STREAM_WINDOW_BYTES / 2) return;
    this.writeNumber(FrameType.windowUpdate, id, call.unacknowledged);
    call.unacknowledged = 0;
  }

  private onHeaders(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if ((flags & Flag.padded) !== 0) {
      end -= buffer[start];
      start += 1;
    }
    if ((flags & Flag.priority) !== 0) start += 5;
    if ((flags & Flag.endHeaders) !== 0) return this.onBlock(flags, id, buffer, start, end);
    this.block = { id, flags, parts: [Buffer.from(buffer.subarray(start, end))] };
  }

  private onContinuation(flags: number, buffer: Buffer, start: number, end: number): void {
    if (this.block === undefined) throw new Error('CONTINUATION without HEADERS');
    this.block.parts.push(Buffer.from(buffer.subarray(start, end)));
    if ((flags & Flag.endHeaders) === 0) return;
    const whole = Buffer.concat(this.block.parts);
    const { id, flags: first } = this.block;
    this.block = undefined;
    this.onBlock(first, id, whole, 0, whole.length);
  }

  private onBlock(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    const head = this.heads.read(buffer, start, end);
    const call = this.calls.get(id);
    if (call === undefined || (flags & Flag.endStream) === 0) return;
    this.finish(
      call,
      head.code ?? Code.Internal,
      head.code === undefined ? 'no status in the trailers' : head.text,
    );
  }

  private onWindowUpdate(id: number, increment: number): void {
    if (id === 0) this.sendWindow += increment;
    else {
      const call = this.calls.get(id);
      if (call !== undefined) call.sendWindow += increment;
    }
    this.pumpBlocked();
  }

  private onSettings(flags: number, buffer: Buffer, start: number, end: number): void {
    if ((flags & Flag.ack) !== 0) return;
    for (const [identifier, value] of decodeSettings(buffer, start, end)) {
      if (identifier === Setting.headerTableSize) this.encoder.setMaxTableBytes(value);
      else if (identifier === Setting.maxConcurrentStreams) this.peerStreams = value;
      else if (identifier === Setting.maxFrameSize) this.peerFrameBytes = value;
      else if (identifier === Setting.initialWindowSize) {
        for (const call of this.calls.values()) call.sendWindow += value - this.peerStreamWindow;
        this.peerStreamWindow = value;
      }
    }
    this.writeFrame(FrameType.settings, Flag.ack, 0, NOTHING);
    this.pumpBlocked();
  }

  private onReset(id: number, code: number): void {
    const call = this.calls.get(id);
    if (call !== undefined)
      this.finish(call, STATUS_BY_RESET[code] ?? Code.Internal, `stream reset with code ${code}`);
  }

  /** Calls that the server has not seen will never be answered. */
  private onGoaway(lastId: number): void {
    this.failure ??= 'the server is closing the connection';
    for (const call of [...this.calls.values()]) {
      if (call.id > lastId) this.finish(call, Code.Unavailable, this.failure);
    }
  }

  private finish(call: Call, code: number, text: string): void {
    this.calls.delete(call.id);
    call.sink.ended(code, text);
    if (this.queued.length > 0 && this.calls.size < this.peerStreams) this.queued.shift()!();
  }

  private fail(reason: string): void {
    this.reading = false;
    this.failure ??= reason;
    this.socket.destroy();
    const calls = [...this.calls.values()];
    this.calls.clear();
    for (const call of calls) call.sink.ended(Code.Unavailable, this.failure);
    const queued = this.queued;
    this.queued = [];
    for (const start of queued) start();
  }
}

const NOTHING = Buffer.alloc(0);

/** A message behind its gRPC prefix; a copy. */
function framed(message: Buffer, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + length);
  bytes[0] = 0;
  bytes.writeUInt32BE(length, 1);
  message.copy(bytes, PREFIX_BYTES, 0, length);
  return bytes;
}
