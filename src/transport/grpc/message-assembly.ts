/**
 * Puts one length-prefixed message together from DATA frames that cut it. Messages that lie whole in a frame don't
 * come through here.
 *
 *   +------------+--------------------+---------------+
 *   | flag (8)   |  length (32, BE)   |  message ...  |
 *   +------------+--------------------+---------------+
 */
export const prefixBytes = 5;

/** The buffer grows with the bytes that came, not with the length that was promised. */
const firstBufferBytes = 16 * 1024;

export class MessageAssembly {
  /** Bytes held: prefix and body. */
  held = 0;
  private buffer = Buffer.allocUnsafe(prefixBytes);

  /** Bytes of the message, or -1 while its prefix is not complete. */
  get length(): number {
    return this.held < prefixBytes ? -1 : this.buffer.readUInt32BE(1);
  }

  get flag(): number {
    return this.buffer[0];
  }

  get complete(): boolean {
    return this.held >= prefixBytes && this.held === prefixBytes + this.length;
  }

  /** The whole message. */
  get message(): Buffer {
    return this.buffer.subarray(prefixBytes, this.held);
  }

  /** Takes what belongs to the message from [start, end), the prefix alone first; returns the bytes taken. */
  take(source: Buffer, start: number, end: number): number {
    const wanted = this.held < prefixBytes ? prefixBytes : prefixBytes + this.length;
    const bytes = Math.min(wanted - this.held, end - start);
    this.makeRoom(this.held + bytes, wanted);
    source.copy(this.buffer, this.held, start, start + bytes);
    this.held += bytes;
    return bytes;
  }

  private makeRoom(bytes: number, wanted: number): void {
    if (bytes <= this.buffer.length) return;
    const size = Math.min(wanted, Math.max(bytes, firstBufferBytes, this.buffer.length * 2));
    const larger = Buffer.allocUnsafe(size);
    this.buffer.copy(larger, 0, 0, this.held);
    this.buffer = larger;
  }
}

/** Writes a message's prefix; returns the offset after it. */
export function writePrefix(target: Buffer, at: number, flag: number, length: number): number {
  target[at] = flag;
  target[at + 1] = length >>> 24;
  target[at + 2] = length >>> 16;
  target[at + 3] = length >>> 8;
  target[at + 4] = length;
  return at + prefixBytes;
}

export function messagePrefix(flag: number, length: number): Buffer {
  const prefix = Buffer.allocUnsafe(prefixBytes);
  writePrefix(prefix, 0, flag, length);
  return prefix;
}
