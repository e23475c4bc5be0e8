/**
 * Every key the index knows, under a small number (its id), and the way from a key to its id: linear hashing
 * (W. Litwin, "Linear hashing: a new tool for file and table addressing", 1980). The table grows by one bucket per
 * key and never all at once, as a Map does, whose rehash of a million keys holds the loop for 100 ms.
 *
 *   id   key  string | head  i32 | create  f64 | version  f64 | leaf  i32 | hash  i32 | next in bucket  i32
 *
 * `create` and `version` belong to the newest revision; of older ones the stored pairs know them.
 */
import { NONE } from './revision-chains.ts';

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;
const FIRST_BUCKETS = 1024;
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
  private readonly heads: Int32Array[] = [];
  private readonly creates: Float64Array[] = [];
  private readonly versions: Float64Array[] = [];
  private readonly leaves: Int32Array[] = [];
  private readonly hashes: Int32Array[] = [];
  private readonly nexts: Int32Array[] = [];
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

  head(id: number): number {
    return this.heads[id >>> CHUNK_BITS][id & MASK];
  }

  create(id: number): number {
    return this.creates[id >>> CHUNK_BITS][id & MASK];
  }

  version(id: number): number {
    return this.versions[id >>> CHUNK_BITS][id & MASK];
  }

  leaf(id: number): number {
    return this.leaves[id >>> CHUNK_BITS][id & MASK];
  }

  setHead(id: number, head: number): void {
    this.heads[id >>> CHUNK_BITS][id & MASK] = head;
  }

  setGeneration(id: number, create: number, version: number): void {
    this.creates[id >>> CHUNK_BITS][id & MASK] = create;
    this.versions[id >>> CHUNK_BITS][id & MASK] = version;
  }

  setLeaf(id: number, leaf: number): void {
    this.leaves[id >>> CHUNK_BITS][id & MASK] = leaf;
  }

  /** The key's id, or NONE. */
  find(key: string): number {
    const hash = hashOf(key);
    const bucket = this.bucketOf(hash);
    let id = this.buckets[bucket >>> CHUNK_BITS][bucket & MASK];
    while (id !== NONE) {
      const chunk = id >>> CHUNK_BITS;
      const at = id & MASK;
      if (this.hashes[chunk][at] === hash && this.keys[chunk][at] === key) return id;
      id = this.nexts[chunk][at];
    }
    return NONE;
  }

  /** A new id for a key that has none. */
  add(key: string): number {
    const id = this.allocate();
    const chunk = id >>> CHUNK_BITS;
    const at = id & MASK;
    const hash = hashOf(key);
    this.keys[chunk][at] = key;
    this.heads[chunk][at] = NONE;
    this.hashes[chunk][at] = hash;
    this.link(id, hash);
    this.live++;
    if (this.live > this.level + this.split) this.grow();
    return id;
  }

  remove(id: number): void {
    const chunk = id >>> CHUNK_BITS;
    const at = id & MASK;
    this.unlink(id, this.hashes[chunk][at]);
    this.keys[chunk][at] = '';
    this.heads[chunk][at] = VACANT;
    this.nexts[chunk][at] = this.free;
    this.free = id;
    this.live--;
  }

  private allocate(): number {
    const id = this.free;
    if (id !== NONE) {
      this.free = this.nexts[id >>> CHUNK_BITS][id & MASK];
      return id;
    }
    if ((this.used & MASK) === 0) {
      this.keys.push(new Array<string>(CHUNK).fill(''));
      this.heads.push(new Int32Array(CHUNK));
      this.creates.push(new Float64Array(CHUNK));
      this.versions.push(new Float64Array(CHUNK));
      this.leaves.push(new Int32Array(CHUNK));
      this.hashes.push(new Int32Array(CHUNK));
      this.nexts.push(new Int32Array(CHUNK));
    }
    return this.used++;
  }

  private bucketOf(hash: number): number {
    const bucket = hash & (this.level - 1);
    return bucket < this.split ? hash & (2 * this.level - 1) : bucket;
  }

  private link(id: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    const chunk = this.buckets[bucket >>> CHUNK_BITS];
    this.nexts[id >>> CHUNK_BITS][id & MASK] = chunk[bucket & MASK];
    chunk[bucket & MASK] = id;
  }

  private unlink(id: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    const chunk = this.buckets[bucket >>> CHUNK_BITS];
    const next = this.nexts[id >>> CHUNK_BITS][id & MASK];
    let at = chunk[bucket & MASK];
    if (at === id) {
      chunk[bucket & MASK] = next;
      return;
    }
    for (;;) {
      const following = this.nexts[at >>> CHUNK_BITS][at & MASK];
      if (following === id) break;
      at = following;
    }
    this.nexts[at >>> CHUNK_BITS][at & MASK] = next;
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
      const next = this.nexts[id >>> CHUNK_BITS][id & MASK];
      this.link(id, this.hashes[id >>> CHUNK_BITS][id & MASK]);
      id = next;
    }
  }
}
