/**
 * What both ends of an HTTP/2 connection share (RFC 9113): frames in, settings, windows, pings, resets, and the
 * output. A subclass knows who opens streams: server-connection.ts, client-connection.ts.
 *
 * Laws: a rule broken by the peer is a thrown {@link ConnectionError} (connection) or {@link streamError} (stream);
 * both ends of the table are kept by `open`/`removeStream` only; time is `now`, taken once per chunk read.
 */
import type { Socket } from 'node:net';
import { ClosedStreams } from './closed-streams.ts';
import {
  defaultFrameBytes,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  largestWindowBytes,
  Setting,
} from './constants.ts';
import { ConnectionError } from './errors.ts';
import { FloodGuard } from './flood-guard.ts';
import { FrameDecoder, type FrameEvents } from './frame-decoder.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { HpackDecoder, HpackEncoder, HpackError } from './hpack/index.ts';
import { hasTime, takeLater } from './intake.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import type { Http2Limits } from './limits.ts';
import { SendScheduler } from './send-scheduler.ts';
import type { SettingEntry } from './settings.ts';
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

export abstract class Http2Connection extends FrameWriter implements FrameEvents {
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
  private readonly reader: FrameReader;
  private receiveWindow: number;
  private uncredited = 0;
  /** When our SETTINGS have to be acknowledged; 0 once they are. */
  private settingsDeadline: number;
  private readonly sending = new SendScheduler(this);
  private readingPaused = false;
  /** A chunk of it is for a later turn. */
  private waitsForTurn = false;

