/** Names and codecs of etcd's buckets; which bucket holds what is in `BUCKETS` of core/ports/backend.ts. */

import { isTombstone, mainOf, REVISION_BYTES, subOf, TOMBSTONE_BYTES } from '../../core/mvcc/revision.ts';
import { fromLatin1 } from '../../core/wire/bytes.ts';
import { SchemaError } from './errors.ts';

export const META_KEYS = {
  consistentIndex: fromLatin1('consistent_index'),
  term: fromLatin1('term'),
  confState: fromLatin1('confState'),
  storageVersion: fromLatin1('storageVersion'),
  scheduledCompactRevision: fromLatin1('scheduledCompactRev'),
  finishedCompactRevision: fromLatin1('finishedCompactRev'),
} as const;

export const CLUSTER_KEYS = {
  version: fromLatin1('clusterVersion'),
  downgrade: fromLatin1('downgrade'),
} as const;

export const AUTH_KEYS = {
  enabled: fromLatin1('authEnabled'),
  revision: fromLatin1('authRevision'),
} as const;

const SEPARATOR = 0x5f;
const UINT64_BYTES = 8;
const TWO_32 = 4294967296;

export interface RevisionKey {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
}

/** A key of bucket `key`, or a stored compact revision. @throws SchemaError */
export function revisionOf(bucket: string, key: Uint8Array, stored = key): RevisionKey {
  const tombstone = isTombstone(stored);
  const revision = { main: mainOf(stored), sub: subOf(stored), tombstone };
  const length = tombstone ? TOMBSTONE_BYTES : REVISION_BYTES;
  if (stored.length !== length || stored[UINT64_BYTES] !== SEPARATOR)
    throw new SchemaError(bucket, key, 'is not a revision');
  if (!Number.isSafeInteger(revision.main) || !Number.isSafeInteger(revision.sub))
    throw new SchemaError(bucket, key, `revision ${revision.main} is out of range`);
  return revision;
}

/** u64, big endian. @throws SchemaError */
export function uint64Of(bucket: string, key: Uint8Array, value: Uint8Array): number {
  if (value.length !== UINT64_BYTES) throw new SchemaError(bucket, key, `has ${value.length} bytes, not 8`);
  const number = mainOf(value);
  if (!Number.isSafeInteger(number)) throw new SchemaError(bucket, key, `${number} is out of range`);
  return number;
}

export function uint64Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(UINT64_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / TWO_32));
  view.setUint32(4, value % TWO_32);
  return bytes;
}
