/**
 * Range calls of a walk, each over no more of the range than is useful. Releases of etcd before 3.7 go through every key
 * of a range to count it, whatever the limit: page after page up to the end of a prefix would cost the square of its
 * keys, and a jump over a group all that comes behind it. So the range of a call ends early: where that is, is learned
 * from the counts in the answers, wider after an empty one, narrower after one with many keys.
 *
 *     cursor  pods/3f2a/9    window of level 6, step 2:  [pods/3f2a/9, pods/5)
 *                  ^ the 6th byte, + 2
 *
 * Where a walk ends up does not depend on it, only what it costs.
 */
import { compareBytes } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import { isNoEnd, type KeySpan, prefixEnd } from '../range.ts';
import type { ReadRange } from './range-reader.ts';

/** Keys that a server may go through for one call without anybody noticing. */
const WIDE_KEYS = 4096;
const LARGEST_STEP = 128;

function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** How far a call may reach from its cursor. */
class Window {
  private readonly end: Uint8Array;
  /** Level of the whole range: nothing but its own end bounds a call. */
  private readonly whole: number;
  private level: number;
  private step = 1;

  constructor({ key, rangeEnd }: KeySpan) {
    this.end = rangeEnd;
    this.whole = isNoEnd(rangeEnd) ? 0 : commonLength(key, rangeEnd);
    this.level = this.whole;
  }

  /** End of the call that starts at `cursor`. */
  endFrom(cursor: Uint8Array): Uint8Array {
    // One byte behind the cursor is as fine as it gets.
    const level = Math.min(this.level, cursor.length + 1);
    if (level <= this.whole) return this.end;
    const head = cursor.subarray(0, level - 1);
    const byte = (cursor[level - 1] ?? 0) + this.step;
    const end = byte > 0xff ? prefixEnd(head) : Buffer.concat([head, Buffer.of(byte)]);
    if (isNoEnd(end)) return this.end;
    return isNoEnd(this.end) || compareBytes(end, this.end) < 0 ? end : this.end;
  }

  widen(): void {
    if (this.level <= this.whole) return;
    this.step *= 2;
    if (this.step <= LARGEST_STEP) return;
    this.level--;
    this.step = 1;
  }

  /** At once as far as a level goes: too narrow costs an empty answer, too wide costs keys. */
  narrow(): void {
    if (this.level <= this.whole || this.step === 1) this.level++;
    this.step = 1;
  }
}

export interface WindowOptions {
  /** 0 or undefined: that of the first answer. */
  readonly revision?: number | undefined;
  readonly keysOnly?: boolean;
  /** Another number of keys is too many; for tests. */
  readonly wideKeys?: number;
}

export interface Stretch {
  readonly kvs: readonly KeyValue[];
  /** Is there, or may there be, more behind the last of them? */
  readonly more: boolean;
}

/** Reads a span from front to back at one revision. */
export class WindowedReader {
  /** Of the walk; 0 before the first answer. */
  revision: number;
  private readonly read: ReadRange;
  private readonly span: KeySpan;
  private readonly window: Window;
  private readonly keysOnly: boolean;
  private readonly wideKeys: number;

  constructor(read: ReadRange, span: KeySpan, options: WindowOptions = {}) {
    this.read = read;
    this.span = span;
    this.window = new Window(span);
    this.revision = options.revision ?? 0;
    this.keysOnly = options.keysOnly ?? false;
    this.wideKeys = options.wideKeys ?? WIDE_KEYS;
  }

  /** The first keys from `cursor` on, at most `limit`, at least one if there is one. */
  async next(cursor: Uint8Array, limit: number): Promise<Stretch> {
    for (let key = cursor; ; ) {
      const rangeEnd = this.window.endFrom(key);
      const { revision, keysOnly } = this;
      const { header, kvs, more, count } = await this.read({ key, rangeEnd, limit, revision, keysOnly });
      if (this.revision === 0) this.revision = header!.revision;
      // What is asked for has to be gone through anyway.
      if (count > Math.max(this.wideKeys, 2 * limit)) this.window.narrow();
      else if (!more) this.window.widen();
      const isWhole = rangeEnd === this.span.rangeEnd;
      if (kvs.length > 0 || isWhole) return { kvs, more: more || !isWhole };
      key = rangeEnd;
    }
  }
}
