/**
 * Every key the index knows, under a small number (its id), and the way from a key to its id: linear hashing
 * (W. Litwin, "Linear hashing: a new tool for file and table addressing", 1980). The table grows by one bucket per
 * key and never all at once, as a Map does, whose rehash of a million keys holds the loop for 100 ms.
 *
 *   id   key  string | links  i32 hash, i32 next in bucket, i32 head, i32 leaf | generations  f64 create, f64 version
 *
 * `create` and `version` belong to the newest revision; of older ones the stored pairs know them.
 */
import { NONE } from './revision-chains.ts';
import type { Steps } from './steps.ts';

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;
const FIRST_BUCKETS = 1024;
/** Places in an id's part of `links`: what a look-up reads lies in one cache line. */
const STRIDE_BITS = 2;
const HASH = 0;
const NEXT = 1;
const HEAD = 2;
const LEAF = 3;

/** Ids hung anew between two pauses of `makeRoom`: about 2 ms. */
const REFILL_SLICE = 1 << 16;

/** `head` of an id that stands for no key. */
const VACANT = -2;

/** FNV-1a over the chars, finished so that the low bits depend on all of them (murmur3's finalizer). */
function hashOf(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export class KeyTable {
  private readonly keys: string[][] = [];
  private readonly links: Int32Array[] = [];
  /** create and version of each id. */
  private readonly generations: Float64Array[] = [];
  private used = 0;
  private free = NONE;
  private live = 0;

  /** First id of each bucket's list; NONE where it is empty. */
  private readonly buckets: Int32Array[] = [new Int32Array(CHUNK).fill(NONE)];
  /** Buckets below `split` are already halved on this level: `level` buckets at its start. */
  private level = FIRST_BUCKETS;
  private split = 0;

  /** Keys held. */
  get size(): number {
    return this.live;
  }

  /** All ids are below this. */
  get end(): number {
    return this.used;
  }

  has(id: number): boolean {
    return this.head(id) !== VACANT;
  }

  key(id: number): string {
    return this.keys[id >>> CHUNK_BITS][id & MASK];
  }

  /** The newest node of the key's chain. */
  head(id: number): number {
    return this.link(id, HEAD);
  }

  /** Number of the leaf of the tree that the id lies in. */
  leaf(id: number): number {
    return this.link(id, LEAF);
  }

  create(id: number): number {
    return this.generations[id >>> CHUNK_BITS][(id & MASK) << 1];
  }

  version(id: number): number {
    return this.generations[id >>> CHUNK_BITS][((id & MASK) << 1) + 1];
  }

  setHead(id: number, head: number): void {
    this.setLink(id, HEAD, head);
  }

  setLeaf(id: number, leaf: number): void {
    this.setLink(id, LEAF, leaf);
  }

  setGeneration(id: number, create: number, version: number): void {
    const chunk = this.generations[id >>> CHUNK_BITS];
    const at = (id & MASK) << 1;
    chunk[at] = create;
    chunk[at + 1] = version;
  }

  private link(id: number, field: number): number {
    return this.links[id >>> CHUNK_BITS][((id & MASK) << STRIDE_BITS) + field];
  }

  private setLink(id: number, field: number, value: number): void {
    this.links[id >>> CHUNK_BITS][((id & MASK) << STRIDE_BITS) + field] = value;
  }

  /** The key's id, or NONE. */
  find(key: string): number {
    return this.findHashed(key, hashOf(key));
  }

  private findHashed(key: string, hash: number): number {
    const bucket = this.bucketOf(hash);
    let id = this.buckets[bucket >>> CHUNK_BITS][bucket & MASK];
    while (id !== NONE) {
      const chunk = this.links[id >>> CHUNK_BITS];
      const at = (id & MASK) << STRIDE_BITS;
      if (chunk[at + HASH] === hash && this.key(id) === key) return id;
      id = chunk[at + NEXT];
    }
    return NONE;
  }

  /** A new id for a key that has none. */
  add(key: string): number {
    return this.addHashed(key, hashOf(key));
  }

  /** The key's id, a new one if it has none: one whose head is NONE. */
  findOrAdd(key: string): number {
    const hash = hashOf(key);
    const id = this.findHashed(key, hash);
    return id === NONE ? this.addHashed(key, hash) : id;
  }

  private addHashed(key: string, hash: number): number {
    const id = this.allocate();
    this.keys[id >>> CHUNK_BITS][id & MASK] = key;
    this.setLink(id, HASH, hash);
    this.setLink(id, HEAD, NONE);
    this.hang(id, hash);
    this.live++;
    if (this.live > this.level + this.split) this.grow();
    return id;
  }

  remove(id: number): void {
    this.unhang(id, this.link(id, HASH));
    this.keys[id >>> CHUNK_BITS][id & MASK] = '';
    this.setLink(id, HEAD, VACANT);
    this.setLink(id, NEXT, this.free);
    this.free = id;
    this.live--;
  }

  private allocate(): number {
    const id = this.free;
    if (id !== NONE) {
      this.free = this.link(id, NEXT);
      return id;
    }
    if ((this.used & MASK) === 0) {
      this.keys.push(new Array<string>(CHUNK).fill(''));
      this.links.push(new Int32Array(CHUNK << STRIDE_BITS));
      this.generations.push(new Float64Array(CHUNK << 1));
    }
    return this.used++;
  }

  private bucketOf(hash: number): number {
    const bucket = hash & (this.level - 1);
    return bucket < this.split ? hash & (2 * this.level - 1) : bucket;
  }

  private hang(id: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    const chunk = this.buckets[bucket >>> CHUNK_BITS];
    this.setLink(id, NEXT, chunk[bucket & MASK]);
    chunk[bucket & MASK] = id;
  }

  private unhang(id: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    const chunk = this.buckets[bucket >>> CHUNK_BITS];
    const next = this.link(id, NEXT);
    let at = chunk[bucket & MASK];
    if (at === id) {
      chunk[bucket & MASK] = next;
      return;
    }
    while (this.link(at, NEXT) !== id) at = this.link(at, NEXT);
    this.setLink(at, NEXT, next);
  }

  /**
   * Room for `more` keys, so that adding them halves no bucket: the buckets are doubled as a whole and filled anew, which
   * goes through the ids in their order and costs a fifth of halving them one by one. For whoever is about to add many.
   */
  *makeRoom(more: number): Steps<void> {
    if (this.live + more <= this.level + this.split) return;
    while (this.level < this.live + more) this.level *= 2;
    this.split = 0;
    for (const chunk of this.buckets) chunk.fill(NONE);
    while (this.buckets.length << CHUNK_BITS < this.level)
      this.buckets.push(new Int32Array(CHUNK).fill(NONE));
    for (let id = 0; id < this.used; id++) {
      if (this.has(id)) this.hang(id, this.link(id, HASH));
      if ((id & (REFILL_SLICE - 1)) === REFILL_SLICE - 1) yield;
    }
  }

  /** Halves the next bucket in turn into itself and a new one at the end. */
  private grow(): void {
    const old = this.split;
    const added = this.level + old;
    if (added >>> CHUNK_BITS === this.buckets.length) this.buckets.push(new Int32Array(CHUNK).fill(NONE));
    let id = this.buckets[old >>> CHUNK_BITS][old & MASK];
    this.buckets[old >>> CHUNK_BITS][old & MASK] = NONE;
    if (++this.split === this.level) {
      this.level *= 2;
      this.split = 0;
    }
    while (id !== NONE) {
      const next = this.link(id, NEXT);
      this.hang(id, this.link(id, HASH));
      id = next;
    }
  }
}
