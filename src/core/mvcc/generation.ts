/**
 * One generation of fresh writes: what one backend commit will hold. Revisions lie in plain arrays, found by
 * arithmetic: main revisions are dense, and so are the subs under each.
 */

import { type BackendEntry, type BackendWrite, BUCKETS, type Bucket } from '../ports/backend.ts';
import { fromLatin1, toLatin1 } from '../wire/bytes.ts';
import { encodeRevision, type RevisionPoint } from './revision.ts';

/** What a small write costs beside its bytes, for `bytes`: an estimate. */
const WRITE_OVERHEAD_BYTES = 64;

export class Generation {
  writes = 0;
  bytes = 0;
  private firstMain = 0;
  /** For each main revision from `firstMain` on: the place of its sub 0. */
  private readonly starts: number[] = [];
  private readonly pairs: Uint8Array[] = [];
  private readonly tombstones: boolean[] = [];
  private readonly removed = new Set<string>();
  private readonly values = new Map<Bucket, Map<string, Uint8Array | undefined>>();

  get isEmpty(): boolean {
    return this.writes === 0;
  }

  /** The lowest main revision held, or undefined. */
  get oldest(): number | undefined {
    return this.starts.length === 0 ? undefined : this.firstMain;
  }

  append(main: number, sub: number, pair: Uint8Array, tombstone: boolean): void {
    if (this.starts.length === 0) this.firstMain = main;
    if (sub === 0) this.starts.push(this.pairs.length);
    const at = this.starts.length - 1;
    if (main !== this.firstMain + at || sub !== this.pairs.length - this.starts[at])
      throw new Error(`mvcc: revision ${main}/${sub} does not follow the one before it`);
    this.pairs.push(pair);
    this.tombstones.push(tombstone);
    this.account(pair.length);
  }

  pair(main: number, sub: number): Uint8Array | undefined {
    const at = main - this.firstMain;
    return at >= 0 && at < this.starts.length ? this.pairs[this.starts[at] + sub] : undefined;
  }

  /** Appends the entries of bucket `key` from `from` to main revision `to` (exclusive), up to `limit` in all. */
  collect(from: RevisionPoint, to: number, limit: number, entries: BackendEntry[]): void {
    const first = Math.max(from.main, this.firstMain);
    for (let main = first; main < to && main < this.firstMain + this.starts.length; main++) {
      const start = this.starts[main - this.firstMain];
      const end = this.starts[main - this.firstMain + 1] ?? this.pairs.length;
      for (let at = start + (main === from.main ? from.sub : 0); at < end; at++) {
        if (entries.length >= limit) return;
        entries.push({ key: encodeRevision(main, at - start, this.tombstones[at]), value: this.pairs[at] });
      }
    }
  }

  /** Removes an entry of bucket `key`, for good: its revision is never written again. */
  remove(revisionKey: Uint8Array): void {
    this.removed.add(toLatin1(revisionKey));
    this.account(0);
  }

  get removesAny(): boolean {
    return this.removed.size > 0;
  }

  removes(revisionKey: Uint8Array): boolean {
    return this.removed.has(toLatin1(revisionKey));
  }

  /** A write to any other bucket; undefined deletes. */
  set(bucket: Bucket, key: Uint8Array, value: Uint8Array | undefined): void {
    let values = this.values.get(bucket);
    if (values === undefined) this.values.set(bucket, (values = new Map()));
    values.set(toLatin1(key), value);
    this.account(value === undefined ? 0 : value.length);
  }

  has(bucket: Bucket, key: string): boolean {
    return this.values.get(bucket)?.has(key) ?? false;
  }

  get(bucket: Bucket, key: string): Uint8Array | undefined {
    return this.values.get(bucket)?.get(key);
  }

  /** Lays this generation's writes to a bucket over `state`. */
  overlay(bucket: Bucket, state: Map<string, Uint8Array>): void {
    for (const [key, value] of this.values.get(bucket) ?? []) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
  }

  /** All of it, for one commit. Removals come last: what they remove may be in here too. */
  toWrites(): BackendWrite[] {
    const writes: BackendWrite[] = [];
    for (let at = 0; at < this.starts.length; at++) {
      const start = this.starts[at];
      const end = this.starts[at + 1] ?? this.pairs.length;
      for (let i = start; i < end; i++) {
        const key = encodeRevision(this.firstMain + at, i - start, this.tombstones[i]);
        writes.push({ bucket: 'key', key, value: this.pairs[i] });
      }
    }
    for (const key of this.removed) writes.push({ bucket: 'key', key: fromLatin1(key), value: undefined });
    for (const bucket of BUCKETS) {
      for (const [key, value] of this.values.get(bucket) ?? [])
        writes.push({ bucket, key: fromLatin1(key), value });
    }
    return writes;
  }

  private account(size: number): void {
    this.writes++;
    this.bytes += size + WRITE_OVERHEAD_BYTES;
  }
}
