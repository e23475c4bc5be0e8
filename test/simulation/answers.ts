/**
 * Answers as text, so that what a member said and what the model says can be compared and shown. Only what a client
 * sees goes in, and always the revision.
 */
import { ERR, type EtcdError } from '../../src/core/errors.ts';
import type { RangeResult } from '../../src/core/mvcc/requests.ts';
import type {
  StoredDeleteRangeResponse,
  StoredPutResponse,
  StoredRangeResponse,
  StoredTxnResponse,
} from '../../src/core/wire/gen/stored.ts';
import { Op } from '../../src/core/wire/proposal.ts';
import { type Row, rowOf } from '../unit/mvcc/twin.ts';

/** Refusals that apply gave: they are answers. Any other error leaves open what became of the request. */
const REFUSALS = [
  'Compacted',
  'FutureRev',
  'KeyNotFound',
  'LeaseNotFound',
  'LeaseExist',
  'LeaseTTLTooLarge',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export function refusalOf(error: EtcdError): Refusal | undefined {
  return REFUSALS.find((name) => ERR[name] === error);
}

export function rowText({ key, value, create, mod, version, lease }: Row): string {
  return `${key}=${value}@${create}/${mod}/v${version}${lease === 0n ? '' : `/lease ${lease}`}`;
}

const pairs = (kvs: readonly Uint8Array[]): string => kvs.map((kv) => rowText(rowOf(kv))).join(' ');

export const refused = (name: string): string => `refused: ${name}`;

export function putText(revision: number, previous: string | undefined): string {
  return `put @${revision}${previous === undefined ? '' : ` was ${previous}`}`;
}

export function deleteText(revision: number, deleted: number, previous: string): string {
  return `deleted ${deleted} @${revision}${previous === '' ? '' : ` were ${previous}`}`;
}

export function rangeText(revision: number, count: number, rows: string): string {
  return `range @${revision} ${count}: ${rows}`;
}

export function txnText(revision: number, succeeded: boolean, responses: readonly string[]): string {
  return `txn @${revision} ${succeeded ? 'then' : 'else'} [${responses.join('; ')}]`;
}

export const plainText = (name: string, revision: number): string => `${name} @${revision}`;

/** What a member answered to a request that went through the log. */
export function answerText(op: number, response: unknown): string {
  switch (op) {
    case Op.Put:
      return put(response as StoredPutResponse);
    case Op.DeleteRange:
      return deleted(response as StoredDeleteRangeResponse);
    case Op.Txn:
      return txn(response as StoredTxnResponse);
    default: {
      const { header } = response as { header: { revision: number } };
      return plainText(OP_NAMES[op] ?? `operation ${op}`, header.revision);
    }
  }
}

export const OP_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(Op).map(([name, number]) => [number, name]),
);

function put({ header, prevKv }: StoredPutResponse): string {
  return putText(header!.revision, prevKv && rowText(rowOf(prevKv)));
}

function deleted(response: StoredDeleteRangeResponse): string {
  return deleteText(response.header!.revision, response.deleted, pairs(response.prevKvs));
}

function range({ header, count, kvs }: StoredRangeResponse): string {
  return rangeText(header!.revision, count, pairs(kvs));
}

function txn({ header, succeeded, responses }: StoredTxnResponse): string {
  const parts = responses.map((r) => {
    if (r.responsePut) return put(r.responsePut);
    if (r.responseDeleteRange) return deleted(r.responseDeleteRange);
    if (r.responseRange) return range(r.responseRange);
    return txn(r.responseTxn!);
  });
  return txnText(header!.revision, succeeded, parts);
}

/** What a read of the store gave. */
export function readText({ revision, count, kvs }: RangeResult): string {
  return rangeText(revision, count, pairs(kvs));
}
