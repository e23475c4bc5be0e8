/**
 * The revisions of all keys, as chains from each key's newest revision back to its oldest. A revision is a number
 * (a node) into columns of typed arrays: no object per revision, nothing for the garbage collector to walk.
 *
 * A jump pointer per node makes the search for an old revision O(log n) in the length of the chain: the skew-binary
 * lists of E. Myers, "An applicative random-access stack" (1983). A chain only grows at its new end and is only cut at
 * its old end (compaction), so jumps stay valid but for those that lead behind a cut.
 *
 *   node   main  f64 | sub << 1 | tombstone  u32 | older  i32 | jump  i32 | depth  i32        24 bytes
 *
 * Columns grow by whole chunks, never by copying: a put costs the same at 10^3 and 10^7 keys.
 */

export const NONE = -1;

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;

export class RevisionChains {
  private readonly mains: Float64Array[] = [];
  private readonly marks: Uint32Array[] = [];
  private readonly olders: Int32Array[] = [];
  private readonly jumps: Int32Array[] = [];
  private readonly depths: Int32Array[] = [];
  private used = 0;
  private free = NONE;
  private live = 0;

  /** Revisions held. */
  get size(): number {
    return this.live;
  }

  main(node: number): number {
    return this.mains[node >>> CHUNK_BITS][node & MASK];
  }

  sub(node: number): number {
    return this.marks[node >>> CHUNK_BITS][node & MASK] >>> 1;
  }

  isTombstone(node: number): boolean {
    return (this.marks[node >>> CHUNK_BITS][node & MASK] & 1) === 1;
  }

  older(node: number): number {
    return this.olders[node >>> CHUNK_BITS][node & MASK];
  }

  private jump(node: number): number {
    return this.jumps[node >>> CHUNK_BITS][node & MASK];
  }

  private depth(node: number): number {
    return this.depths[node >>> CHUNK_BITS][node & MASK];
  }

  private allocate(): number {
    this.live++;
    const node = this.free;
    if (node !== NONE) {
      this.free = this.older(node);
      return node;
    }
    if ((this.used & MASK) === 0) {
      this.mains.push(new Float64Array(CHUNK));
      this.marks.push(new Uint32Array(CHUNK));
      this.olders.push(new Int32Array(CHUNK));
      this.jumps.push(new Int32Array(CHUNK));
      this.depths.push(new Int32Array(CHUNK));
    }
    return this.used++;
  }

  /** A new newest revision in front of `head` (NONE: the key's first). Returns it: the new head. */
  push(head: number, main: number, sub: number, tombstone: boolean): number {
    const node = this.allocate();
    const chunk = node >>> CHUNK_BITS;
    const at = node & MASK;
    this.mains[chunk][at] = main;
    this.marks[chunk][at] = (sub << 1) | (tombstone ? 1 : 0);
    this.olders[chunk][at] = head;
    if (head === NONE) {
      this.jumps[chunk][at] = node;
      this.depths[chunk][at] = 0;
      return node;
    }
    const jump = this.jump(head);
    const far = this.jump(jump);
    const even = this.depth(head) - this.depth(jump) === this.depth(jump) - this.depth(far);
    this.jumps[chunk][at] = even ? far : head;
    this.depths[chunk][at] = this.depth(head) + 1;
    return node;
  }

  /** The newest revision of the chain with main <= `main`, a tombstone perhaps, or NONE. */
  at(head: number, main: number): number {
    let node = head;
    while (node !== NONE && this.main(node) > main) {
      const jump = this.jump(node);
      node = this.main(jump) > main && jump !== node ? jump : this.older(node);
    }
    return node;
  }

  /** Makes `oldest` the last of its chain and frees what was behind it. */
  cutBehind(head: number, oldest: number): void {
    const tail = this.older(oldest);
    if (tail === NONE) return;
    const depth = this.depth(oldest);
    for (let node = head; ; node = this.older(node)) {
      if (this.depth(this.jump(node)) < depth) this.jumps[node >>> CHUNK_BITS][node & MASK] = oldest;
      if (node === oldest) break;
    }
    this.olders[oldest >>> CHUNK_BITS][oldest & MASK] = NONE;
    this.release(tail);
  }

  /** The revision right in front of `node` in its chain. */
  newerThan(head: number, node: number): number {
    let newer = head;
    while (this.older(newer) !== node) {
      const jump = this.jump(newer);
      newer = this.depth(jump) > this.depth(node) ? jump : this.older(newer);
    }
    return newer;
  }

  /** Frees the whole chain. */
  release(head: number): void {
    let last = head;
    for (let node = head; node !== NONE; node = this.older(node)) {
      last = node;
      this.live--;
    }
    this.olders[last >>> CHUNK_BITS][last & MASK] = this.free;
    this.free = head;
  }
}
