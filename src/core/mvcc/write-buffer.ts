/**
 * Fresh writes, in front of the backend. They are readable at once and become durable together: `flush` hands all of
 * them to one commit, and what is written meanwhile goes into the next generation. Everything a member stores in its
 * backend goes through here, so the applied index and the data it produced are in the same transaction.
 *
 * Reads look into the active generation, then into the one being committed, then into the backend (whose pairs are kept
 * for a while when they were read). When to flush is the shell's decision (every 100 ms or 2,500 writes); it must do so
 * between two log entries, never inside one.
 */

import {
  type Backend,
  type BackendEntry,
  type Bucket,
  type EntryCursor,
  readBucket,
  SliceCursor,
} from '../ports/backend.ts';
import { fromLatin1, toLatin1 } from '../wire/bytes.ts';
import { Generation } from './generation.ts';
import { PairCache } from './pair-cache.ts';
import { encodeRevision, pointAfter, type RevisionPoint, writeRevision } from './revision.ts';

/** Entries of one read, where all are read. */
const SLICE_ENTRIES = 1_000;

export interface WriteBufferOptions {
  readonly backend: Backend;
  /**
   * Called at the start of each flush: writes what belongs into every transaction (consistent_index, term,
   * confState), once a flush instead of once an entry.
   */
  readonly beforeFlush?: (buffer: WriteBuffer) => void;
}

export interface RevisionScan {
  readonly from: RevisionPoint;
  /** Main revision, exclusive. */
  readonly to: number;
  readonly limit: number;
}

export class WriteBuffer {
  readonly backend: Backend;
  private readonly beforeFlush: ((buffer: WriteBuffer) => void) | undefined;
  private active = new Generation();
  private committing: Generation | undefined;
  private commit: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private readonly lookupKey = encodeRevision(0, 0);
  /** Pairs of the backend that were read lately. */
  private readonly recent = new PairCache();

  constructor(options: WriteBufferOptions) {
    this.backend = options.backend;
    this.beforeFlush = options.beforeFlush;
  }

  /** Writes that no flush has taken yet. */
  get pendingWrites(): number {
    return this.active.writes;
  }

  /** Their size, in bytes; about. */
  get pendingBytes(): number {
    return this.active.bytes;
  }

  /** Like `pendingBytes`, and what is being committed. */
  get uncommittedBytes(): number {
    return this.active.bytes + (this.committing?.bytes ?? 0);
  }

  /** Any bucket but `key`. */
  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.active.set(bucket, key, value);
  }

  /** Any bucket but `key`. */
  delete(bucket: Bucket, key: Uint8Array): void {
    this.active.set(bucket, key, undefined);
  }

  /** Any bucket but `key`. */
  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const text = toLatin1(key);
    if (this.active.has(bucket, text)) return this.active.get(bucket, text);
    if (this.committing?.has(bucket, text)) return this.committing.get(bucket, text);
    return this.backend.get(bucket, key);
  }

  /** All entries of a small bucket (any but `key`), in key order. */
  entries(bucket: Bucket): BackendEntry[] {
    const state = new Map<string, Uint8Array>();
    for (const { key, value } of readBucket(this.backend, bucket)) state.set(toLatin1(key), value);
    this.committing?.overlay(bucket, state);
    this.active.overlay(bucket, state);
    return [...state]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key: fromLatin1(key), value }));
  }

  /** Appends to bucket `key`; revisions come in order. The pair must not change any more. */
  appendRevision(main: number, sub: number, pair: Uint8Array, tombstone: boolean): void {
    this.active.append(main, sub, pair, tombstone);
  }

  removeRevision(revisionKey: Uint8Array): void {
    this.active.remove(revisionKey);
  }

  /** The pair stored by the put at a revision. */
  pair(main: number, sub: number): Uint8Array | undefined {
    return this.active.pair(main, sub) ?? this.committing?.pair(main, sub) ?? this.storedPair(main, sub);
  }

  private storedPair(main: number, sub: number): Uint8Array | undefined {
    const known = this.recent.get(main, sub);
    if (known !== undefined) return known;
    const pair = this.backend.get('key', writeRevision(this.lookupKey, main, sub));
    return pair === undefined ? undefined : this.recent.put(main, sub, pair);
  }

  /** Entries of bucket `key` in revision order, `limit` of them unless the scan ends before. */
  scanRevisions({ from, to, limit }: RevisionScan): BackendEntry[] {
    const kept: BackendEntry[] = [];
    for (;;) {
      const wanted = limit - kept.length;
      const entries = this.scanAll({ from, to, limit: wanted });
      for (const entry of entries) if (!this.isRemoved(entry.key)) kept.push(entry);
      if (entries.length < wanted || kept.length === limit) return kept;
      from = pointAfter(entries[entries.length - 1].key);
    }
  }

  /** All of bucket `key`; nothing may be written or flushed before the cursor is closed. */
  revisions(): EntryCursor {
    if (this.committing === undefined && this.active.isEmpty) return this.backend.readAll('key');
    return new SliceCursor((from) =>
      this.scanRevisions({
        from: from === undefined ? { main: 0, sub: 0 } : pointAfter(from),
        to: Number.MAX_SAFE_INTEGER,
        limit: SLICE_ENTRIES,
      }),
    );
  }

  private isRemoved(revisionKey: Uint8Array): boolean {
    const { active, committing } = this;
    return (
      (active.removesAny && active.removes(revisionKey)) ||
      (committing?.removesAny === true && committing.removes(revisionKey))
    );
  }

  /** Revisions grow, so the backend's come first, then the older generation's, then the active one's. */
  private scanAll({ from, to, limit }: RevisionScan): BackendEntry[] {
    const buffered = this.committing?.oldest ?? this.active.oldest ?? to;
    const entries =
      from.main < buffered
        ? this.backend.scan({
            bucket: 'key',
            from: encodeRevision(from.main, from.sub),
            to: encodeRevision(Math.min(to, buffered), 0),
            limit,
          })
        : [];
    this.committing?.collect(from, to, limit, entries);
    this.active.collect(from, to, limit, entries);
    return entries;
  }

  /**
   * Makes everything written so far durable. Flushes asked for while one is under way become one. When a commit fails
   * the promise is rejected, and so are all later ones: the data in memory stays readable, the member has to stop.
   */
  flush(): Promise<void> {
    if (this.next !== undefined) return this.next;
    if (this.committing === undefined) return this.start();
    this.next = this.commit.then(() => {
      this.next = undefined;
      return this.start();
    });
    return this.next;
  }

  /** Another database is behind this buffer now: what no flush has taken belongs to the old one. */
  discard(): void {
    if (this.committing !== undefined) throw new Error('invariant: the backend was replaced under a commit');
    this.active = new Generation();
    this.recent.clear();
  }

  private start(): Promise<void> {
    this.beforeFlush?.(this);
    if (this.active.isEmpty) return this.commit;
    const generation = this.active;
    this.active = new Generation();
    this.committing = generation;
    this.commit = this.backend.commit(generation.toWrites()).then(() => {
      this.committing = undefined;
    });
    return this.commit;
  }
}
