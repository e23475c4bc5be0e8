/** What `snapshot status` tells of a database file, with or without the SHA-256 behind it. */
import { PairReader } from '../../core/mvcc/pair.ts';
import { isTombstone } from '../../core/mvcc/revision.ts';
import { fromLatin1 } from '../../core/wire/bytes.ts';
import { crc32c } from '../../core/wire/crc32c.ts';
import { check, type DamagedPageError, type PageFile } from '../bbolt/index.ts';
import { IntegrityError } from './errors.ts';
import { EtcdDatabase } from './etcd-database.ts';

export interface SnapshotStatus {
  /** CRC-32C over each bucket's name and its keys and values, in order; printed as hex. */
  readonly hash: number;
  /** Main revision of the last change; 0: none. */
  readonly revision: number;
  /** Live user keys (etcdutl 3.6 and newer). */
  readonly totalKeys: number;
  /** Entries of all buckets (what etcdctl up to 3.5 calls total keys). */
  readonly totalEntries: number;
  /** Bytes of the database, without what lies behind it. */
  readonly totalBytes: number;
  /** Storage version; '' before etcd 3.6. */
  readonly version: string;
  /** A damaged meta page that was passed over for the other one. */
  readonly damagedMeta: DamagedPageError | undefined;
}

/** Problems listed in an IntegrityError. */
const MAX_PROBLEMS = 1_000;

/**
 * Checks the file, then reads it. Memory grows with the number of live keys: they are counted by name.
 * @throws BoltError not a database; IntegrityError
 */
export async function snapshotStatus(file: PageFile): Promise<SnapshotStatus> {
  const database = await EtcdDatabase.open(file);
  await verifyPages(database);
  const counted = await countAndHash(database);
  return {
    ...counted,
    revision: await database.lastRevision(),
    totalBytes: database.file.bytes,
    version: (await database.meta()).storageVersion ?? '',
    damagedMeta: database.file.damagedMeta,
  };
}

/** @throws IntegrityError */
export async function verifyPages(database: EtcdDatabase): Promise<void> {
  const problems: DamagedPageError[] = [];
  for await (const problem of check(database.file)) if (problems.push(problem) >= MAX_PROBLEMS) break;
  if (problems.length > 0) throw new IntegrityError(problems);
}

async function countAndHash(
  database: EtcdDatabase,
): Promise<Pick<SnapshotStatus, 'hash' | 'totalKeys' | 'totalEntries'>> {
  let hash = 0;
  let totalEntries = 0;
  const live = new Set<string>();
  const pair = new PairReader();
  for await (const bucket of database.file.buckets()) {
    hash = crc32c(fromLatin1(bucket.name), hash);
    for await (const entries of bucket.entries()) {
      totalEntries += entries.length;
      for (const { key, value } of entries) {
        hash = crc32c(value, crc32c(key, hash));
        if (bucket.name !== 'key') continue;
        const name = pair.load(value).keyText;
        if (isTombstone(key)) live.delete(name);
        else live.add(name);
      }
    }
  }
  return { hash, totalKeys: live.size, totalEntries };
}
