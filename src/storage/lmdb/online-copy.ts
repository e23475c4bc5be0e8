/**
 * A compact copy of a database that is read and written meanwhile. A cursor goes through all buckets of the live database,
 * a slice at a time; what a commit writes behind the cursor is done again in the copy, what it writes ahead of it will be
 * read when the cursor comes there. So nothing is pinned in the live database, and memory holds one slice and what was
 * committed while that was written, however large the database is.
 *
 *   key:   ------ copied: commits are done again ------|cursor|----- to come: commits are read with the slice -----
 *
 * Law: after each commit of the live database has settled, `settled` hears of it, in order, and before anybody may change
 * its bytes. A write that a slice has read already is done a second time; as all later ones of that key follow, the
 * last one wins in the copy too.
 *
 * The copy is made entry by entry: pages of LMDB's own compacting copy, of lmdb 3.5.6, abort the process (mdb_page_alloc,
 * key.mv_size > 0) when many entries are deleted afterwards.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { after, type BackendWrite, BUCKETS, type Bucket } from '../../core/ports/backend.ts';
import { copyBytes } from '../../core/wire/bytes.ts';
import { type Environment, openEnvironment, scanBucket, writeTo } from './environment.ts';
import { removeFiles, syncFile } from './files.ts';

/** A slice: a few milliseconds of the event loop at most. */
const SLICE_ENTRIES = 1_000;
const SLICE_BYTES = 256 * 1024;
/** So much is written between two syncs: one large one would hold up the log, which shares the disk. */
const SYNC_BYTES = 8 * 1024 ** 2;
/** After a slice twice the time that it held the event loop is left to requests. */
const REST = 2;
/** But no more, in milliseconds: on a machine that is busy with other things the copy has to outrun what is appended. */
const MAX_REST_MS = 10;
/** So many writes may be left for the last step, in which commits wait. */
const MAX_LAST_WRITES = 2_000;

/** Small ones first: nearly everything that comes meanwhile is appended to `key`, ahead of the cursor. */
const ORDER: readonly Bucket[] = [...BUCKETS.filter((name) => name !== 'key'), 'key'];

export interface OnlineCopyOptions {
  readonly live: Environment;
  readonly path: string;
  readonly mapBytes: number;
}

export class OnlineCopy {
  private readonly o: OnlineCopyOptions;
  private environment: Environment;
  /** Place in ORDER. */
  private bucket = 0;
  /** First key of that bucket that is not copied; undefined: none of it is. */
  private from: Uint8Array | undefined;
  private behind: BackendWrite[] = [];
  private unsyncedBytes = 0;
  private isUnwanted = false;

  constructor(options: OnlineCopyOptions) {
    this.o = options;
    this.environment = openEnvironment(options.path, options.mapBytes, true);
  }

  /** These writes are in the live database now. */
  settled(writes: readonly BackendWrite[]): void {
    for (const write of writes) if (this.isCopied(write)) this.behind.push(copyOfWrite(write));
  }

  private isCopied({ bucket, key }: BackendWrite): boolean {
    const place = ORDER.indexOf(bucket);
    if (place !== this.bucket) return place < this.bucket;
    return this.from !== undefined && Buffer.compare(key, this.from) < 0;
  }

  /** Ends `run` at the next slice: whoever stops does not wait for a large copy. */
  abandon(): void {
    this.isUnwanted = true;
  }

  /** Copies everything; resolves when it is on disk, but for a bounded rest that `catchUp` does. */
  async run(): Promise<void> {
    while (this.bucket < ORDER.length) {
      if (this.isUnwanted) throw new Error('the database is being closed');
      const since = performance.now();
      const written = this.copySlice();
      const heldMs = performance.now() - since;
      await written;
      await this.catchUp();
      await sleep(Math.min(MAX_REST_MS, REST * heldMs));
    }
    while (this.behind.length > MAX_LAST_WRITES) await this.catchUp();
    await this.reopenDurably();
  }

  private async copySlice(): Promise<void> {
    const { live } = this.o;
    const bucket = ORDER[this.bucket];
    live.root.resetReadTxn();
    const entries = scanBucket(live, {
      bucket,
      from: this.from,
      limit: SLICE_ENTRIES,
      maxBytes: SLICE_BYTES,
    });
    if (entries.length === 0) {
      this.bucket++;
      this.from = undefined;
      return;
    }
    this.from = after(entries[entries.length - 1].key);
    await writeTo(
      this.environment,
      entries.map(({ key, value }) => ({ bucket, key, value })),
    );
    for (const { key, value } of entries) this.unsyncedBytes += key.length + value.length;
    if (this.unsyncedBytes < SYNC_BYTES) return;
    this.unsyncedBytes = 0;
    await syncFile(this.o.path);
  }

  /** Does what was committed behind the cursor since the last time. */
  async catchUp(): Promise<void> {
    const writes = this.behind;
    this.behind = [];
    await writeTo(this.environment, writes);
  }

  /** From here on each commit stands for its own sync. */
  private async reopenDurably(): Promise<void> {
    const { path, mapBytes } = this.o;
    await this.environment.root.close();
    await syncFile(path);
    this.environment = openEnvironment(path, mapBytes);
  }

  /** Hands over what was made, with the rest done; it belongs to the caller. */
  async finish(): Promise<Environment> {
    await this.catchUp();
    return this.environment;
  }

  async discard(): Promise<void> {
    await this.environment.root.close().catch(() => undefined);
    removeFiles(this.o.path);
  }
}

/** The caller may use its bytes again when its commit is settled. */
function copyOfWrite({ bucket, key, value }: BackendWrite): BackendWrite {
  return { bucket, key: copyBytes(key), value: value && copyBytes(value) };
}
