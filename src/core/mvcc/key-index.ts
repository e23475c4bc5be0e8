/**
 * The key index: which revisions each key has, in memory. A key's generations lie in one chain, newest first: a
 * tombstone in it closes the generation behind it, so "the newest revision at or before r, unless it is a tombstone"
 * is what a reader at r sees.
 *
 *   key --KeyTable--> id --> head of its chain in RevisionChains, create and version of the open generation
 *   ids in key order: KeyTree
 *
 * Measured with 16-byte keys of one revision: 118 bytes a key, of which 57 are the garbage collector's to look at (a full
 * collection takes 50 ms per million keys); a new key 1 us among 10^5 and 2.5 us among 10^6, a look-up 0.5 to 1.2 us. The
 * pairs themselves are the buffer's and the backend's; a revision is the way to them.
 */
import { KeyTable } from './key-table.ts';
import { KeyTree, type Leaf } from './key-tree.ts';
import type { RevisionPoint, StoredRevision } from './revision.ts';
import { NONE, RevisionChains } from './revision-chains.ts';
import type { Steps } from './steps.ts';

/** Reads the state as it is now, own writes of a transaction included. */
export const LATEST = Number.POSITIVE_INFINITY;

/** Keys looked at between two pauses of a compaction. */
const COMPACT_SLICE_KEYS = 5_000;

/** Keys that were found: ids and the nodes of their revisions, in key order. */
export interface Found {
  readonly ids: number[];
  readonly nodes: number[];
}

export interface Span {
  /** First key, inclusive. */
  readonly start: string;
  /** End, exclusive; undefined: to the last key. */
  readonly end: string | undefined;
}

export class KeyIndex {
  readonly revisions = new RevisionChains();
  readonly keys = new KeyTable();
  private readonly tree = new KeyTree(this.keys, (ids, from, to, main) =>
    this.countAlive(ids, from, to, main),
  );

  /** The id of a key the index knows, dead or alive, or NONE. */
  find(key: string): number {
    return this.keys.find(key);
  }

  /** Of an id with revisions. */
  isAlive(id: number): boolean {
    return !this.revisions.isTombstone(this.keys.head(id));
  }

  /** The revision of the key that a reader at `main` sees, or NONE. */
  visible(id: number, main: number): number {
    const node = this.revisions.at(this.keys.head(id), main);
    return node === NONE || this.revisions.isTombstone(node) ? NONE : node;
  }

  /** Records a put. `id` is what `find` said, NONE for a new key. Returns the id. */
  put(id: number, key: string, main: number, sub: number): number {
    if (id === NONE) id = this.begin(key);
    const continues = this.hasLife(id);
    this.append(id, main, sub, false);
    if (continues) this.keys.setGeneration(id, this.keys.create(id), this.keys.version(id) + 1);
    else this.keys.setGeneration(id, main, 1);
    return id;
  }

  /** Records the deletion of a key that is alive. */
  delete(id: number, main: number, sub: number): void {
    this.append(id, main, sub, true);
  }

  /** Records a put read from the backend, where older revisions of its generation may be gone. */
  restorePut(key: string, main: number, sub: number, create: number, version: number): void {
    const id = this.restored(key);
    this.append(id, main, sub, false);
    this.keys.setGeneration(id, create, version);
  }

  restoreTombstone(key: string, main: number, sub: number): void {
    this.append(this.restored(key), main, sub, true);
  }

  private restored(key: string): number {
    const id = this.keys.findOrAdd(key);
    if (this.keys.head(id) === NONE) this.tree.add(id);
    return id;
  }

  private begin(key: string): number {
    const id = this.keys.add(key);
    this.tree.add(id);
    return id;
  }

  private hasLife(id: number): boolean {
    return this.keys.head(id) !== NONE && this.isAlive(id);
  }

  private append(id: number, main: number, sub: number, tombstone: boolean): void {
    const wasAlive = this.hasLife(id);
    this.keys.setHead(id, this.revisions.push(this.keys.head(id), main, sub, tombstone));
    if (wasAlive === tombstone) this.tree.countChange(id, main, tombstone ? -1 : 1);
  }

