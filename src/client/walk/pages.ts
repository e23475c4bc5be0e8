/** Everything in a range at one revision, in pages whose size in bytes stays about the same whatever the values are. */
import type { RangeResponse } from '../../core/wire/gen/rpc.ts';
import type { KeySpan } from '../range.ts';
import { keyAfter, type ReadRange } from './range-reader.ts';

/** A page aims at this many bytes of keys and values. */
const PAGE_BYTES = 1024 * 1024;
/** The first page is small, because nobody knows yet how large the values are. */
const FIRST_PAGE_KEYS = 32;
const MOST_PAGE_KEYS = 5000;
const MOST_GROWTH = 8;
/** What a pair takes beside its key and value: revisions, lease and framing, in bytes. */
const PAIR_OVERHEAD_BYTES = 24;

export interface PageOptions {
  /** 0 or undefined: that of the first answer. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
}

function sizeOf(page: RangeResponse): number {
  let bytes = 0;
  for (const kv of page.kvs) bytes += kv.key.length + kv.value.length + PAIR_OVERHEAD_BYTES;
  return bytes;
}

/** The limit of the page behind one that had `keys` keys in `bytes` bytes. */
export function nextLimit(limit: number, keys: number, bytes: number): number {
  if (keys === 0) return limit;
  const fitting = Math.floor((PAGE_BYTES / bytes) * keys);
  return Math.max(1, Math.min(fitting, limit * MOST_GROWTH, MOST_PAGE_KEYS));
}

/**
 * Pages in key order; the header of each has the revision of now, `count` the keys from that page on. The next page is
 * on its way while a page is looked at.
 */
export async function* pages(
  read: ReadRange,
  span: KeySpan,
  options: PageOptions = {},
): AsyncGenerator<RangeResponse, void> {
  let limit = FIRST_PAGE_KEYS;
  let revision = options.revision ?? 0;
  const ask = (key: Uint8Array) => {
    const answer = read({
      key,
      rangeEnd: span.rangeEnd,
      limit,
      revision,
      keysOnly: options.keysOnly ?? false,
    });
    answer.catch(() => undefined); // seen when it is awaited, if it ever is
    return answer;
  };
  let coming: Promise<RangeResponse> | undefined = ask(span.key);
  while (coming !== undefined) {
    const page: RangeResponse = await coming;
    if (revision === 0) revision = page.header!.revision;
    limit = nextLimit(limit, page.kvs.length, sizeOf(page));
    const last = page.kvs.at(-1);
    coming = page.more && last !== undefined ? ask(keyAfter(last.key)) : undefined;
    yield page;
  }
}
