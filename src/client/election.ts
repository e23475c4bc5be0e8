/** Elections: candidates wait in line with a proposal; observers see each leader's. */
import { EventType, type KeyValue } from '../core/wire/gen/kv.ts';
import { KVService, RangeResponse as Range, type RangeResponse } from '../core/wire/gen/rpc.ts';
import type { CallScope, Client } from './client.ts';
import { ContextError } from './errors.ts';
import {
  type Claim,
  claim,
  ownerRequest,
  releaseIfCreatedAt,
  replaceValue,
  untilOldest,
} from './ownership.ts';
import { prefixEnd } from './range.ts';
import type { Session } from './session.ts';
import { Watcher } from './watch.ts';

/** Resolves when we lead. */
export async function campaign(
  session: Session,
  name: string,
  value: Uint8Array,
  scope: CallScope = {},
): Promise<Claim> {
  const claimed = await claim(session, name, value, scope);
  if (claimed.owned) return claimed;
  try {
    await untilOldest(session, `${name}/`, claimed.revision, scope);
    if (scope.signal?.aborted === true) throw new ContextError('canceled');
  } catch (error) {
    await releaseIfCreatedAt(session, claimed);
    throw error;
  }
  return claimed;
}

export const proclaim = replaceValue;
export const resign = releaseIfCreatedAt;

/** The first put under the election's prefix from `startRevision` on. */
async function firstPut(watcher: Watcher, name: string, startRevision: number) {
  const key = Buffer.from(`${name}/`, 'utf8');
  const watch = watcher.watch({ key, rangeEnd: prefixEnd(key), startRevision });
  for await (const { events, header } of watch) {
    const put = events.find((event) => event.type === EventType.PUT);
    if (put === undefined) continue;
    watch.cancel();
    return { kv: put.kv!, header };
  }
  return undefined;
}

const answer = (kv: KeyValue, header: RangeResponse['header']) => Range.create({ header, kvs: [kv] });

/** The leader of now, each change of its proposal, and each leader after it. */
export async function* observe(
  client: Client,
  name: string,
  scope: CallScope = {},
): AsyncGenerator<RangeResponse, void> {
  const watcher = new Watcher(client, { requireLeader: true });
  scope.signal?.addEventListener('abort', () => watcher.close(), { once: true });
  const isOver = () => scope.signal?.aborted === true;
  while (!isOver()) {
    const response = await client.call(KVService.range, ownerRequest(name), scope);
    const revision = response.header!.revision;
    const leader =
      response.kvs.length > 0
        ? { kv: response.kvs[0], header: response.header }
        : await firstPut(watcher, name, revision);
    if (leader === undefined) return;
    yield answer(leader.kv, leader.header);
    // Who looks at the answer may have ended it all: a watcher that is closed would watch again.
    if (isOver()) return;
    const watch = watcher.watch({ key: leader.kv.key, startRevision: (leader.header?.revision ?? 0) + 1 });
    for await (const { events, header, canceled } of watch) {
      if (canceled) return;
      const gone = events.some((event) => event.type === EventType.DELETE);
      for (const event of events) if (event.type === EventType.PUT) yield answer(event.kv!, header);
      if (gone) watch.cancel();
    }
  }
}
