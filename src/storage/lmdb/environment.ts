/**
 * One LMDB environment in one file, with a database for each bucket: how it is opened, read and written. Used by the
 * backend and by the copy that a defragmentation makes.
 *
 * lmdb-js queues the writes of one turn of the event loop into one transaction and runs it on its own thread. Syncs
 * are not overlapped: a commit's promise stands for its own fsync. Reads share one read transaction that is renewed
 * every turn, so no reader keeps old pages from being used again.
 */
import {
  type Database,
  open,
  type RootDatabase,
  type RootDatabaseOptionsWithPath,
  type Transaction,
} from 'lmdb';
import {
  type BackendEntry,
  type BackendSizes,
  type BackendWrite,
  BUCKETS,
  type Bucket,
  type ScanOptions,
} from '../../core/ports/backend.ts';
import { explainCommit } from './commit-error.ts';
import { META_PAGES, PAGE_BYTES } from './file/layout.ts';
import { seal, sealedName, unseal } from './seal.ts';

/** Behind the path of a file: the one with LMDB's lock and its table of readers. */
export const LOCK_SUFFIX = '-lock';
/** The database and its lock file hold what only their owner may read. */
const OWNER_ONLY = 0o600;
/** Where a scan without a lower bound begins: below every key, for keys are not empty. */
const LOWEST_KEY = Buffer.from([0]);

/** lmdb-js copies keys through these; small ones faster than TypedArray.set does. */
const KEY_CODEC = {
  writeKey(key: Uint8Array, target: Uint8Array, start: number): number {
    const n = key.length;
    if (n > 32) target.set(key, start);
    else for (let i = 0; i < n; i++) target[start + i] = key[i];
    return start + n;
  },
  readKey(source: Uint8Array, start: number, end: number): Uint8Array {
    return Uint8Array.prototype.slice.call(source, start, end);
  },
};

/** What lmdb-js has beyond its declarations, of which this folder relies on exactly this much. */
export interface LmdbBucket extends Database<Buffer, Uint8Array> {
  /** Memory that is overwritten by the next read. `length` is the value's, whatever the memory's is. */
  getBinaryFast(key: Uint8Array): Buffer | undefined;
  getBinary(key: Uint8Array, options?: { transaction: Transaction }): Buffer | undefined;
  getStats(): LmdbStats;
}

interface LmdbTree {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface LmdbStats extends LmdbTree {
  readonly root: LmdbTree;
  readonly free: LmdbTree;
  readonly lastPageNumber: number;
}

export interface Environment {
  /** Where it was opened; its file may have another name by now, in the same directory. */
  readonly path: string;
  readonly root: RootDatabase<Buffer, Uint8Array>;
  readonly buckets: Readonly<Record<Bucket, LmdbBucket>>;
}

/** `noSync`: for a file that nobody relies on before it was synced as a whole. */
export function openEnvironment(path: string, mapSize: number, noSync = false): Environment {
  const root = open<Buffer, Uint8Array>({
    path,
    noSubdir: true,
    permissionsMode: OWNER_ONLY,
    pageSize: PAGE_BYTES,
    mapSize,
    maxDbs: BUCKETS.length,
    overlappingSync: false,
    noSync,
    encoding: 'binary',
    keyEncoder: KEY_CODEC,
  } as RootDatabaseOptionsWithPath);
  const buckets = Object.fromEntries(
    BUCKETS.map((bucket) => {
      const options = { name: sealedName(bucket), encoding: 'binary', keyEncoder: KEY_CODEC };
      return [bucket, root.openDB(options as never)];
    }),
  );
  return { path, root, buckets: buckets as unknown as Record<Bucket, LmdbBucket> };
}

/**
 * All in one turn of the event loop: lmdb-js makes one transaction of it. It hands out several promises for that, one
 * of them only after the turn; each has to be waited for, or a failed commit is an unhandled rejection.
 */
export function writeTo(
  { buckets, root, path }: Environment,
  writes: readonly BackendWrite[],
): Promise<void> {
  if (writes.length === 0) return Promise.resolve();
  const parts: Promise<unknown>[] = [];
  for (const { bucket, key, value } of writes) {
    const database = buckets[bucket];
    const part =
      value === undefined ? database.remove(key) : database.put(key, seal(bucket, key, value) as Buffer);
    if (part !== parts[parts.length - 1]) parts.push(part);
  }
  parts.push(new Promise((resolve, reject) => setImmediate(() => root.committed.then(resolve, reject))));
  return Promise.all(parts).then(
    () => undefined,
    (error) => explainCommit(error, path),
  );
}

/** @throws DamagedEntry */
export function scanBucket(
  { buckets }: Environment,
  { bucket, from = LOWEST_KEY, to, limit, maxBytes = Number.POSITIVE_INFINITY }: ScanOptions,
  transaction?: Transaction,
): BackendEntry[] {
  const entries: BackendEntry[] = [];
  let bytes = 0;
  for (const { key, value: stored } of buckets[bucket].getRange({
    start: from,
    end: to,
    limit,
    transaction,
  })) {
    const value = unseal(bucket, key, stored);
    entries.push({ key, value });
    bytes += key.length + value.length;
    if (bytes >= maxBytes) break;
  }
  return entries;
}

export function sizesOf({ buckets }: Environment): BackendSizes {
  const { root, free, lastPageNumber } = buckets.key.getStats();
  let pages = META_PAGES + pagesOf(root) + pagesOf(free);
  for (const name of BUCKETS) pages += pagesOf(buckets[name].getStats());
  return { allocated: (lastPageNumber + 1) * PAGE_BYTES, inUse: pages * PAGE_BYTES };
}

function pagesOf(tree: LmdbTree): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}