  private countAlive(ids: readonly number[], from: number, to: number, main: number): number {
    let count = 0;
    for (let i = from; i < to; i++) {
      const head = this.keys.head(ids[i]);
      if (head === NONE) continue;
      const node = this.revisions.at(head, main);
      if (node !== NONE && !this.revisions.isTombstone(node)) count++;
    }
    return count;
  }

  count(span: Span, main: number): number {
    return isEmpty(span) ? 0 : this.tree.count(span.start, span.end, main);
  }

  /** The first key about `leaves` leaves behind the span's start, or undefined if the span ends before. */
  keyBehind(span: Span, leaves: number): string | undefined {
    let leaf: Leaf | undefined = this.tree.leafFor(span.start);
    for (let i = 0; i < leaves && leaf !== undefined; i++) leaf = leaf.next;
    if (leaf === undefined || leaf.ids.length === 0) return undefined;
    const key = this.keys.key(leaf.ids[0]);
    return span.end !== undefined && key >= span.end ? undefined : key;
  }

  /**
   * Appends the keys of the span alive at `main` to `found`, until it holds `limit`. Returns the key to go on from, or
   * undefined at the end of the span. Leaves without a living key are passed over as a whole.
   */
  collect(span: Span, main: number, limit: number, found: Found): string | undefined {
    if (isEmpty(span)) return undefined;
    let leaf: Leaf | undefined = this.tree.leafFor(span.start);
    let at = this.tree.position(leaf, span.start);
    while (leaf !== undefined) {
      const ids: number[] = leaf.ids;
      const to = this.endIn(ids, span.end);
      if (leaf.alive > 0 || leaf.newest > main) {
        for (; at < to; at++) {
          const node = this.visible(ids[at], main);
          if (node === NONE) continue;
          if (found.ids.length >= limit) return this.keys.key(ids[at]);
          found.ids.push(ids[at]);
          found.nodes.push(node);
        }
      }
      if (to < ids.length) return undefined;
      leaf = leaf.next;
      at = 0;
    }
    return undefined;
  }

  /** How many of a leaf's ids lie before `end`. */
  private endIn(ids: readonly number[], end: string | undefined): number {
    if (end === undefined || ids.length === 0) return ids.length;
    let to = ids.length;
    if (this.keys.key(ids[to - 1]) < end) return to;
    let low = 0;
    while (low < to) {
      const middle = (low + to) >>> 1;
      if (this.keys.key(ids[middle]) < end) low = middle + 1;
      else to = middle;
    }
    return low;
  }

  /**
   * Drops what no reader at or above `main` sees: all revisions of a key up to `main` but its newest, and that one
   * too if it is a tombstone below `main`. Returns how many revisions at or below `main` are left.
   */
  *compact(main: number): Steps<number> {
    let kept = 0;
    for (let id = 0; id < this.keys.end; id++) {
      if (this.keys.has(id) && this.compactKey(id, main)) kept++;
      if (id % COMPACT_SLICE_KEYS === COMPACT_SLICE_KEYS - 1) yield;
    }
    return kept;
  }

  private compactKey(id: number, main: number): boolean {
    const revisions = this.revisions;
    const head = this.keys.head(id);
    const newest = revisions.at(head, main);
    if (newest === NONE) return false;
    if (!revisions.isTombstone(newest) || revisions.main(newest) === main) {
      revisions.cutBehind(head, newest);
      return true;
    }
    if (newest === head) {
      revisions.release(head);
      this.tree.remove(id);
      this.keys.remove(id);
    } else revisions.cutBehind(head, revisions.newerThan(head, newest));
    return false;
  }

  /** Whether this is the revision of its key, a tombstone or not, that counts at `main`. */
  isNewestAt(main: number, key: string, revision: RevisionPoint): boolean {
    const id = this.find(key);
    if (id === NONE) return false;
    const node = this.revisions.at(this.keys.head(id), main);
    if (node === NONE) return false;
    return this.revisions.main(node) === revision.main && this.revisions.sub(node) === revision.sub;
  }

  /** Whether a revision at or below `main` is one that compaction to `main` leaves, or has left. */
  survives(main: number, key: string, revision: StoredRevision): boolean {
    return (!revision.tombstone || revision.main === main) && this.isNewestAt(main, key, revision);
  }
}

export function isEmpty(span: Span): boolean {
  return span.end !== undefined && span.end <= span.start;
}
