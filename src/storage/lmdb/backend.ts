/**
 * The backend on disk: one LMDB environment in one file, one named database per bucket. The only home of the lmdb
 * package. LMDB is a copy-on-write B+tree behind a memory map (H. Chu, "MDB: A memory-mapped database and backend for
 * OpenLDAP", 2011): a commit writes new pages, syncs them, then one of two meta pages; a power cut at any instant
 * leaves the last commit whole.
 *
 * The file is checked before LMDB maps it (file/check.ts): LMDB trusts every byte, and dies of one that is wrong. What
 * entries hold is checked when they are read (seal.ts).
 */
import { existsSync, renameSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  Backend,
  BackendEntry,
  BackendSizes,
  BackendSnapshot,
  BackendWrite,
  Bucket,
  EntryCursor,
  ScanOptions,
} from '../../core/ports/backend.ts';
import type { IncomingDatabase } from '../../core/ports/database-inbox.ts';
import { allocate } from '../../core/wire/arena.ts';
import {
  type Environment,
  LOCK_SUFFIX,
  openEnvironment,
  scanBucket,
  sizesOf,
  writeTo,
} from './environment.ts';
import { checkSmallBuckets, checkStructure } from './file/check.ts';
import { FileCursor } from './file/cursor.ts';
import { emptyFile, removeFiles, syncFile } from './files.ts';
import { OnlineCopy } from './online-copy.ts';
import { checkedLength, unseal } from './seal.ts';
import { LmdbSnapshot } from './snapshot.ts';

export interface LmdbBackendOptions {
  /** The file; its lock file lies beside it, with `-lock` at its end. The directory has to exist. */
  readonly path: string;
  /** Address space reserved for the map, in bytes. The file may outgrow it; then the map is made anew. */
  readonly mapBytes?: number;
  /**
   * Somebody else checks the file, whole (checkApart). Until he is done, bucket `key` is read by `readAll` alone, whose
   * entries are not to be served, and commits wait. When he finds damage, they fail with it.
   */
  readonly verdict?: Promise<void> | undefined;
}

/** Reserved, not used: a map that never has to move. etcd reserves 10 GiB. */
const DEFAULT_MAP_BYTES = 16 * 1024 ** 3;
const DEFRAGMENT_SUFFIX = '.defragment';

/** An environment that was replaced. Its file has no name any more, and goes when its last reader does. */
interface Retired {
  readonly environment: Environment;
  readonly file: FileHandle;
}

export class LmdbBackend implements Backend {
  private readonly path: string;
  private readonly mapBytes: number;
  private environment: Environment;
  /** Commits handed over while a defragmentation puts its copy in place wait for it. */
  private ready: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  /** Under way: whoever asks meanwhile gets the same. */
  private defragmentation: Promise<void> | undefined;
  /** Another database is taking the place of this one: what a defragmentation would copy is not there for long. */
  private replacement: Promise<void> = Promise.resolve();
  /** Hears of every commit while a defragmentation copies. */
  private copy: OnlineCopy | undefined;
  private readonly readers = new Map<Environment, number>();
  private readonly retired = new Map<Environment, Retired>();
  private burials: Promise<void> = Promise.resolve();
  private isClosing = false;
  /** The file is known to be whole. */
  private isBelieved = true;

  /** @throws DamagedDatabase, and the file is as it was */
  constructor({ path, mapBytes = DEFAULT_MAP_BYTES, verdict }: LmdbBackendOptions) {
    this.path = path;
    this.mapBytes = mapBytes;
    removeFiles(path + DEFRAGMENT_SUFFIX);
    if (existsSync(path) && statSync(path).size > 0) (verdict ? checkSmallBuckets : checkStructure)(path);
    this.environment = openEnvironment(path, mapBytes);
    if (verdict) this.awaitVerdict(verdict);
  }

  private awaitVerdict(verdict: Promise<void>): void {
    this.isBelieved = false;
    const ready = verdict.then(() => {
      this.isBelieved = true;
      if (this.ready === ready) this.ready = undefined;
    });
    ready.catch(() => {}); // commits hear of it
    this.ready = ready;
  }

