/**
 * Frames out of a byte stream. A decoder is a generator that asks for a number of bytes and gets exactly them, so its
 * code reads like the layout; the reader keeps what has come in between.
 */

/** The other side speaks nonsense, or more than is allowed: the stream is given up. */
export class FrameError extends Error {
  override name = 'FrameError';
}

/** Yields how many bytes it needs next, and is resumed with a buffer of its own of just that size. */
export type Decoder = Generator<number, never, Buffer>;

export class FrameReader {
  private readonly decoder: Decoder;
  private chunks: Buffer[] = [];
  /** Bytes in `chunks`. */
  private available = 0;
  /** Of the first chunk, already used. */
  private offset = 0;
  private wanted: number;

  constructor(decoder: Decoder) {
    this.decoder = decoder;
    this.wanted = decoder.next().value;
  }

  /** @throws FrameError, WireError, and what the decoder's consumer throws */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.available += chunk.length;
    while (this.available >= this.wanted) this.wanted = this.decoder.next(this.take(this.wanted)).value;
  }

  /** A copy: decoded entries stay in the log, and must not keep whole socket reads alive. */
  private take(n: number): Buffer {
    const out = Buffer.allocUnsafeSlow(n);
    let filled = 0;
    while (filled < n) {
      const first = this.chunks[0];
      const part = Math.min(n - filled, first.length - this.offset);
      first.copy(out, filled, this.offset, this.offset + part);
      filled += part;
      this.offset += part;
      if (this.offset < first.length) continue;
      this.chunks.shift();
      this.offset = 0;
    }
    this.available -= n;
    return out;
  }
}

const TWO_32 = 4294967296;

export function readUint64(bytes: Buffer): number {
  return bytes.readUInt32BE(0) * TWO_32 + bytes.readUInt32BE(4);
}

export function checkedLength(bytes: Buffer, limit: number): number {
  const length = readUint64(bytes);
  if (length > limit) throw new FrameError(`frame of ${length} bytes is larger than ${limit}`);
  return length;
}
