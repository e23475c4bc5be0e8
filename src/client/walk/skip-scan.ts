/**
 * A walk over the keys of a range that jumps: where a key is enough to know all that begin like it, the next request
 * starts behind them. The cost grows with the keys that are looked at, not with those below the ones jumped over:
 * each stretch that is read has something new, and is at most twice as long as the one before it was of use.
 */
import { compareBytes } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import { isNoEnd, type KeySpan, prefixEnd } from '../range.ts';
import { keyAfter, type ReadRange } from './range-reader.ts';
import { type Stretch, WindowedReader, type WindowOptions } from './window.ts';

/** Keys of the smallest request: so many cost hardly more than one, and may be several groups. */
export const FEWEST_KEYS = 16;
export const MOST_KEYS = 1000;

/** Looks at a key; the prefix that it returns is jumped over, the rest of what begins with it is never asked for. */
export type Visit = (kv: KeyValue) => Uint8Array | undefined;

export interface ScannedPage {
  /** Of the walk. */
  readonly revision: number;
  /** Keys that were looked at, in order. */
  readonly visited: readonly KeyValue[];
}

export type ScanOptions = Pick<WindowOptions, 'revision' | 'wideKeys'>;

/** The first key behind all that begin with `prefix`; undefined if there can be none. */
function behind(prefix: Uint8Array): Uint8Array | undefined {
  const end = prefixEnd(prefix);
  return isNoEnd(end) ? undefined : end;
}

export async function* skipScan(
  read: ReadRange,
  span: KeySpan,
  visit: Visit,
  options: ScanOptions = {},
): AsyncGenerator<ScannedPage, void> {
  const reader = new WindowedReader(read, span, { ...options, keysOnly: true });
  let limit = FEWEST_KEYS;
  let cursor: Uint8Array | undefined = span.key;
  while (cursor !== undefined && (isNoEnd(span.rangeEnd) || compareBytes(cursor, span.rangeEnd) < 0)) {
    const page: Stretch = await reader.next(cursor, limit);
    const visited: KeyValue[] = [];
    let jumped: Uint8Array | undefined;
    /** Where the walk goes on; undefined when a jump left nothing behind it. */
    let next: Uint8Array | undefined = cursor;
    for (const kv of page.kvs) {
      if (next === undefined) break;
      if (jumped !== undefined && compareBytes(kv.key, next) < 0) continue;
      jumped = visit(kv);
      visited.push(kv);
      next = jumped === undefined ? keyAfter(kv.key) : behind(jumped);
    }
    yield { revision: reader.revision, visited };
    if (!page.more) return;
    cursor = next;
    limit = Math.min(MOST_KEYS, Math.max(FEWEST_KEYS, 2 * visited.length));
  }
}
