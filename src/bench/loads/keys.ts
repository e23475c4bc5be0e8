/**
 * The keys of a load: decimal numbers, as many digits as the key has bytes, so that their order is that of the numbers
 * and `kvctl get 00000042` finds one.
 */
import type { KeyOptions, Share } from './load.ts';

const ZERO = 0x30;

/** Keys of `keySize` bytes that differ. */
export function largestKeySpace(keySize: number): number {
  return keySize >= 15 ? Number.MAX_SAFE_INTEGER : 10 ** keySize;
}

export class Keys {
  readonly size: number;
  private readonly space: number;
  private readonly sequential: boolean;
  private readonly share: Share;

  constructor({ keySize, keySpaceSize, sequentialKeys }: KeyOptions, share: Share) {
    this.size = keySize;
    this.space = keySpaceSize;
    this.sequential = sequentialKeys;
    this.share = share;
  }

  /** Writes the key of operation `n` at `at`. */
  write(n: number, target: Buffer, at: number): void {
    const number = this.sequential
      ? (n * this.share.stride + this.share.offset) % this.space
      : Math.floor(Math.random() * this.space);
    this.writeNumber(number, target, at);
  }

  private writeNumber(number: number, target: Buffer, at: number): void {
    let rest = number;
    for (let i = at + this.size - 1; i >= at; i--) {
      target[i] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  /** A key of its own. */
  next(n: number): Buffer {
    const key = Buffer.allocUnsafe(this.size);
    this.write(n, key, 0);
    return key;
  }
}

/** One value for all puts of a run; random, so that nothing on its way can compress it. */
export function randomValue(size: number): Buffer {
  const value = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) value[i] = Math.random() * 256;
  return value;
}
