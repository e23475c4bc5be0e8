/** Copies of a key range (api.md 6.6): everything at one revision in pages, then each change in order. */
import type { KeyValue } from '../core/wire/gen/kv.ts';
import { KVService, type RangeResponse, SortOrder, SortTarget } from '../core/wire/gen/rpc.ts';
import type { Client } from './client.ts';
import { NO_END, prefixEnd } from './range.ts';
import { Watcher, type WatchMessage } from './watch.ts';

/** Keys of one page. */
const PAGE_KEYS = 1000;
const FIRST_KEY: Uint8Array = Buffer.of(0);

export interface MirrorRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

export function mirrorRange(prefix: Uint8Array): MirrorRange {
  return prefix.length === 0
    ? { key: FIRST_KEY, rangeEnd: NO_END }
    : { key: prefix, rangeEnd: prefixEnd(prefix) };
}

/** The revision of now. */
export async function currentRevision(client: Client): Promise<number> {
  const response = await client.call(KVService.range, { key: Buffer.from('foo') });
  return response.header!.revision;
}

/** All pairs of the range as they were at `revision`, in key order. */
export async function* baseCopy(
  client: Client,
  range: MirrorRange,
  revision: number,
): AsyncGenerator<readonly KeyValue[], void> {
  let { key } = range;
  for (;;) {
    const page: RangeResponse = await client.call(KVService.range, {
      key,
      rangeEnd: range.rangeEnd,
      limit: PAGE_KEYS,
      revision,
      sortOrder: SortOrder.ASCEND,
      sortTarget: SortTarget.KEY,
    });
    yield page.kvs;
    if (!page.more || page.kvs.length === 0) return;
    key = Buffer.concat([page.kvs[page.kvs.length - 1].key, FIRST_KEY]);
  }
}

/** Changes of the range from `startRevision` on. */
export function changes(
  client: Client,
  range: MirrorRange,
  startRevision: number,
): AsyncIterable<WatchMessage> {
  return new Watcher(client).watch({ ...range, startRevision });
}