  /** @throws DamagedEntry, as every read here */
  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const memory = this.environment.buckets[bucket].getBinaryFast(key);
    if (memory === undefined) return undefined;
    const stored = new Uint8Array(memory.buffer, memory.byteOffset, memory.length);
    const size = checkedLength(bucket, key, stored);
    const value = allocate(size);
    value.set(stored.subarray(0, size));
    return value;
  }

  scan(options: ScanOptions): BackendEntry[] {
    return scanBucket(this.environment, options);
  }

  readAll(bucket: Bucket): EntryCursor {
    return new FileCursor(this.path, bucket, { seals: this.isBelieved });
  }

  commit(writes: readonly BackendWrite[]): Promise<void> {
    const done = this.ready === undefined ? this.write(writes) : this.ready.then(() => this.write(writes));
    this.last = done.catch(() => undefined);
    return done;
  }

  private write(writes: readonly BackendWrite[]): Promise<void> {
    const { copy, last } = this;
    const done = writeTo(this.environment, writes);
    if (copy === undefined) return done;
    return Promise.all([done, last]).then(() => copy.settled(writes));
  }

  sizes(): BackendSizes {
    return sizesOf(this.environment);
  }

  snapshot(): BackendSnapshot {
    const { environment } = this;
    this.readers.set(environment, (this.readers.get(environment) ?? 0) + 1);
    return new LmdbSnapshot(environment, () => {
      const left = this.readers.get(environment)! - 1;
      if (left > 0) this.readers.set(environment, left);
      else {
        this.readers.delete(environment);
        this.buryIfUnread(environment);
      }
    });
  }

  /**
   * Copies what is alive into a new file and puts that in the place of the old one. Reads and commits go on in the old
   * file; what is committed meanwhile is done again in the copy, and only for the last of it commits wait. A crash leaves
   * either file whole.
   */
  defragment(): Promise<void> {
    this.defragmentation ??= Promise.all([this.replacement, this.ready])
      .then(() => this.replaceByCopy())
      .finally(() => {
        this.defragmentation = undefined;
      });
    return this.defragmentation;
  }

  /**
   * Opens another database, which is whole and durable under `path` in the same directory, to be read and then put in the
   * place of this one. Snapshots stay what they are.
   */
  openIncoming(path: string): IncomingDatabase {
    const environment = openEnvironment(path, this.mapBytes);
    return {
      get(bucket, key) {
        const stored = environment.buckets[bucket].getBinary(key);
        return stored && unseal(bucket, key, stored);
      },
      scan: (options) => scanBucket(environment, options),
      install: (switched) => {
        const done = this.replaceBy(path, environment, switched);
        this.replacement = done.catch(() => undefined);
        return done;
      },
      close: () => environment.root.close(),
    };
  }

  private async replaceBy(path: string, environment: Environment, switched: () => void): Promise<void> {
    await this.defragmentation?.catch(() => undefined);
    await this.swap(path, async () => environment, switched);
  }

  private async replaceByCopy(): Promise<void> {
    const { mapBytes, environment: live } = this;
    const path = this.path + DEFRAGMENT_SUFFIX;
    let copy: OnlineCopy | undefined;
    try {
      copy = new OnlineCopy({ live, path, mapBytes });
      this.copy = copy;
      if (this.isClosing) copy.abandon();
      // What was handed over before is not told to the copy: it has to be there before the first slice is read.
      await this.last;
      await copy.run();
      await this.swap(path, () => copy!.finish());
    } catch (error) {
      await copy?.discard();
      throw new Error(`could not write ${path}: ${(error as Error).message}`, { cause: error });
    } finally {
      this.copy = undefined;
    }
  }

  /** Commits wait from here on until the file at `path` is the database. */
  private async swap(
    path: string,
    finished: () => Promise<Environment>,
    switched: () => void = () => {},
  ): Promise<void> {
    const old = { environment: this.environment, file: await open(this.path, 'r+') };
    let go = (): void => {};
    this.ready = new Promise((resolve) => {
      go = resolve;
    });
    try {
      await this.last;
      const environment = await finished();
      renameSync(path, this.path);
      renameSync(path + LOCK_SUFFIX, this.path + LOCK_SUFFIX);
      this.environment = environment;
      this.isBelieved = true;
      this.copy = undefined;
      switched();
      // Before the first commit of the new file is acknowledged: a power cut must not bring the old one back.
      await syncFile(dirname(this.path));
    } catch (error) {
      if (this.environment === old.environment) await old.file.close();
      throw error;
    } finally {
      this.ready = undefined;
      go();
    }
    this.retired.set(old.environment, old);
    this.buryIfUnread(old.environment);
  }

  private buryIfUnread(environment: Environment): void {
    const retired = this.retired.get(environment);
    if (retired === undefined || this.readers.has(environment)) return;
    this.retired.delete(environment);
    this.burials = this.burials.then(() => bury(retired)).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.copy?.abandon();
    await this.defragmentation?.catch(() => undefined);
    await this.replacement;
    await this.last;
    await this.burials;
    for (const { environment, file } of this.retired.values()) {
      await environment.root.close();
      await file.close();
    }
    await this.environment.root.close();
  }
}

async function bury({ environment, file }: Retired): Promise<void> {
  try {
    environment.root.resetReadTxn();
    await emptyFile(file);
    await environment.root.close();
  } finally {
    // Off the event loop, unlike the one that closing the environment drops: this is the last hold on the file.
    await file.close();
  }
}
