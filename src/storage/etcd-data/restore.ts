/**
 * `snapshot restore`: a snapshot of any cluster as the database of the first member of a new one. What the old
 * cluster's membership and progress said is replaced; history, leases, alarms, auth and cluster version stay. The log
 * and the .snap file that go with it are described by `newLog`; storage/wal and storage/snapshot write them.
 */

import { confStateJson } from '../../core/apply/progress.ts';
import { type ClusterMember, hexId, memberJson } from '../../core/membership/member.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import { type BackendEntry, BUCKETS } from '../../core/ports/backend.ts';
import type { LogConfState, LogIdentity } from '../../core/ports/log-store.ts';
import { compareBytes, EMPTY, fromLatin1, utf8Bytes } from '../../core/wire/bytes.ts';
import { type CopiedBatch, copyBucket } from './copy.ts';
import type { EtcdDatabase } from './etcd-database.ts';
import { META_KEYS, uint64Bytes } from './schema.ts';

export interface RestoreOptions {
  /** The new cluster, its learners included. */
  readonly members: readonly ClusterMember[];
  /** Added to the newest revision, so that no client takes the new history for the old one. 0: keep it. */
  readonly bumpRevision?: number;
  /** Everything up to the (bumped) newest revision counts as compacted, so that all watches begin again. */
  readonly markCompacted?: boolean;
}

/** The log of the new cluster begins with one entry of this term for each member. */
export const FIRST_TERM = 1;

/** What the log and the .snap file of a restored member hold. */
export interface NewLog {
  readonly identity: LogIdentity;
  /** One AddNode each, at index 1 and up; the context is the member's JSON. Ascending by id. */
  readonly members: readonly ClusterMember[];
  readonly hardState: { readonly term: number; readonly vote: bigint; readonly commit: number };
  /** Of the .snap file, which stands behind the last of these entries. */
  readonly snapshot: { readonly index: number; readonly term: number; readonly confState: LogConfState };
}

export function newLog(identity: LogIdentity, members: readonly ClusterMember[]): NewLog {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const commit = sorted.length;
  return {
    identity,
    members: sorted,
    hardState: { term: FIRST_TERM, vote: sorted[0].id, commit },
    snapshot: { index: commit, term: FIRST_TERM, confState: confStateOf(sorted) },
  };
}

function confStateOf(members: readonly ClusterMember[]): LogConfState {
  const ids = (isLearner: boolean): bigint[] =>
    members.filter((m) => m.isLearner === isLearner).map((m) => m.id);
  return { voters: ids(false), learners: ids(true), votersOutgoing: [], learnersNext: [], autoLeave: false };
}

/**
 * All buckets of the new database in name order, keys ascending, in batches of one page. Buckets that are not etcd's
 * are left out. Read the source's SHA-256 and check its pages first: an error in the middle leaves half a database.
 * @throws DamagedPageError, SchemaError
 */
export async function* restoredBuckets(
  database: EtcdDatabase,
  options: RestoreOptions,
): AsyncGenerator<CopiedBatch> {
  const newest = (await database.lastRevision()) + (options.bumpRevision ?? 0);
  for (const bucket of [...BUCKETS].sort()) {
    switch (bucket) {
      case 'members':
        yield { bucket, entries: memberEntries(options.members) };
        break;
      case 'members_removed':
        yield { bucket, entries: [] };
        break;
      case 'meta':
        yield { bucket, entries: await restoredMeta(database, options, newest) };
        break;
      default:
        yield* copyBucket(database, bucket);
        if (bucket === 'key' && options.bumpRevision)
          yield { bucket, entries: [{ key: encodeRevision(newest, 0), value: EMPTY }] };
    }
  }
}

function memberEntries(members: readonly ClusterMember[]): BackendEntry[] {
  return members
    .map((m) => ({ key: fromLatin1(hexId(m.id)), value: utf8Bytes(memberJson(m)) }))
    .sort((a, b) => compareBytes(a.key, b.key));
}

async function restoredMeta(
  database: EtcdDatabase,
  { members, markCompacted }: RestoreOptions,
  newest: number,
): Promise<BackendEntry[]> {
  const replaced: BackendEntry[] = [
    { key: META_KEYS.consistentIndex, value: uint64Bytes(members.length) },
    { key: META_KEYS.term, value: uint64Bytes(FIRST_TERM) },
    { key: META_KEYS.confState, value: utf8Bytes(confStateJson(mutable(confStateOf(members)))) },
  ];
  if (markCompacted)
    replaced.push({ key: META_KEYS.scheduledCompactRevision, value: encodeRevision(newest, 0) });
  const isReplaced = ({ key }: BackendEntry): boolean =>
    replaced.some((entry) => compareBytes(entry.key, key) === 0);
  const kept: BackendEntry[] = [];
  for await (const entries of database.entries('meta')) kept.push(...entries.filter((e) => !isReplaced(e)));
  return [...kept, ...replaced].sort((a, b) => compareBytes(a.key, b.key));
}

function mutable(conf: LogConfState): Parameters<typeof confStateJson>[0] {
  return {
    ...conf,
    voters: [...conf.voters],
    learners: [...conf.learners],
    votersOutgoing: [],
    learnersNext: [],
  };
}
