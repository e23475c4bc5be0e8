/**
 * Keys under a common prefix, one per contender; the oldest owns (api.md 4.13). Locks and elections are this with and
 * without a value.
 */

import { EventType, type KeyValue } from '../core/wire/gen/kv.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  DeleteRangeRequest,
  KVService,
  PutRequest,
  RangeRequest,
  RequestOp,
  type ResponseHeader,
  SortOrder,
  SortTarget,
  TxnRequest,
} from '../core/wire/gen/rpc.ts';
import type { CallScope } from './client.ts';
import { prefixEnd } from './range.ts';
import type { Session } from './session.ts';
import { Watcher } from './watch.ts';

export interface Claim {
  readonly key: Uint8Array;
  /** Create revision of our key: the place in the line. */
  readonly revision: number;
  readonly header: ResponseHeader | undefined;
}

const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** Contenders of `name` have keys `name/<lease>`, the lease in hexadecimal without padding. */
export function contenderKey(name: string, lease: bigint): Uint8Array {
  return utf8(`${name}/${lease.toString(16)}`);
}

function firstOf(prefix: Uint8Array): RangeRequest {
  return RangeRequest.create({
    key: prefix,
    rangeEnd: prefixEnd(prefix),
    limit: 1,
    sortOrder: SortOrder.ASCEND,
    sortTarget: SortTarget.CREATE,
  });
}

const createdAt = (key: Uint8Array, createRevision: number) =>
  Compare.create({ result: CompareResult.EQUAL, target: CompareTarget.CREATE, key, createRevision });

/** Puts our key unless it is there, and says who owns. */
export async function claim(
  session: Session,
  name: string,
  value: Uint8Array,
  scope: CallScope,
): Promise<Claim & { readonly owned: boolean }> {
  const key = contenderKey(name, session.lease);
  const owner = RequestOp.create({ requestRange: firstOf(utf8(`${name}/`)) });
  const put = PutRequest.create({ key, value, lease: session.lease });
  const response = await session.client.call(
    KVService.txn,
    TxnRequest.create({
      compare: [createdAt(key, 0)],
      success: [RequestOp.create({ requestPut: put }), owner],
      failure: [RequestOp.create({ requestRange: RangeRequest.create({ key }) }), owner],
    }),
    scope,
  );
  const revision = response.succeeded
    ? response.header!.revision
    : response.responses[0].responseRange!.kvs[0].createRevision;
  const first: KeyValue | undefined = response.responses[1].responseRange?.kvs[0];
  return {
    key,
    revision,
    header: response.header,
    owned: first === undefined || first.createRevision === revision,
  };
}

async function deleted(session: Session, key: Uint8Array, startRevision: number, scope: CallScope) {
  const watcher = new Watcher(session.client, { requireLeader: true });
  const stop = () => watcher.close();
  scope.signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const message of watcher.watch({ key, startRevision })) {
      if (message.events.some((event) => event.type === EventType.DELETE)) return;
      if (message.canceled) throw new Error(`lost watcher waiting for delete`);
    }
  } finally {
    scope.signal?.removeEventListener('abort', stop);
    watcher.close();
  }
}

/** Waits until nobody under the prefix is older than `revision`. */
export async function untilOldest(
  session: Session,
  prefix: string,
  revision: number,
  scope: CallScope,
): Promise<ResponseHeader | undefined> {
  const key = utf8(prefix);
  for (;;) {
    const response = await session.client.call(
      KVService.range,
      {
        key,
        rangeEnd: prefixEnd(key),
        limit: 1,
        sortOrder: SortOrder.DESCEND,
        sortTarget: SortTarget.CREATE,
        maxCreateRevision: revision - 1,
      },
      scope,
    );
    if (response.kvs.length === 0 || scope.signal?.aborted === true) return response.header;
    await deleted(session, response.kvs[0].key, response.header!.revision, scope);
  }
}

export async function release(session: Session, key: Uint8Array): Promise<void> {
  await session.client.call(KVService.deleteRange, DeleteRangeRequest.create({ key }));
}

/** Deletes our key if it is still ours. */
export async function releaseIfCreatedAt(session: Session, { key, revision }: Claim): Promise<void> {
  const remove = RequestOp.create({ requestDeleteRange: DeleteRangeRequest.create({ key }) });
  await session.client.call(
    KVService.txn,
    TxnRequest.create({ compare: [createdAt(key, revision)], success: [remove] }),
  );
}

/** The range request for the current owner under `name`. */
export function ownerRequest(name: string): RangeRequest {
  return firstOf(utf8(`${name}/`));
}

/** Replaces the value of our key if it is still ours. */
export async function replaceValue(
  session: Session,
  { key, revision }: Claim,
  value: Uint8Array,
  scope: CallScope,
): Promise<boolean> {
  const put = PutRequest.create({ key, value, lease: session.lease });
  const response = await session.client.call(
    KVService.txn,
    TxnRequest.create({
      compare: [createdAt(key, revision)],
      success: [RequestOp.create({ requestPut: put })],
    }),
    scope,
  );
  return response.succeeded;
}
