/** Everything in a range at one revision, in pages whose size in bytes stays about the same whatever the values are. */
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import type { KeySpan } from '../range.ts';
import { keyAfter, type ReadRange } from './range-reader.ts';
import { type Stretch, WindowedReader, type WindowOptions } from './window.ts';

/** A page aims at this many bytes of keys and values. */
const PAGE_BYTES = 1024 * 1024;
/** The first page is small, because nobody knows yet how large the values are. */
const FIRST_PAGE_KEYS = 32;
const MOST_PAGE_KEYS = 5000;
const MOST_GROWTH = 8;
/** What a pair takes beside its key and value: revisions, lease and framing, in bytes. */
const PAIR_OVERHEAD_BYTES = 24;

export interface Page {
  /** Of the walk. */
  readonly revision: number;
  readonly kvs: readonly KeyValue[];
}

function sizeOf(kvs: readonly KeyValue[]): number {
  let bytes = 0;
  for (const kv of kvs) bytes += kv.key.length + kv.value.length + PAIR_OVERHEAD_BYTES;
  return bytes;
}

/** The limit of the page behind one that had `keys` keys in `bytes` bytes. */
export function nextLimit(limit: number, keys: number, bytes: number): number {
  if (keys === 0) return limit;
  const fitting = Math.floor((PAGE_BYTES / bytes) * keys);
  return Math.max(1, Math.min(fitting, limit * MOST_GROWTH, MOST_PAGE_KEYS));
}

/** Pages in key order. The next one is on its way while a page is looked at. */
export async function* pages(
  read: ReadRange,
  span: KeySpan,
  options: WindowOptions = {},
): AsyncGenerator<Page, void> {
  let limit = FIRST_PAGE_KEYS;
  const reader = new WindowedReader(read, span, options);
  const ask = (key: Uint8Array) => {
    const answer = reader.next(key, limit);
    answer.catch(() => undefined); // seen when it is awaited, if it ever is
    return answer;
  };
  let coming: Promise<Stretch> | undefined = ask(span.key);
  while (coming !== undefined) {
    const { kvs, more }: Stretch = await coming;
    limit = nextLimit(limit, kvs.length, sizeOf(kvs));
    const last = kvs.at(-1);
    coming = more && last !== undefined ? ask(keyAfter(last.key)) : undefined;
    yield { revision: reader.revision, kvs };
  }
}
