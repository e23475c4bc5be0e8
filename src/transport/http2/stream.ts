/**
 * One stream of a connection (RFC 9113, section 5): both directions' state, both windows, and the data that waits
 * for the peer's windows. What a stream is for (a gRPC call, a bridged HTTP request) is a subclass.
 *
 *                remoteClosed            localClosed
 *   open ------------------------+-----------------------+
 *     the peer ended its half    |  we ended our half    |   both, or `gone`: off the connection's table
 *
 * Laws: after `gone` nothing is called on the subclass and nothing it sends goes anywhere. Bytes given to
 * {@link Http2Stream.sendData} must not change afterwards.
 */
import type { Http2Connection } from './connection.ts';
import { ErrorCode, Flag, FrameType, frameHeaderBytes } from './constants.ts';
import type { HeaderField, OutgoingField } from './hpack/index.ts';
import { copyBytes, copyLimitBytes, writeFrameHeader } from './output.ts';

/** Data that waits for a window or for the socket, and how the stream ends after it. */
interface SendQueue {
  readonly pieces: Uint8Array[];
  /** Bytes of pieces[0] that are out already. */
  offset: number;
  bytes: number;
  ending: Ending;
}

type Ending = { readonly kind: 'none' } | { readonly kind: 'data' } | Trailers;
type Trailers = { readonly kind: 'trailers'; readonly fields: readonly OutgoingField[] };
const noEnding: Ending = { kind: 'none' };
const dataEnding: Ending = { kind: 'data' };

/** Why a pump stopped: everything is out; the stream's window; the connection's window or socket; its turn is over. */
export type PumpResult = 'done' | 'streamWindow' | 'connection' | 'turn';

export abstract class Http2Stream {
  readonly id: number;
  readonly connection: Http2Connection;
  /** Milliseconds of the connection's clock. */
  readonly openedAt: number;
  remoteClosed = false;
  localClosed = false;
  /** Closed on both sides, reset, or its connection is gone. */
  gone = false;
  /** Bytes that we may send. Negative after the peer lowered its initial window (section 6.9.2). */
  sendWindow: number;
  /** Bytes that the peer may send. */
  receiveWindow: number;
  /** content-length minus what came; -1 when the message has none. */
  bodyRemaining = -1;
  private uncredited = 0;
  private queue: SendQueue | null = null;

  constructor(connection: Http2Connection, id: number) {
    this.connection = connection;
    this.id = id;
    this.openedAt = connection.now;
    this.sendWindow = connection.peerWindowBytes;
    this.receiveWindow = connection.limits.streamWindowBytes;
  }

  /** The stream is in the connection's table: it may answer. */
  opened(): void {}
  /** Payload [start, end) of a DATA frame. What is done with must be given back through {@link consumed}. */
  abstract receiveData(buffer: Buffer, start: number, end: number): void;
  /** The peer ended its half. */
  abstract receiveEnd(): void;
  /** The stream is gone before both halves ended: RST_STREAM (its code), or the connection went away. */
  abstract aborted(code: number): void;
  /** The peer's trailers, before {@link receiveEnd}. */
  receiveTrailers(_fields: readonly HeaderField[]): void {}
  /** Everything that waited is out; sending more is welcome. */
  drained(): void {}

  /** Bytes that wait for the peer. */
  get queuedBytes(): number {
    return this.queue === null ? 0 : this.queue.bytes;
  }

  /** Whether a DATA frame of this size, and what follows it, may be written straight to the output. */
  maySendNow(bytes: number): boolean {
    return (
      this.queue === null &&
      bytes <= this.sendWindow &&
      bytes <= this.connection.sendWindow &&
      bytes <= this.connection.peerFrameBytes
    );
  }

  /** Sends HEADERS that don't end the stream. */
  sendHeaders(fields: readonly OutgoingField[]): void {
    if (!this.gone && !this.localClosed) this.connection.writeHeaders(this.id, fields, Flag.none);
  }

  /** Sends data as windows and socket allow; false when some of it waits, and `drained` will tell. */
  sendData(pieces: readonly Uint8Array[]): boolean {
    if (this.gone || this.localClosed) return true;
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    if (bytes <= copyLimitBytes && this.maySendNow(bytes) && !this.connection.saturated) {
      this.writeSmall(pieces, bytes);
      return true;
    }
    this.enqueue(pieces, bytes);
    this.connection.schedulePump(this);
    return this.queue === null;
  }