  constructor(socket: Socket, options: ConnectionOptions & { readonly preface: Buffer | null }) {
    super(socket, new HpackEncoder());
    this.limits = options.limits;
    this.decoder = new HpackDecoder({ maxListBytes: this.limits.maxHeaderListBytes });
    this.flood = new FloodGuard(this.limits);
    this.reader = new FrameReader(new FrameDecoder(this, this.limits), {
      maxFrameBytes: defaultFrameBytes,
      preface: options.preface,
    });
    this.receiveWindow = this.limits.connectionWindowBytes;
    this.settingsDeadline = this.now + this.limits.settingsTimeoutMs;
    this.keepalive = new Keepalive(options.keepalive ?? null, this.now);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.arrived(chunk));
    socket.on('drain', () => this.output.flush());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onSocketClosed());
  }

  /** The peer has said that it speaks HTTP/2. */
  protected get begun(): boolean {
    return this.reader.begun;
  }

  private arrived(chunk: Buffer): void {
    if (hasTime(performance.now())) return this.receive(chunk);
    this.waitsForTurn = true;
    this.socket.pause();
    takeLater(() => {
      this.waitsForTurn = false;
      if (!this.readingPaused) this.socket.resume();
      this.receive(chunk);
    });
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
      else if (error instanceof HpackError)
        this.fail(new ConnectionError(ErrorCode.compressionError, error.message));
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
  abstract headerBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void;
  /** Frames for a stream with this id may come: it is not idle. */
  protected abstract isKnown(id: number): boolean;
  protected onPing(): void {}
  protected onPingAck(_payload: Buffer): void {}
  abstract goaway(lastStreamId: number, code: number, debug: Buffer): void;
  /** A stream left the table. */
  protected onStreamRemoved(): void {}
  protected onClosed(): void {}

  // ---- streams ----

  removeStream(stream: Http2Stream): void {
    if (stream.gone) return;
    this.streams.delete(stream.id);
    this.sending.remove(stream);
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

  schedulePump(stream: Http2Stream): void {
    this.sending.schedule(stream);
  }

  protected override onFlushed(): void {
    const unsent = this.output.unsentBytes;
    if (unsent === 0) this.unsentControlFrames = 0;
    if (this.readingPaused !== unsent > 2 * this.limits.maxUnsentBytes && this.reading) {
      this.readingPaused = !this.readingPaused;
      if (this.readingPaused) this.socket.pause();
      else if (!this.waitsForTurn) this.socket.resume();
    }
    if (unsent < this.limits.maxUnsentBytes) this.sending.run();
  }

  // ---- frames in ----

  data(id: number, buffer: Buffer, start: number, end: number, length: number, endStream: boolean): void {
    this.receiveWindow -= length;
    if (this.receiveWindow < 0) {
      throw new ConnectionError(ErrorCode.flowControlError, 'connection window exceeded');
    }
    this.creditConnection(length);
    const stream = this.streams.get(id);
    if (stream === undefined) return this.onStray(id, 'DATA');
    if (stream.remoteClosed) return this.streamError(id, ErrorCode.streamClosed);
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) return this.streamError(id, ErrorCode.flowControlError);
    if (stream.bodyRemaining >= 0) {
      const remaining = stream.bodyRemaining - (end - start);
      if (remaining < 0 || (endStream && remaining > 0)) return this.streamError(id, ErrorCode.protocolError);
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
    this.requireKnown(id, what);
    const fate = this.closed.fateOf(id);
    if (fate === 'neverOpened') {
      throw new ConnectionError(ErrorCode.protocolError, `${what} on a stream never opened`);
    }
    if (fate === 'closed') throw new ConnectionError(ErrorCode.streamClosed, `${what} on closed stream`);
    this.flood.count('ignoredFrames', this.now);
  }

  private requireKnown(id: number, what: string): void {
    if (!this.isKnown(id)) throw new ConnectionError(ErrorCode.protocolError, `${what} on idle stream`);
  }

  windowUpdate(id: number, increment: number): void {
    if (id === 0) return this.growConnectionWindow(increment);
    const stream = this.streams.get(id);
    if (stream === undefined) {
      this.requireKnown(id, 'WINDOW_UPDATE');
      this.flood.count('ignoredFrames', this.now);
      return;
    }
    if (increment === 0) return this.streamError(id, ErrorCode.protocolError);
    stream.sendWindow += increment;
    if (stream.sendWindow > largestWindowBytes) return this.streamError(id, ErrorCode.flowControlError);
    if (stream.queuedBytes > 0) this.sending.schedule(stream);
  }

  private growConnectionWindow(increment: number): void {
    if (increment === 0) throw new ConnectionError(ErrorCode.protocolError, 'WINDOW_UPDATE of 0');
    this.sendWindow += increment;
    if (this.sendWindow > largestWindowBytes) {
      throw new ConnectionError(ErrorCode.flowControlError, 'connection window above 2^31-1');
    }
    this.sending.run();
  }

  reset(id: number, code: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      this.requireKnown(id, 'RST_STREAM');
      this.flood.count('ignoredFrames', this.now);
      return;
    }
    if (this.now - stream.openedAt < rapidResetMs) this.flood.count('rapidResets', this.now);
    this.removeStream(stream);
    stream.aborted(code);
  }

  settings(entries: readonly SettingEntry[] | null): void {
    if (entries === null) {
      this.settingsDeadline = 0;
      return;
    }
    this.flood.count('settingsFrames', this.now);
    for (const [identifier, value] of entries) this.applySetting(identifier, value);
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
      if (change > 0 && stream.queuedBytes > 0) this.sending.schedule(stream);
    }
  }

  ping(payload: Buffer, ack: boolean): void {
    if (ack) return this.onPingAck(payload);
    this.flood.count('pings', this.now);
    this.onPing();
    this.writePing(payload, Flag.ack);
  }

  /** Priorities are deprecated (section 5.3.2); only the frame's shape is checked. */
  priority(id: number, valid: boolean): void {
    if (!valid) return this.streamError(id, ErrorCode.frameSizeError);
    this.flood.count('ignoredFrames', this.now);
  }

  unknown(): void {
    this.flood.count('ignoredFrames', this.now);
  }

  emptyFragment(): void {
    this.flood.count('emptyFrames', this.now);
  }

  private onSocketClosed(): void {
    this.reading = false;
    this.abortAll(ErrorCode.cancel);
    this.onClosed();
  }
}
