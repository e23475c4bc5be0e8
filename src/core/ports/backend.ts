/**
 * Backend: the port behind the store. A handful of ordered buckets of bytes, written by atomic durable
 * transactions, read at any time. `storage/lmdb` is the real one, `storage/memory` the twin for tests and
 * simulation; test/compliance/backend holds for both.
 *
 * Laws
 * 1. A commit is all or nothing, and durable when its promise resolves. Its writes become visible to readers at once,
 *    at some moment before the promise resolves.
 * 2. Commits become visible in the order they were handed over.
 * 3. A rejected commit changed nothing. The caller cannot go on from there: the member stops.
 * 4. Reads are synchronous and never wait for a commit. They return bytes the caller may keep.
 * 5. Keys are ordered bytewise and hold 1 to MAX_BACKEND_KEY_BYTES bytes.
 */

import { EMPTY } from '../wire/bytes.ts';

export const BUCKETS = [
  'key',
  'meta',
  'lease',
  'alarm',
  'cluster',
  'members',
  'members_removed',
  'auth',
  'authUsers',
  'authRoles',
] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Longest key of any bucket, in bytes (LMDB with pages of 4 KiB). */
export const MAX_BACKEND_KEY_BYTES = 1978;

/** One write. Without a value it is a deletion; deleting what is not there is allowed. */
export interface BackendWrite {
  readonly bucket: Bucket;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export interface BackendEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ScanOptions {
  readonly bucket: Bucket;
  /** First key, inclusive. */
  readonly from?: Uint8Array;
  /** End of the range, exclusive; absent: to the end of the bucket. */
  readonly to?: Uint8Array;
  /** Most entries to return: a slice is bounded, so that no read holds the event loop. */
  readonly limit: number;
  /**
   * Ends the slice behind the entry with which keys and values reach this many bytes; it holds one entry at least, and
   * is the last one only when it is empty. For readers of everything, whose memory must not depend on what values weigh.
   */
  readonly maxBytes?: number;
}

export interface BackendReader {
  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined;
  /** Entries of a range in key order. Go on behind a full slice with `from: after(lastKey)`. */
  scan(options: ScanOptions): BackendEntry[];
}

/**
 * All entries of a bucket in key order, one after the other, where they lie: for whoever reads a large bucket whole, and
 * keeps little of it. Places and bytes hold until the next call.
 */
export interface EntryCursor {
  /** Whether there was another entry; the places are its own. */
  next(): boolean;
  readonly keyBytes: Uint8Array;
  readonly keyAt: number;
  readonly keyEnd: number;
  readonly valueBytes: Uint8Array;
  readonly valueAt: number;
  readonly valueEnd: number;
  close(): void;
}

/** One fixed state of all buckets. It pins space until it is closed. */
export interface BackendSnapshot extends BackendReader {
  close(): void;
}

/** In bytes. */
export interface BackendSizes {
  readonly allocated: number;
  readonly inUse: number;
}

export interface Backend extends BackendReader {
  /** One atomic durable transaction; the writes are applied in order. The bytes must not change until it is settled. */
  commit(writes: readonly BackendWrite[]): Promise<void>;
  /** No commit may be under way, and none may come before the cursor is closed. */
  readAll(bucket: Bucket): EntryCursor;
  /** As of the last commit. */
  sizes(): BackendSizes;
  /** The state as of the last commit, fixed. */
  snapshot(): BackendSnapshot;
  /** Rewrites the storage without its unused space. Reads and commits go on meanwhile. */
  defragment(): Promise<void>;
  /** Waits for commits under way. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** A cursor over what `scan` gives, a slice at a time: of a reader that has none of its own. */
export class SliceCursor implements EntryCursor {
  keyBytes: Uint8Array = EMPTY;
  valueBytes: Uint8Array = EMPTY;
  readonly keyAt = 0;
  readonly valueAt = 0;
  private readonly scan: (from: Uint8Array | undefined) => readonly BackendEntry[];
  private slice: readonly BackendEntry[] = [];
  private at = 0;

  /** @param scan the next entries from a key on (undefined: from the first); none: the end */
  constructor(scan: (from: Uint8Array | undefined) => readonly BackendEntry[]) {
    this.scan = scan;
  }

  next(): boolean {
    if (this.at === this.slice.length) {
      this.slice = this.scan(this.keyBytes.length === 0 ? undefined : after(this.keyBytes));
      this.at = 0;
      if (this.slice.length === 0) return false;
    }
    const { key, value } = this.slice[this.at++];
    this.keyBytes = key;
    this.valueBytes = value;
    return true;
  }

  get keyEnd(): number {
    return this.keyBytes.length;
  }

  get valueEnd(): number {
    return this.valueBytes.length;
  }

  close(): void {}
}

/** Entries read at a time when a bucket is read as a whole. */
const WHOLE_BUCKET_SLICE = 1_000;

/** All entries of a bucket that is known to be small, in key order. */
export function readBucket(reader: BackendReader, bucket: Bucket): BackendEntry[] {
  const all: BackendEntry[] = [];
  let from: Uint8Array | undefined;
  for (;;) {
    const slice = reader.scan({ bucket, from, limit: WHOLE_BUCKET_SLICE });
    for (const entry of slice) all.push(entry);
    if (slice.length < WHOLE_BUCKET_SLICE) return all;
    from = after(slice[slice.length - 1].key);
  }
}

/** The smallest key greater than `key`. */
export function after(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
