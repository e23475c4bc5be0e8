/** Copies of a key range (api.md 6.6): everything at one revision in pages, then each change in order. */
import type { KeyValue } from '../core/wire/gen/kv.ts';
import { KVService } from '../core/wire/gen/rpc.ts';
import type { Client } from './client.ts';
import type { KeySpan } from './range.ts';
import { pages } from './walk/pages.ts';
import type { ReadRange } from './walk/range-reader.ts';
import { Watcher, type WatchMessage } from './watch.ts';

/** The revision of now. */
export async function currentRevision(client: Client): Promise<number> {
  const response = await client.call(KVService.range, { key: Buffer.from('foo') });
  return response.header!.revision;
}

/** All pairs of the range as they were at `revision`, in key order. */
export async function* baseCopy(
  client: Client,
  range: KeySpan,
  revision: number,
): AsyncGenerator<readonly KeyValue[], void> {
  const read: ReadRange = (request) => client.call(KVService.range, request);
  for await (const page of pages(read, range, { revision })) yield page.kvs;
}

/** Changes of the range from `startRevision` on. */
export function changes(client: Client, range: KeySpan, startRevision: number): AsyncIterable<WatchMessage> {
  return new Watcher(client).watch({ ...range, startRevision });
}
