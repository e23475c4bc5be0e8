/**
 * One file of the simulated disk: what programs see (`current`), what would be found after a power cut if nothing
 * more were done (`durable`), and the operations between the two (`pending`), in order.
 *
 * A power cut settles each 512-byte sector on its own: it holds what it held after any one of the pending operations
 * that touched it, or none. Some disks write whole 4096-byte pages; a cut may draw that coarser grain instead. The
 * size is settled the same way. A truncation that took effect took effect on content as well: a sector never shows
 * again what a settled truncation had cut off.
 */
export const SECTOR_BYTES = 512;
export const PAGE_BYTES = 4096;

interface PendingWrite {
  readonly kind: 'write';
  readonly position: number;
  readonly bytes: Uint8Array;
}
interface PendingTruncate {
  readonly kind: 'truncate';
  readonly size: number;
}
type Pending = PendingWrite | PendingTruncate;

/** Sparse content: absent pages are zeros. */
class Content {
  readonly pages = new Map<number, Uint8Array>();
  size = 0;

  private page(number: number): Uint8Array {
    let page = this.pages.get(number);
    if (!page) this.pages.set(number, (page = new Uint8Array(PAGE_BYTES)));
    return page;
  }

  put(position: number, bytes: Uint8Array, from = 0, to = bytes.length): void {
    for (let at = from; at < to; ) {
      const inPage = (position + at) % PAGE_BYTES;
      const n = Math.min(PAGE_BYTES - inPage, to - at);
      this.page(Math.floor((position + at) / PAGE_BYTES)).set(bytes.subarray(at, at + n), inPage);
      at += n;
    }
  }

  get(position: number, into: Uint8Array): void {
    for (let at = 0; at < into.length; ) {
      const inPage = (position + at) % PAGE_BYTES;
      const n = Math.min(PAGE_BYTES - inPage, into.length - at);
      const page = this.pages.get(Math.floor((position + at) / PAGE_BYTES));
      if (page) into.set(page.subarray(inPage, inPage + n), at);
      else into.fill(0, at, at + n);
      at += n;
    }
  }

  /** Zeroes `[from, to)`. */
  clear(from: number, to: number): void {
    for (const [number, page] of this.pages) {
      const start = number * PAGE_BYTES;
      if (start >= from && start + PAGE_BYTES <= to) this.pages.delete(number);
      else if (start < to && start + PAGE_BYTES > from) {
        page.fill(0, Math.max(0, from - start), Math.min(PAGE_BYTES, to - start));
      }
    }
  }

  resize(size: number): void {
    if (size < this.size) this.clear(size, Number.POSITIVE_INFINITY);
    this.size = size;
  }

  apply(op: Pending): void {
    if (op.kind === 'truncate') return this.resize(op.size);
    this.put(op.position, op.bytes);
    this.size = Math.max(this.size, op.position + op.bytes.length);
  }

  copy(): Content {
    const copy = new Content();
    for (const [number, page] of this.pages) copy.pages.set(number, page.slice());
    copy.size = this.size;
    return copy;
  }
}

export class SimFile {
  private current = new Content();
  private durable = new Content();
  private pending: Pending[] = [];
  /** Operations that are pending no more; counts the operations before `pending[0]`. */
  private over = 0;

  get size(): number {
    return this.current.size;
  }

  /** Bytes of storage in use, in whole pages. */
  get allocated(): number {
    return this.current.pages.size * PAGE_BYTES;
  }

  write(position: number, bytes: Uint8Array): void {
    this.add({ kind: 'write', position, bytes: bytes.slice() });
  }

  truncate(size: number): void {
    this.add({ kind: 'truncate', size });
  }

  private add(op: Pending): void {
    this.pending.push(op);
    this.current.apply(op);
  }

  read(position: number, into: Uint8Array): number {
    const n = Math.max(0, Math.min(into.length, this.current.size - position));
    this.current.get(position, into.subarray(0, n));
    return n;
  }

  /** What a sync that starts now will have made durable: give the result to `settle` when it ends. */
  mark(): number {
    return this.over + this.pending.length;
  }

  /** A sync ended well: what came before `mark` is durable. */
  settle(mark: number): void {
    const count = Math.max(0, mark - this.over);
    for (const op of this.pending.splice(0, count)) this.durable.apply(op);
    this.over += count;
  }

  /** A sync failed: what was pending may or may not be on disk, and no later sync will tell or try again. */
  lose(random: () => number): void {
    this.tear(random);
    this.forgetPending();
  }

  /** The power is cut: what was pending is settled by chance, and that is what is there from now on. */
  cut(random: () => number): void {
    this.tear(random);
    this.forgetPending();
    this.current = this.durable.copy();
  }

  private forgetPending(): void {
    this.over += this.pending.length;
    this.pending = [];
  }

  private tear(random: () => number): void {
    const ops = this.pending;
    if (ops.length === 0) return;
    const pick = (n: number) => Math.floor(random() * n);
    const grain = random() < 0.5 ? SECTOR_BYTES : PAGE_BYTES;
    const sizeAt = pick(ops.length + 1);
    let size = this.durable.size;
    let settledTruncation = 0;
    for (let i = 0; i < sizeAt; i++) {
      const op = ops[i];
      if (op.kind === 'write') size = Math.max(size, op.position + op.bytes.length);
      else {
        size = op.size;
        settledTruncation = i + 1;
        this.durable.clear(op.size, Number.POSITIVE_INFINITY);
      }
    }
    for (const [sector, touching] of this.touched(grain, settledTruncation)) {
      const version = pick(touching.length + 1);
      for (let i = 0; i < version; i++) this.applyToSector(ops[touching[i]], sector * grain, grain);
    }
    this.durable.clear(size, Number.POSITIVE_INFINITY);
    this.durable.size = size;
  }

  /** Sector number -> the pending operations that change it, from operation `first` on. */
  private touched(grain: number, first: number): Map<number, number[]> {
    const touched = new Map<number, number[]>();
    const touch = (sector: number, op: number) => {
      const list = touched.get(sector);
      if (list) list.push(op);
      else touched.set(sector, [op]);
    };
    for (let i = 0; i < this.pending.length; i++) {
      const op = this.pending[i];
      if (op.kind === 'truncate') {
        const start = Math.floor(op.size / grain);
        for (const sector of touched.keys()) if (sector >= start) touch(sector, i);
        continue;
      }
      if (i < first) this.applySettled(op, first, i);
      else {
        const last = Math.floor((op.position + Math.max(1, op.bytes.length) - 1) / grain);
        for (let sector = Math.floor(op.position / grain); sector <= last; sector++) touch(sector, i);
      }
    }
    return touched;
  }

  /** A write before a settled truncation: what the truncations left of it is taken as written. */
  private applySettled(op: PendingWrite, first: number, at: number): void {
    let end = op.position + op.bytes.length;
    for (let i = at + 1; i < first; i++) {
      const later = this.pending[i];
      if (later.kind === 'truncate') end = Math.min(end, later.size);
    }
    if (end > op.position) this.durable.put(op.position, op.bytes, 0, end - op.position);
  }

  private applyToSector(op: Pending, start: number, grain: number): void {
    if (op.kind === 'truncate') {
      this.durable.clear(Math.max(start, op.size), start + grain);
      return;
    }
    const from = Math.max(start, op.position);
    const to = Math.min(start + grain, op.position + op.bytes.length);
    if (from < to) this.durable.put(op.position, op.bytes, from - op.position, to - op.position);
  }
}
