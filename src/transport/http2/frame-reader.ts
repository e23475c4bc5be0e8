/**
 * Cuts the bytes of a socket into frames (RFC 9113, section 4.1) without an object a frame:
 *
 *   +-----------------------------------------------+
 *   |                 Length (24)                   |
 *   +---------------+---------------+---------------+
 *   |   Type (8)    |   Flags (8)   |
 *   +-+-------------+---------------+-------------------------------+
 *   |R|                 Stream Identifier (31)                      |
 *   +=+=============================================================+
 *   |                   Frame Payload (0...)                      ...
 *
 * A frame that lies whole in a chunk is handed on where it lies. One that is cut by the chunk's end is put together
 * in a buffer of its own. Either way the payload's memory is never written again: a view of it stays true, and keeps
 * its chunk (up to 64 KiB) alive.
 */
import { ErrorCode, frameHeaderBytes } from './constants.ts';
import { ConnectionError } from './errors.ts';

export interface FrameSink {
  /** False once the rest of the input is of no interest. */
  readonly reading: boolean;
  /** One frame; its payload is buffer[start, end). */
  frame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void;
}

export class FrameReader {
  private readonly sink: FrameSink;
  private readonly maxFrameBytes: number;
  /** The preface that has still to come. */
  private preface: Buffer | null;
  private carry: Buffer | null = null;
  private carried = 0;

  constructor(sink: FrameSink, options: { readonly maxFrameBytes: number; readonly preface: Buffer | null }) {
    this.sink = sink;
    this.maxFrameBytes = options.maxFrameBytes;
    this.preface = options.preface;
  }

  /** The preface was whole, or none was asked for. */
  get begun(): boolean {
    return this.preface === null;
  }

  /** Takes the next bytes. Throws {@link ConnectionError}. */
  push(chunk: Buffer): void {
    let at = this.preface === null ? 0 : this.readPreface(chunk);
    const end = chunk.length;
    if (this.carry !== null) at = this.completeCarried(chunk, at);
    const sink = this.sink;
    while (sink.reading && end - at >= frameHeaderBytes) {
      const length = (chunk[at] << 16) | (chunk[at + 1] << 8) | chunk[at + 2];
      if (length > this.maxFrameBytes) this.refuseSize(length);
      const payload = at + frameHeaderBytes;
      if (end - payload < length) break;
      at = payload + length;
      sink.frame(chunk[payload - 6], chunk[payload - 5], streamIdAt(chunk, payload - 4), chunk, payload, at);
    }
    if (at < end && sink.reading) this.carryOver(chunk, at);
  }

  private readPreface(chunk: Buffer): number {
    const preface = this.preface as Buffer;
    const length = Math.min(preface.length, chunk.length);
    if (preface.compare(chunk, 0, length, 0, length) !== 0) {
      throw new ConnectionError(ErrorCode.protocolError, 'not an HTTP/2 preface');
    }
    this.preface = length === preface.length ? null : preface.subarray(length);
    return length;
  }

  private carryOver(chunk: Buffer, at: number): void {
    const have = chunk.length - at;
    const needed = have < frameHeaderBytes ? frameHeaderBytes : frameHeaderBytes + lengthAt(chunk, at);
    this.carry = Buffer.allocUnsafe(needed);
    this.carried = chunk.copy(this.carry, 0, at);
  }

  private completeCarried(chunk: Buffer, at: number): number {
    while (this.carry !== null) {
      const carry: Buffer = this.carry;
      const copied = chunk.copy(
        carry,
        this.carried,
        at,
        Math.min(chunk.length, at + carry.length - this.carried),
      );
      at += copied;
      this.carried += copied;
      if (this.carried < carry.length) return at;
      const length = lengthAt(carry, 0);
      if (length > this.maxFrameBytes) this.refuseSize(length);
      if (carry.length === frameHeaderBytes + length) {
        this.carry = null;
        this.sink.frame(carry[3], carry[4], streamIdAt(carry, 5), carry, frameHeaderBytes, carry.length);
      } else {
        this.carry = Buffer.allocUnsafe(frameHeaderBytes + length);
        carry.copy(this.carry, 0);
      }
    }
    return at;
  }

  private refuseSize(length: number): never {
    throw new ConnectionError(
      ErrorCode.frameSizeError,
      `frame of ${length} bytes, at most ${this.maxFrameBytes}`,
    );
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}

function streamIdAt(bytes: Buffer, at: number): number {
  return ((bytes[at] & 0x7f) << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
