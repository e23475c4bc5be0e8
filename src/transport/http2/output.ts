/**
 * What a connection is about to write. Frames are put down in wire order in a chunk of pooled memory; large payloads
 * are not copied but stand between slices of it. Everything a turn produced leaves in one write (see turn.ts), or, if
 * it is more than a chunk, in one write a chunk.
 *
 *   segments: [chunk 0..812) [value, 1 MiB, by reference] [chunk 812..1024)      open: chunk [1024..1090)
 *
 * Law: bytes given by reference must not change until the peer has them, which nobody can tell; so never.
 */
import type { Socket } from 'node:net';
import { frameHeaderBytes } from './constants.ts';
import { type Flushable, flushAtEndOfTurn } from './turn.ts';

/** Large enough that a turn of a busy watch stream is one chunk; untouched memory of it costs nothing. */
const chunkBytes = 64 * 1024;
/** Payloads up to this many bytes are copied; a copy of 4 KiB costs less than one more segment. */
export const copyLimitBytes = 4 * 1024;
/** Free chunks kept for the next turn: 16 MiB at most. */
const maxPooledChunks = 256;

const pool: Buffer[] = [];

export class Output implements Flushable {
  /** The open chunk; valid after {@link reserve}, until the next call. */
  buffer: Buffer = emptyBuffer;
  private start = 0;
  private end = 0;
  private segments: Buffer[] = [];
  /** Chunks that are full and stand among the segments. */
  private fullChunks: Buffer[] = [];
  private segmentBytes = 0;
  private scheduled = false;
  private readonly socket: Socket;
  private readonly onFlushed: () => void;

  /** `onFlushed` runs after each flush, held up by the kernel or not, when the amount of unsent bytes may have changed. */
  constructor(socket: Socket, onFlushed: () => void) {
    this.socket = socket;
    this.onFlushed = onFlushed;
  }

  /** Bytes that are here or in the socket and that the kernel has not taken. */
  get unsentBytes(): number {
    return this.segmentBytes + (this.end - this.start) + this.socket.writableLength;
  }

  /** Makes room for `bytes` (at most {@link chunkBytes}) that the caller fills at the offset returned. */
  reserve(bytes: number): number {
    if (this.end + bytes > this.buffer.length) this.openChunk(bytes);
    if (!this.scheduled) this.schedule();
    const at = this.end;
    this.end = at + bytes;
    return at;
  }

  /** Gives back the tail of the last {@link reserve}: the caller wrote up to `end` only. */
  trim(end: number): void {
    this.end = end;
  }

  /** Appends bytes: small ones by copy, large ones by reference. */
  append(bytes: Uint8Array): void {
    if (bytes.length <= copyLimitBytes) {
      const at = this.reserve(bytes.length);
      this.buffer.set(bytes, at);
      return;
    }
    this.seal();
    this.segments.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.segmentBytes += bytes.length;
    if (!this.scheduled) this.schedule();
  }

  flush(): void {
    this.scheduled = false;
    if (this.discardIfOver()) return;
    // While an earlier write is under way, more collects here; the socket's drain event comes back to flush. Whether
    // that is too much is to be looked at all the same: the write may have been that of a full chunk.
    if (!this.socket.writableNeedDrain) this.write();
    this.onFlushed();
  }

  /** Hands everything to the socket and ends it. */
  finish(): void {
    if (this.discardIfOver()) return;
    this.write();
    this.socket.end();
  }

  private write(): void {
    if (this.segments.length === 0) this.writeChunk();
    else this.writeSegments();
  }

  private writeChunk(): void {
    if (this.end === this.start) return;
    const chunk = this.buffer;
    this.socket.write(
      this.start === 0 && this.end === chunk.length ? chunk : chunk.subarray(this.start, this.end),
    );
    this.recycle(chunk);
    this.forgetChunk();
  }

  /** Nothing left in the socket: the kernel has copied it all, and the chunk is free. */
  private recycle(chunk: Buffer): void {
    if (chunk.length > 0 && this.socket.writableLength === 0 && pool.length < maxPooledChunks)
      pool.push(chunk);
  }

  private writeSegments(): void {
    this.seal();
    const segments = this.segments;
    const chunks = this.fullChunks;
    chunks.push(this.buffer);
    this.segments = [];
    this.fullChunks = [];
    this.segmentBytes = 0;
    this.forgetChunk();
    this.socket.cork();
    for (const segment of segments) this.socket.write(segment);
    this.socket.uncork();
    for (const chunk of chunks) this.recycle(chunk);
  }

  /** A socket that is ended takes nothing more. */
  private discardIfOver(): boolean {
    if (!this.isOver) return false;
    this.segments = [];
    this.fullChunks = [];
    this.segmentBytes = 0;
    this.forgetChunk();
    return true;
  }

  private get isOver(): boolean {
    return this.socket.destroyed || this.socket.writableEnded;
  }

  private schedule(): void {
    this.scheduled = true;
    flushAtEndOfTurn(this);
  }

  private seal(): void {
    if (this.end === this.start) return;
    this.segments.push(this.buffer.subarray(this.start, this.end));
    this.segmentBytes += this.end - this.start;
    this.start = this.end;
  }

  private openChunk(bytes: number): void {
    if (bytes > chunkBytes) throw new RangeError(`reserve(${bytes}): a chunk has ${chunkBytes} bytes`);
    // A full chunk leaves before the turn ends: the peer reads it while the rest is being made.
    if (this.segments.length === 0 && !this.socket.writableNeedDrain && !this.isOver) this.writeChunk();
    this.seal();
    if (this.buffer.length > 0) this.fullChunks.push(this.buffer);
    this.buffer = pool.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    this.start = 0;
    this.end = 0;
  }

  private forgetChunk(): void {
    this.buffer = emptyBuffer;
    this.start = 0;
    this.end = 0;
  }
}

const emptyBuffer: Buffer = Buffer.alloc(0);

/** Writes a frame's header at `at`; returns the offset of its payload. */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flags;
  target[at + 5] = streamId >>> 24;
  target[at + 6] = streamId >>> 16;
  target[at + 7] = streamId >>> 8;
  target[at + 8] = streamId;
  return at + frameHeaderBytes;
}

/** Copies a few bytes; below about 32 a loop beats TypedArray.set. Returns the offset after them. */
export function copyBytes(bytes: Uint8Array, target: Buffer, at: number): number {
  const length = bytes.length;
  if (length > 32) target.set(bytes, at);
  else for (let i = 0; i < length; i++) target[at + i] = bytes[i];
  return at + length;
}
