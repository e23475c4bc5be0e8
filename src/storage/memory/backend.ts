/**
 * The backend's twin in memory: for tests, and for members that live on a simulated disk. It keeps the port's laws,
 * power cuts included: a commit takes effect when the scheduler it was given says so, and `crash` forgets all that
 * have not.
 */
import {
  type Backend,
  type BackendEntry,
  type BackendReader,
  type BackendSizes,
  type BackendSnapshot,
  type BackendWrite,
  BUCKETS,
  type Bucket,
  type EntryCursor,
  MAX_BACKEND_KEY_BYTES,
  readBucket,
  type ScanOptions,
  SliceCursor,
} from '../../core/ports/backend.ts';
import { copyBytes, fromLatin1, toLatin1 } from '../../core/wire/bytes.ts';

/** Entries of one read, where all are read. */
const SLICE_ENTRIES = 1_000;

/** Runs `complete` when the commit reaches the disk; commits complete in the order they were handed over. */
export type CommitScheduler = (complete: () => void) => void;

export interface MemoryBackendOptions {
  /** Default: in a microtask. */
  readonly schedule?: CommitScheduler;
}

type Buckets = ReadonlyMap<Bucket, SortedBucket>;

export class MemoryBackend implements Backend {
  private readonly schedule: CommitScheduler;
  private buckets: Buckets;
  private last: Promise<void> = Promise.resolve();
  private dead = false;

  constructor({ schedule = queueMicrotask }: MemoryBackendOptions = {}, buckets?: Buckets) {
    this.schedule = schedule;
    this.buckets = buckets ?? new Map(BUCKETS.map((name) => [name, new SortedBucket()]));
  }

  /** The backend as a restart finds it after a power cut now. This one is dead: what it had not completed is gone. */
  crash(): MemoryBackend {
    const survivor = new MemoryBackend({ schedule: this.schedule }, copyOf(this.buckets));
    this.dead = true;
    return survivor;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    this.assertAlive();
    return this.buckets.get(bucket)!.get(key);
  }

  scan(options: ScanOptions): BackendEntry[] {
    this.assertAlive();
    return this.buckets.get(options.bucket)!.scan(options);
  }

  readAll(bucket: Bucket): EntryCursor {
    return new SliceCursor((from) => this.scan({ bucket, from, limit: SLICE_ENTRIES }));
  }

  commit(writes: readonly BackendWrite[]): Promise<void> {
    this.assertAlive();
    for (const { key } of writes) {
      if (key.length === 0 || key.length > MAX_BACKEND_KEY_BYTES)
        return Promise.reject(new RangeError(`backend key of ${key.length} bytes`));
    }
    const done = new Promise<void>((resolve) => {
      this.schedule(() => {
        if (this.dead) return;
        for (const { bucket, key, value } of writes) this.buckets.get(bucket)!.write(key, value);
        resolve();
      });
    });
    this.last = done;
    return done;
  }

  sizes(): BackendSizes {
    let bytes = 0;
    for (const bucket of this.buckets.values()) bytes += bucket.bytes;
    return { allocated: bytes, inUse: bytes };
  }

  snapshot(): BackendSnapshot {
    this.assertAlive();
    return new MemorySnapshot(copyOf(this.buckets));
  }

  /** Another database in the place of this one, when the scheduler says so. Snapshots stay what they are. */
  replaceBy(database: BackendReader, switched: () => void): Promise<void> {
    this.assertAlive();
    const buckets = bucketsOf(database);
    this.last = new Promise<void>((resolve) => {
      this.schedule(() => {
        if (this.dead) return;
        this.buckets = buckets;
        switched();
        resolve();
      });
    });
    return this.last;
  }

  /** There is nothing to give back. */
  async defragment(): Promise<void> {
    await this.last;
  }

  async close(): Promise<void> {
    await this.last;
    this.dead = true;
  }

  private assertAlive(): void {
    if (this.dead) throw new Error('the backend is closed');
  }
}

class MemorySnapshot implements BackendSnapshot {
  private readonly buckets: Buckets;

  constructor(buckets: Buckets) {
    this.buckets = buckets;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return this.buckets.get(bucket)!.get(key);
  }

  scan(options: ScanOptions): BackendEntry[] {
    return this.buckets.get(options.bucket)!.scan(options);
  }

  close(): void {}
}

function bucketsOf(database: BackendReader): Buckets {
  const buckets = new Map(BUCKETS.map((name) => [name, new SortedBucket()]));
  for (const [name, bucket] of buckets)
    for (const { key, value } of readBucket(database, name)) bucket.write(key, value);
  return buckets;
}

function copyOf(buckets: Buckets): Buckets {
  return new Map([...buckets].map(([name, bucket]) => [name, bucket.copy()]));
}

/** Keys as latin1 strings, whose order is the order of their bytes. The list is sorted when somebody asks for it. */
class SortedBucket {
  bytes = 0;
  private readonly values: Map<string, Uint8Array>;
  private keys: string[];
  private isSorted: boolean;

  constructor(values = new Map<string, Uint8Array>()) {
    this.values = values;
    this.keys = [];
    this.isSorted = values.size === 0;
    for (const [key, value] of values) this.bytes += key.length + value.length;
  }

  copy(): SortedBucket {
    return new SortedBucket(new Map(this.values));
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.values.get(toLatin1(key));
  }

  write(key: Uint8Array, value: Uint8Array | undefined): void {
    const text = toLatin1(key);
    const before = this.values.get(text);
    if (before !== undefined) this.bytes -= text.length + before.length;
    if (value === undefined) {
      if (this.values.delete(text)) this.isSorted = false;
      return;
    }
    this.bytes += text.length + value.length;
    this.values.set(text, copyBytes(value));
    if (before !== undefined || !this.isSorted) return;
    if (this.keys.length === 0 || this.keys[this.keys.length - 1] < text) this.keys.push(text);
    else this.isSorted = false;
  }

  scan({ from, to, limit, maxBytes = Number.POSITIVE_INFINITY }: ScanOptions): BackendEntry[] {
    const keys = this.sortedKeys();
    const start = from === undefined ? 0 : lowerBound(keys, toLatin1(from));
    const end = to === undefined ? keys.length : lowerBound(keys, toLatin1(to));
    const entries: BackendEntry[] = [];
    for (let i = start, bytes = 0; i < Math.min(end, start + limit) && bytes < maxBytes; i++) {
      const value = this.values.get(keys[i])!;
      entries.push({ key: fromLatin1(keys[i]), value });
      bytes += keys[i].length + value.length;
    }
    return entries;
  }

  private sortedKeys(): readonly string[] {
    if (!this.isSorted) {
      this.keys = [...this.values.keys()].sort();
      this.isSorted = true;
    }
    return this.keys;
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