  /** Ends our half with trailers, or, as the first thing sent, with the only headers. */
  sendTrailers(fields: readonly OutgoingField[]): void {
    this.endAfterQueue({ kind: 'trailers', fields });
  }

  /** Ends our half after the data sent so far. */
  endData(): void {
    this.endAfterQueue(dataEnding);
  }

  /** Drops the stream with RST_STREAM. The subclass is not called. */
  reset(code: number): void {
    if (!this.gone) this.connection.resetStream(this.id, code);
  }

  /** Gives back receive window. */
  consumed(bytes: number): void {
    if (this.remoteClosed || this.gone) return;
    this.uncredited += bytes;
    if (this.uncredited * 2 < this.connection.limits.streamWindowBytes) return;
    this.connection.writeWindowUpdate(this.id, this.uncredited);
    this.receiveWindow += this.uncredited;
    this.uncredited = 0;
  }

  /**
   * Our half is over: END_STREAM is in the output. When the peer's half is still open the rest of it is of no
   * interest, which RST_STREAM with NO_ERROR says (section 8.1).
   */
  closeLocal(): void {
    this.localClosed = true;
    if (this.remoteClosed) this.connection.removeStream(this);
    else if (this.connection.isServer) this.connection.resetStream(this.id, ErrorCode.noError);
  }

  /** For the connection: the stream left its table. */
  detach(): void {
    this.gone = true;
    if (this.queue !== null) {
      this.connection.queuedBytes -= this.queue.bytes;
      this.queue = null;
    }
  }

  /** For the connection: writes up to `frames` frames of what waits. */
  pump(frames: number): PumpResult {
    const queue = this.queue;
    if (queue === null) return 'done';
    const connection = this.connection;
    while (queue.bytes > 0) {
      if (frames-- === 0) return 'turn';
      if (this.sendWindow <= 0) return 'streamWindow';
      if (connection.sendWindow <= 0 || connection.saturated) return 'connection';
      const length = Math.min(queue.bytes, this.sendWindow, connection.sendWindow, connection.peerFrameBytes);
      this.writeQueued(queue, length);
    }
    this.queue = null;
    if (queue.ending.kind !== 'none') this.writeEnding(queue.ending);
    else this.drained();
    return 'done';
  }

  private enqueue(pieces: readonly Uint8Array[], bytes: number): void {
    this.queue ??= { pieces: [], offset: 0, bytes: 0, ending: noEnding };
    for (const piece of pieces) if (piece.length > 0) this.queue.pieces.push(piece);
    this.queue.bytes += bytes;
    this.connection.queuedBytes += bytes;
  }

  private endAfterQueue(ending: Ending): void {
    if (this.gone || this.localClosed) return;
    if (this.queue !== null) this.queue.ending = ending;
    else this.writeEnding(ending);
  }

  private writeEnding(ending: Ending): void {
    if (ending.kind === 'trailers') this.connection.writeHeaders(this.id, ending.fields, Flag.endStream);
    else this.connection.writeEmptyData(this.id);
    this.closeLocal();
  }

  private writeSmall(pieces: readonly Uint8Array[], bytes: number): void {
    const output = this.connection.output;
    let at = output.reserve(frameHeaderBytes + bytes);
    at = writeFrameHeader(output.buffer, at, bytes, FrameType.data, Flag.none, this.id);
    for (const piece of pieces) at = copyBytes(piece, output.buffer, at);
    this.spend(bytes);
  }

  private writeQueued(queue: SendQueue, length: number): void {
    const output = this.connection.output;
    const at = output.reserve(frameHeaderBytes);
    writeFrameHeader(output.buffer, at, length, FrameType.data, Flag.none, this.id);
    for (let left = length; left > 0; ) {
      const piece = queue.pieces[0];
      const take = Math.min(left, piece.length - queue.offset);
      output.append(piece.subarray(queue.offset, queue.offset + take));
      left -= take;
      queue.offset += take;
      if (queue.offset === piece.length) {
        queue.pieces.shift();
        queue.offset = 0;
      }
    }
    queue.bytes -= length;
    this.connection.queuedBytes -= length;
    this.spend(length);
  }

  /** Takes sent bytes off both windows. */
  spend(bytes: number): void {
    this.sendWindow -= bytes;
    this.connection.sendWindow -= bytes;
    this.connection.answered = true;
  }
}
