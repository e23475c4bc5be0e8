/**
 * What both ends of an HTTP/2 connection share (RFC 9113): frames in, settings, windows, pings, resets, and the
 * output. A subclass knows who opens streams: server-connection.ts, client-connection.ts.
 *
 * Laws: a rule broken by the peer is a thrown {@link ConnectionError} (connection) or {@link streamError} (stream);
 * both ends of the table are kept by `open`/`removeStream` only; time is `now`, taken once per chunk read.
 */
import type { Socket } from 'node:net';
import { BlockAssembler } from './block-assembler.ts';
import { ClosedStreams } from './closed-streams.ts';
import {
  defaultFrameBytes,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  FrameType,
  largestWindowBytes,
  Setting,
} from './constants.ts';
import { ConnectionError } from './errors.ts';
import { FloodGuard } from './flood-guard.ts';
import { type FrameSink, FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { HpackDecoder, HpackEncoder, HpackError } from './hpack/index.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import type { Http2Limits } from './limits.ts';
import { decodeSettings } from './settings.ts';
import type { Http2Stream } from './stream.ts';

export interface ConnectionOptions {
  readonly limits: Http2Limits;
  readonly keepalive?: KeepaliveOptions;
}

/** A stream reset sooner than this after its opening counts as a rapid reset, milliseconds. */
const rapidResetMs = 1000;
/** How long a socket that was ended may take to deliver what it holds: after a failure, and in peace; milliseconds. */
const failureLingerMs = 1_000;
const peacefulLingerMs = 30_000;

export abstract class Http2Connection extends FrameWriter implements FrameSink {
  abstract readonly isServer: boolean;
  readonly limits: Http2Limits;
  readonly decoder: HpackDecoder;
  readonly streams = new Map<number, Http2Stream>();
  readonly closed = new ClosedStreams();
  /** Clock of this connection: milliseconds, taken when a chunk is read and at each tick. */
  now = performance.now();
  reading = true;
  /** Bytes we may send on all streams together. */
  sendWindow = defaultWindowBytes;
  /** The peer's settings. */
  peerWindowBytes = defaultWindowBytes;
  peerFrameBytes = defaultFrameBytes;
  peerMaxStreams = Number.POSITIVE_INFINITY;
  /** Sum of all streams' queued bytes. */
  queuedBytes = 0;
  /** HEADERS or DATA went out since this was last cleared. */
  answered = false;
  protected readonly flood: FloodGuard;
  protected readonly keepalive: Keepalive;
  private readonly assembler: BlockAssembler;
  private readonly reader: FrameReader;
  private receiveWindow: number;
  private uncredited = 0;
  private settingsSeen = false;
  /** When our SETTINGS have to be acknowledged; 0 once they are. */
  private settingsDeadline: number;
  private readonly blocked = new Set<Http2Stream>();
  private pumping = false;
  private readingPaused = false;

  constructor(socket: Socket, options: ConnectionOptions & { readonly preface: Buffer | null }) {
    super(socket, new HpackEncoder());
    this.limits = options.limits;
    this.decoder = new HpackDecoder({ maxListBytes: this.limits.maxHeaderListBytes });
    this.flood = new FloodGuard(this.limits);
    this.assembler = new BlockAssembler(this.limits);
    this.reader = new FrameReader(this, { maxFrameBytes: defaultFrameBytes, preface: options.preface });
    this.receiveWindow = this.limits.connectionWindowBytes;
    this.settingsDeadline = this.now + this.limits.settingsTimeoutMs;
    this.keepalive = new Keepalive(options.keepalive ?? null, this.now);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.output.flush());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onSocketClosed());
  }

  /** Bytes from the socket. Also for bytes that someone else read first. */
  receive(chunk: Buffer): void {
    if (!this.reading) return;
    this.now = performance.now();
    this.keepalive.heard(this.now);
    try {
      this.reader.push(chunk);
    } catch (error) {
      if (error instanceof ConnectionError) this.fail(error);
      else if (error instanceof HpackError) this.fail(new ConnectionError(ErrorCode.compressionError, error.message));
      else throw error;
    }
    if (this.output.unsentBytes > 2 * this.limits.maxUnsentBytes) this.output.flush();
  }

  /** Time passes; called about once a second, more often where timeouts are shorter. */
  tick(now: number): void {
    this.now = now;
    if (!this.reading) return;
    if (this.settingsDeadline !== 0 && now > this.settingsDeadline) {
      this.fail(new ConnectionError(ErrorCode.settingsTimeout, 'SETTINGS not acknowledged'));
      return;
    }
    const verdict = this.keepalive.tick(now);
    if (verdict === 'dead') this.socket.destroy();
    else if (verdict === 'ping') this.writePing(Keepalive.payload);
  }

  /** Ends the connection: GOAWAY, then the socket; every stream is aborted. */
  fail(error: ConnectionError): void {
    if (!this.reading) return;
    this.writeGoaway(this.lastPeerStreamId, error.code, error.message);
    this.reading = false;
    this.abortAll(error.code);
    this.closeSocket(failureLingerMs);
  }

  /** Lets what is in the output go, and ends the socket. */
  closeSocket(lingerMs: number = peacefulLingerMs): void {
    this.reading = false;
    this.output.finish();
    this.socket.resume(); // bytes still coming are thrown away: a reset would overtake the GOAWAY
    const linger = setTimeout(() => this.socket.destroy(), lingerMs);
    linger.unref();
    this.socket.once('close', () => clearTimeout(linger));
  }

  /** The peer does not take what we send; stream data has to wait. */
  get saturated(): boolean {
    return this.output.unsentBytes >= this.limits.maxUnsentBytes;
  }

  abstract readonly lastPeerStreamId: number;
  /** A whole header block, to be decoded whatever it is for. */
  protected abstract onHeaderBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void;
  /** Frames for a stream with this id may come: it is not idle. */
  protected abstract isKnown(id: number): boolean;
  protected onPing(): void {}
  protected onPingAck(_payload: Buffer): void {}
  protected abstract onGoaway(lastStreamId: number, code: number, debug: Buffer): void;
  /** A stream left the table. */
  protected onStreamRemoved(): void {}
  protected onClosed(): void {}

  // ---- streams ----

  removeStream(stream: Http2Stream): void {
    if (stream.gone) return;
    this.streams.delete(stream.id);
    this.blocked.delete(stream);
    stream.detach();
    this.onStreamRemoved();
  }

  /** RST_STREAM; the stream is not told. */
  resetStream(id: number, code: number): void {
    this.writeReset(id, code);
    if (this.unsentControlFrames > this.limits.maxQueuedControlFrames) {
      this.socket.destroy();
      return;
    }
    this.closed.rememberReset(id);
    const stream = this.streams.get(id);
    if (stream !== undefined) this.removeStream(stream);
  }

  /** The peer broke a rule of a stream (section 5.4.2). Counts as a rapid reset: it is our work for its fault. */
  protected streamError(id: number, code: number): void {
    this.flood.count('rapidResets', this.now);
    const stream = this.streams.get(id);
    this.resetStream(id, code);
    stream?.aborted(code);
  }

  protected abortAll(code: number): void {
    for (const stream of [...this.streams.values()]) {
      this.removeStream(stream);
      stream.aborted(code);
    }
  }

  // ---- sending queued data ----

  /** Writes what a stream queued, or notes that it waits for the connection. */
  schedulePump(stream: Http2Stream): void {
    if (this.blocked.size === 0) {
      if (stream.pump(Number.POSITIVE_INFINITY) !== 'connection') return;
    } else if (stream.sendWindow <= 0) {
      return;
    }
    this.blocked.add(stream);
  }

  /** One frame for each stream that waits, round after round, until windows or socket are full. */
  private pumpBlocked(): void {
    if (this.pumping) return;
    this.pumping = true;
    // A stream put back is visited again by this same loop: Set keeps insertion order.
    for (const stream of this.blocked) {
      if (this.sendWindow <= 0 || this.saturated) break;
      this.blocked.delete(stream);
      const result = stream.pump(1);
      if (result === 'turn' || result === 'connection') this.blocked.add(stream);
    }
    this.pumping = false;
  }

  protected override onFlushed(): void {
    const unsent = this.output.unsentBytes;
    if (unsent === 0) this.unsentControlFrames = 0;
    if (this.readingPaused !== unsent > 2 * this.limits.maxUnsentBytes && this.reading) {
      this.readingPaused = !this.readingPaused;
      if (this.readingPaused) this.socket.pause();
      else this.socket.resume();
    }
    if (this.blocked.size > 0 && unsent < this.limits.maxUnsentBytes) this.pumpBlocked();
  }

  // ---- frames in ----

  frame(type: number, flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (this.assembler.streamId !== 0 && type !== FrameType.continuation) {
      throw new ConnectionError(ErrorCode.protocolError, 'frame inside a header block');
    }
    if (!this.settingsSeen && type !== FrameType.settings) {
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame is not SETTINGS');
    }
    switch (type) {
      case FrameType.data:
        return this.onDataFrame(flags, id, buffer, start, end);
      case FrameType.headers:
        return this.onHeadersFrame(flags, id, buffer, start, end);
      case FrameType.windowUpdate:
        return this.onWindowUpdate(id, buffer, start, end);
      case FrameType.rstStream:
        return this.onReset(id, buffer, start, end);
      case FrameType.settings:
        return this.onSettings(flags, id, buffer, start, end);
      case FrameType.ping:
        return this.onPingFrame(flags, id, buffer, start, end);
      case FrameType.continuation:
        return this.onContinuation(flags, id, buffer, start, end);
      case FrameType.priority:
        return this.onPriority(id, end - start);
      case FrameType.goaway:
        return this.onGoawayFrame(id, buffer, start, end);
      case FrameType.pushPromise:
        throw new ConnectionError(ErrorCode.protocolError, 'PUSH_PROMISE');
      default:
        this.flood.count('ignoredFrames', this.now); // section 5.5
    }
  }

  private onDataFrame(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(ErrorCode.protocolError, 'DATA on stream 0');
    const length = end - start;
    if (flags & Flag.padded) {
      end -= paddingAt(buffer, start, end);
      start += 1;
    }
    this.receiveWindow -= length;
    if (this.receiveWindow < 0) throw new ConnectionError(ErrorCode.flowControlError, 'connection window exceeded');
    this.creditConnection(length);
    const stream = this.streams.get(id);
    if (stream === undefined) return this.onStray(id, 'DATA');
    if (stream.remoteClosed) return this.streamError(id, ErrorCode.streamClosed);
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) return this.streamError(id, ErrorCode.flowControlError);
    const endStream = (flags & Flag.endStream) !== 0;
    if (stream.bodyRemaining >= 0) {
      const remaining = stream.bodyRemaining - (end - start);
      if (remaining < 0 || (endStream && remaining > 0)) return this.streamError(id, ErrorCode.protocolError); // 8.1.1
      stream.bodyRemaining = remaining;
    }
    if (endStream) stream.remoteClosed = true;
    if (start < end) {
      stream.receiveData(buffer, start, end);
      const padding = length - (end - start);
      if (padding > 0) stream.consumed(padding);
    } else if (!endStream) {
      this.flood.count('emptyFrames', this.now);
      stream.consumed(length);
    }
    if (endStream && !stream.gone) this.endRemote(stream);
  }

  /** The peer ended its half of the stream. */
  protected endRemote(stream: Http2Stream): void {
    stream.remoteClosed = true;
    stream.receiveEnd();
    if (stream.localClosed) this.removeStream(stream);
  }

  /** The connection's window is given back at once: what waits is bounded stream by stream. */
  private creditConnection(bytes: number): void {
    this.uncredited += bytes;
    if (this.uncredited * 2 < this.limits.connectionWindowBytes) return;
    this.writeWindowUpdate(0, this.uncredited);
    this.receiveWindow += this.uncredited;
    this.uncredited = 0;
  }

  /** A frame for a stream that is not in the table (sections 5.1, 5.1.1). */
  protected onStray(id: number, what: string): void {
    if (!this.isKnown(id)) throw new ConnectionError(ErrorCode.protocolError, `${what} on idle stream`);
    const fate = this.closed.fateOf(id);
    if (fate === 'neverOpened') throw new ConnectionError(ErrorCode.protocolError, `${what} on a stream never opened`);
    if (fate === 'closed') throw new ConnectionError(ErrorCode.streamClosed, `${what} on closed stream`);
    this.flood.count('ignoredFrames', this.now);
  }

  private onHeadersFrame(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(ErrorCode.protocolError, 'HEADERS on stream 0');
    if (flags & (Flag.padded | Flag.priority)) {
      if (flags & Flag.padded) {
        end -= paddingAt(buffer, start, end);
        start += 1;
      }
      if (flags & Flag.priority) start += 5;
      if (start > end) throw new ConnectionError(ErrorCode.frameSizeError, 'HEADERS too short for its flags');
    }
    const endStream = (flags & Flag.endStream) !== 0;
    if (flags & Flag.endHeaders) return this.onHeaderBlock(id, endStream, buffer, start, end);
    if (start === end) this.flood.count('emptyFrames', this.now);
    this.assembler.begin(id, endStream, buffer.subarray(start, end));
  }

  private onContinuation(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id === 0 || this.assembler.streamId !== id) {
      throw new ConnectionError(ErrorCode.protocolError, 'CONTINUATION without its HEADERS');
    }
    if (start === end && !(flags & Flag.endHeaders)) this.flood.count('emptyFrames', this.now);
    this.assembler.append(buffer.subarray(start, end));
    if ((flags & Flag.endHeaders) === 0) return;
    const block = this.assembler.finish();
    this.onHeaderBlock(id, this.assembler.endStream, block, 0, block.length);
  }

  private onWindowUpdate(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(ErrorCode.frameSizeError, 'WINDOW_UPDATE: not 4 bytes');
    const increment = buffer.readUInt32BE(start) & 0x7fffffff;
    if (id === 0) {
      if (increment === 0) throw new ConnectionError(ErrorCode.protocolError, 'WINDOW_UPDATE of 0');
      this.sendWindow += increment;
      if (this.sendWindow > largestWindowBytes) {
        throw new ConnectionError(ErrorCode.flowControlError, 'connection window above 2^31-1');
      }
      if (this.blocked.size > 0) this.pumpBlocked();
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (!this.isKnown(id)) throw new ConnectionError(ErrorCode.protocolError, 'WINDOW_UPDATE on idle stream');
      this.flood.count('ignoredFrames', this.now);
      return;
    }
    if (increment === 0) return this.streamError(id, ErrorCode.protocolError);
    stream.sendWindow += increment;
    if (stream.sendWindow > largestWindowBytes) return this.streamError(id, ErrorCode.flowControlError);
    if (stream.queuedBytes > 0 && !this.blocked.has(stream)) this.schedulePump(stream);
  }

  private onReset(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(ErrorCode.frameSizeError, 'RST_STREAM: not 4 bytes');
    if (id === 0) throw new ConnectionError(ErrorCode.protocolError, 'RST_STREAM on stream 0');
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (!this.isKnown(id)) throw new ConnectionError(ErrorCode.protocolError, 'RST_STREAM on idle stream');
      this.flood.count('ignoredFrames', this.now);
      return;
    }
    if (this.now - stream.openedAt < rapidResetMs) this.flood.count('rapidResets', this.now);
    this.removeStream(stream);
    stream.aborted(buffer.readUInt32BE(start));
  }

  private onSettings(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(ErrorCode.protocolError, 'SETTINGS on a stream');
    if (flags & Flag.ack) {
      if (end !== start) throw new ConnectionError(ErrorCode.frameSizeError, 'SETTINGS: acknowledgement with payload');
      if (!this.settingsSeen) throw new ConnectionError(ErrorCode.protocolError, 'the first frame is not SETTINGS');
      this.settingsDeadline = 0;
      return;
    }
    this.flood.count('settingsFrames', this.now);
    this.settingsSeen = true;
    for (const [identifier, value] of decodeSettings(buffer, start, end)) this.applySetting(identifier, value);
    this.writeSettingsAck();
  }

  private applySetting(identifier: number, value: number): void {
    if (identifier === Setting.headerTableSize) this.encoder.setMaxTableBytes(value);
    else if (identifier === Setting.maxFrameSize) this.peerFrameBytes = value;
    else if (identifier === Setting.maxConcurrentStreams) this.peerMaxStreams = value;
    else if (identifier === Setting.initialWindowSize) this.applyInitialWindow(value);
  }

  /** Section 6.9.2: the change goes to every open stream, and may leave a window negative. */
  private applyInitialWindow(bytes: number): void {
    const change = bytes - this.peerWindowBytes;
    this.peerWindowBytes = bytes;
    for (const stream of [...this.streams.values()]) {
      stream.sendWindow += change;
      if (stream.sendWindow > largestWindowBytes) {
        throw new ConnectionError(ErrorCode.flowControlError, 'stream window above 2^31-1');
      }
      if (change > 0 && stream.queuedBytes > 0 && !this.blocked.has(stream)) this.schedulePump(stream);
    }
  }

  private onPingFrame(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(ErrorCode.protocolError, 'PING on a stream');
    if (end - start !== 8) throw new ConnectionError(ErrorCode.frameSizeError, 'PING: not 8 bytes');
    if (flags & Flag.ack) return this.onPingAck(buffer.subarray(start, end));
    this.flood.count('pings', this.now);
    this.onPing();
    this.writePing(buffer.subarray(start, end), Flag.ack);
  }

  /** Priorities are deprecated (section 5.3.2); only the frame's shape is checked. */
  private onPriority(id: number, length: number): void {
    if (id === 0) throw new ConnectionError(ErrorCode.protocolError, 'PRIORITY on stream 0');
    if (length !== 5) return this.streamError(id, ErrorCode.frameSizeError);
    this.flood.count('ignoredFrames', this.now);
  }

  private onGoawayFrame(id: number, buffer: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(ErrorCode.protocolError, 'GOAWAY on a stream');
    if (end - start < 8) throw new ConnectionError(ErrorCode.frameSizeError, 'GOAWAY: shorter than 8 bytes');
    const lastStreamId = buffer.readUInt32BE(start) & 0x7fffffff;
    this.onGoaway(lastStreamId, buffer.readUInt32BE(start + 4), buffer.subarray(start + 8, end));
  }

  private onSocketClosed(): void {
    this.reading = false;
    this.abortAll(ErrorCode.cancel);
    this.onClosed();
  }
}

/** The pad length of a padded payload, which has to leave room for itself (sections 6.1, 6.2). */
function paddingAt(buffer: Buffer, start: number, end: number): number {
  if (start === end) throw new ConnectionError(ErrorCode.frameSizeError, 'padded frame without a pad length');
  const padding = buffer[start];
  if (padding >= end - start) throw new ConnectionError(ErrorCode.protocolError, 'padding exceeds the payload');
  return padding;
}
