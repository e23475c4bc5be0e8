/**
 * The backend on disk: one LMDB environment in one file, one named database per bucket. The only home of the lmdb
 * package. LMDB is a copy-on-write B+tree behind a memory map (H. Chu, "MDB: A memory-mapped database and backend for
 * OpenLDAP", 2011): a commit writes new pages, syncs them, then one of two meta pages; a power cut at any instant
 * leaves the last commit whole.
 *
 * lmdb-js queues the writes of one turn of the event loop into one transaction and runs it on its own thread. Syncs
 * are not overlapped: a commit's promise stands for its own fsync. Reads share one read transaction that is renewed
 * every turn, so no reader keeps old pages from being used again.
 */
import { renameSync, rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import {
  after,
  type Backend,
  type BackendEntry,
  type BackendSizes,
  type BackendSnapshot,
  type BackendWrite,
  BUCKETS,
  type Bucket,
  type ScanOptions,
} from '../../core/ports/backend.ts';
import { allocate } from '../../core/wire/arena.ts';
import { copyBytes } from '../../core/wire/bytes.ts';

export interface LmdbBackendOptions {
  /** The file; its lock file lies beside it, with `-lock` at its end. The directory has to exist. */
  readonly path: string;
  /** Address space reserved for the map, in bytes. The file may outgrow it; then the map is made anew. */
  readonly mapBytes?: number;
}

const PAGE_BYTES = 4096;
const META_PAGES = 2;
/** Reserved, not used: a map that never has to move. etcd reserves 10 GiB. */
const DEFAULT_MAP_BYTES = 16 * 1024 ** 3;
const LOCK_SUFFIX = '-lock';
const DEFRAGMENT_SUFFIX = '.defragment';
/** A slice of the copy that a defragmentation makes. */
const COPY_ENTRIES = 1_000;
const COPY_BYTES = 512 * 1024;
/** So many commits may be left to do again while others wait. */
const MAX_LAST_COMMITS = 2;
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
interface LmdbBucket extends Database<Buffer, Uint8Array> {
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

interface Environment {
  readonly root: RootDatabase<Buffer, Uint8Array>;
  readonly buckets: Readonly<Record<Bucket, LmdbBucket>>;
}

/** `noSync`: for a file that nobody relies on before it was synced as a whole. */
function openEnvironment(path: string, mapSize: number, noSync = false): Environment {
  const root = open<Buffer, Uint8Array>({
    path,
    noSubdir: true,
    pageSize: PAGE_BYTES,
    mapSize,
    maxDbs: BUCKETS.length,
    overlappingSync: false,
    noSync,
    encoding: 'binary',
    keyEncoder: KEY_CODEC,
  });
  const buckets = Object.fromEntries(
    BUCKETS.map((name) => [name, root.openDB({ name, encoding: 'binary', keyEncoder: KEY_CODEC } as never)]),
  );
  return { root, buckets: buckets as unknown as Record<Bucket, LmdbBucket> };
}

export class LmdbBackend implements Backend {
  private readonly path: string;
  private readonly mapBytes: number;
  private environment: Environment;
  /** Commits handed over while a defragmentation puts its copy in place wait for it. */
  private ready: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();
  /** Under way: whoever asks meanwhile gets the same. */
  private defragmentation: Promise<void> | undefined;
  /** What was committed since a defragmentation began to copy; undefined when there is none. */
  private journal: BackendWrite[][] | undefined;
  /** Environments that were replaced and still have readers. */
  private readonly readers = new Map<Environment, number>();
  private readonly retired = new Set<Environment>();

  constructor({ path, mapBytes = DEFAULT_MAP_BYTES }: LmdbBackendOptions) {
    this.path = path;
    this.mapBytes = mapBytes;
    removeFiles(path + DEFRAGMENT_SUFFIX);
    this.environment = openEnvironment(path, mapBytes);
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const memory = this.environment.buckets[bucket].getBinaryFast(key);
    if (memory === undefined) return undefined;
    const size = memory.length;
    const value = allocate(size);
    value.set(new Uint8Array(memory.buffer, memory.byteOffset, size));
    return value;
  }

  scan(options: ScanOptions): BackendEntry[] {
    return scanBucket(this.environment.buckets[options.bucket], options);
  }

  commit(writes: readonly BackendWrite[]): Promise<void> {
    const done = this.ready === undefined ? this.write(writes) : this.ready.then(() => this.write(writes));
    this.last = done.catch(() => undefined);
    return done;
  }

  private write(writes: readonly BackendWrite[]): Promise<void> {
    this.journal?.push(writes.map(copyOfWrite));
    return writeTo(this.environment, writes);
  }

  sizes(): BackendSizes {
    const { buckets } = this.environment;
    const { root, free, lastPageNumber } = buckets.key.getStats();
    let pages = META_PAGES + pagesOf(root) + pagesOf(free);
    for (const name of BUCKETS) pages += pagesOf(buckets[name].getStats());
    return { allocated: (lastPageNumber + 1) * PAGE_BYTES, inUse: pages * PAGE_BYTES };
  }

  snapshot(): BackendSnapshot {
    const { environment } = this;
    this.readers.set(environment, (this.readers.get(environment) ?? 0) + 1);
    return new LmdbSnapshot(environment, () => {
      const left = this.readers.get(environment)! - 1;
      this.readers.set(environment, left);
      if (left === 0) this.closeIfRetired(environment);
    });
  }

  /**
   * Copies what is alive into a new file and puts that in the place of the old one. Reads and commits go on in the old
   * file; what is committed meanwhile is done again in the copy, and only for the last of it commits wait. A crash leaves
   * either file whole.
   *
   * The copy is made entry by entry: pages of LMDB's own compacting copy, of lmdb 3.5.6, abort the process
   * (mdb_page_alloc, key.mv_size > 0) when many entries are deleted afterwards.
   */
  defragment(): Promise<void> {
    this.defragmentation ??= this.makeCopy().finally(() => {
      this.defragmentation = undefined;
    });
    return this.defragmentation;
  }

  private async makeCopy(): Promise<void> {
    const path = this.path + DEFRAGMENT_SUFFIX;
    // From here on nothing is missed: what is both in the state and in the journal is only done twice.
    this.journal = [];
    await this.last;
    const state = this.snapshot();
    let copy: Environment | undefined;
    try {
      copy = openEnvironment(path, this.mapBytes, true);
      await copyEntries(state, copy);
      while (this.journal.length > MAX_LAST_COMMITS) await this.catchUp(copy);
      await copy.root.close();
      copy = undefined;
      await syncFile(path);
      copy = openEnvironment(path, this.mapBytes);
      await this.swap(copy, path);
    } catch (error) {
      await copy?.root.close();
      removeFiles(path);
      throw new Error(`could not write ${path}: ${(error as Error).message}`, { cause: error });
    } finally {
      this.journal = undefined;
      state.close();
    }
  }

  /** Commits wait from here on until the copy is the database. */
  private async swap(copy: Environment, path: string): Promise<void> {
    let open = (): void => {};
    this.ready = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await this.last;
      await this.catchUp(copy);
      await syncFile(path);
      const old = this.environment;
      renameSync(path, this.path);
      renameSync(path + LOCK_SUFFIX, this.path + LOCK_SUFFIX);
      this.environment = copy;
      this.retired.add(old);
      await syncFile(dirname(this.path));
    } finally {
      this.ready = undefined;
      open();
    }
  }

  /** Does in the copy what was committed since the last time. */
  private async catchUp(copy: Environment): Promise<void> {
    const commits = this.journal!;
    this.journal = [];
    for (const writes of commits) await writeTo(copy, writes);
  }

  private async closeIfRetired(environment: Environment): Promise<void> {
    if (!this.retired.has(environment) || (this.readers.get(environment) ?? 0) > 0) return;
    this.retired.delete(environment);
    this.readers.delete(environment);
    await environment.root.close();
  }

  async close(): Promise<void> {
    await this.defragmentation?.catch(() => undefined);
    await this.last;
    for (const environment of this.retired) await environment.root.close();
    await this.environment.root.close();
  }
}

/**
 * All in one turn of the event loop: lmdb-js makes one transaction of it. It hands out several promises for that, one
 * of them only after the turn; each has to be waited for, or a failed commit is an unhandled rejection.
 */
function writeTo({ buckets, root }: Environment, writes: readonly BackendWrite[]): Promise<void> {
  if (writes.length === 0) return Promise.resolve();
  const parts: Promise<unknown>[] = [];
  for (const { bucket, key, value } of writes) {
    const database = buckets[bucket];
    const part = value === undefined ? database.remove(key) : database.put(key, value as Buffer);
    if (part !== parts[parts.length - 1]) parts.push(part);
  }
  parts.push(new Promise((resolve, reject) => setImmediate(() => root.committed.then(resolve, reject))));
  return Promise.all(parts).then(() => undefined, rethrow);
}

/** Everything in `state`, a slice a transaction: the next slice is read when the last one is written. */
async function copyEntries(state: BackendSnapshot, copy: Environment): Promise<void> {
  for (const bucket of BUCKETS) {
    let from: Uint8Array | undefined;
    for (;;) {
      const entries = state.scan({ bucket, from, limit: COPY_ENTRIES, maxBytes: COPY_BYTES });
      if (entries.length === 0) break;
      await writeTo(
        copy,
        entries.map(({ key, value }) => ({ bucket, key, value })),
      );
      from = after(entries[entries.length - 1].key);
    }
  }
}

/** The caller may use its bytes again when its commit is settled. */
function copyOfWrite({ bucket, key, value }: BackendWrite): BackendWrite {
  return { bucket, key: copyBytes(key), value: value && copyBytes(value) };
}

function removeFiles(path: string): void {
  for (const file of [path, path + LOCK_SUFFIX]) rmSync(file, { force: true });
}

class LmdbSnapshot implements BackendSnapshot {
  private readonly environment: Environment;
  private readonly transaction: Transaction;
  private readonly released: () => void;
  private isOpen = true;

  constructor(environment: Environment, released: () => void) {
    this.environment = environment;
    this.released = released;
    environment.root.resetReadTxn();
    this.transaction = environment.root.useReadTransaction();
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return this.environment.buckets[bucket].getBinary(key, { transaction: this.transaction });
  }

  scan(options: ScanOptions): BackendEntry[] {
    return scanBucket(this.environment.buckets[options.bucket], options, this.transaction);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.transaction.done();
    this.released();
  }
}

function scanBucket(
  bucket: LmdbBucket,
  { from = LOWEST_KEY, to, limit, maxBytes = Number.POSITIVE_INFINITY }: ScanOptions,
  transaction?: Transaction,
): BackendEntry[] {
  const entries: BackendEntry[] = [];
  let bytes = 0;
  for (const entry of bucket.getRange({ start: from, end: to, limit, transaction })) {
    entries.push(entry);
    bytes += entry.key.length + entry.value.length;
    if (bytes >= maxBytes) break;
  }
  return entries;
}

function pagesOf(tree: LmdbTree): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}

/** Not in this thread: a large file may take seconds. */
async function syncFile(path: string): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** lmdb-js rejects at once and tells why in a second promise, which nobody else waits for. */
async function rethrow(error: Error & { commitError?: Promise<never> }): Promise<never> {
  const cause = await error.commitError?.catch((reason: unknown) => reason);
  throw new Error('the backend could not commit', { cause: cause ?? error });
}
