/** HashKV of a file, without a store: what `hashkv` prints, equal to what a member on this file would answer. */
import { KvError } from '../../core/mvcc/errors.ts';
import { isSkipped, RunningHash } from '../../core/mvcc/hash.ts';
import { PairReader } from '../../core/mvcc/pair.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import type { Bucket } from '../../core/ports/backend.ts';
import type { Entry, ScanRange } from '../bbolt/index.ts';
import type { StoredMeta } from './etcd-database.ts';
import { type RevisionKey, revisionOf } from './schema.ts';

/** A database of etcd, or kvctl's own. */
export interface HashSource {
  meta(): Promise<Pick<StoredMeta, 'scheduledCompactRevision' | 'finishedCompactRevision'>>;
  lastRevision(): Promise<number>;
  entries(bucket: Bucket, range?: ScanRange): AsyncIterable<Entry[]>;
}

export interface FileHash {
  /** CRC-32C */
  readonly hash: number;
  readonly hashRevision: number;
  /** -1: never compacted. */
  readonly compactRevision: number;
}

/**
 * Memory grows with the number of keys that have not changed since the last compaction.
 * @param revision 0: the current one
 * @throws KvError Compacted, FutureRev; SchemaError; DamagedPageError
 */
export async function hashKV(database: HashSource, revision = 0): Promise<FileHash> {
  const { scheduledCompactRevision, finishedCompactRevision } = await database.meta();
  const compacted = Math.max(scheduledCompactRevision, finishedCompactRevision);
  const current = Math.max(await database.lastRevision(), compacted, 1);
  const at = revision === 0 ? current : revision;
  const compactRevision = compacted === 0 ? -1 : compacted;
  if (at < compactRevision) throw new KvError('Compacted');
  if (at > current) throw new KvError('FutureRev');
  const kept = await keptOf(database, at, compactRevision);
  const hash = new RunningHash();
  const pair = new PairReader();
  for await (const entries of database.entries('key', { to: encodeRevision(at + 1, 0) })) {
    for (const entry of entries) {
      const change = revisionOf('key', entry.key);
      const isKept = change.main > compactRevision || kept.has(pair.load(entry.value).keyText, change);
      if (!isSkipped(change, compactRevision, isKept)) hash.add(entry);
    }
  }
  return { hash: hash.value, hashRevision: at, compactRevision };
}

interface KeptChanges {
  has(key: string, change: RevisionKey): boolean;
}

const EVERYTHING: KeptChanges = { has: () => true };

/**
 * Which changes up to the compact revision a reader at `at` still sees: the newest one of a key, if that is a put. Of
 * younger changes it only matters whether they replaced or ended one of these, and how many keys there are in the end:
 * when there are none, etcd skips nothing.
 */
async function keptOf(database: HashSource, at: number, compactRevision: number): Promise<KeptChanges> {
  if (compactRevision < 0) return EVERYTHING;
  const newest = new Map<string, number>();
  const ended = new Set<string>();
  const pair = new PairReader();
  let younger = 0;
  for await (const entries of database.entries('key', { to: encodeRevision(at + 1, 0) })) {
    for (const { key, value } of entries) {
      const { main, tombstone } = revisionOf('key', key);
      const name = pair.load(value).keyText;
      if (main > compactRevision) {
        if (newest.delete(name)) younger++;
        if (tombstone) younger--;
        else if (pair.version === 1) younger++;
      } else if (tombstone) {
        newest.delete(name);
        // A key deleted at `at` and put again in the same transaction: the generation that ends there decides.
        if (main === at) ended.add(name);
      } else if (!ended.has(name)) newest.set(name, main);
    }
  }
  if (newest.size + younger === 0) return EVERYTHING;
  return { has: (key, { main, tombstone }) => !tombstone && newest.get(key) === main };
}
