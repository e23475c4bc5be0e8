/** Append messages that are on their way to a follower: a ring of their last indexes and sizes, bounded both ways. */

export class Inflights {
  private readonly capacity: number;
  private readonly maxBytes: number;
  private indexes: number[] = [];
  private sizes: number[] = [];
  private start = 0;
  private length = 0;
  private bytes = 0;

  /** @param maxBytes 0: no limit */
  constructor(capacity: number, maxBytes: number) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  get count(): number {
    return this.length;
  }

  get full(): boolean {
    return this.length === this.capacity || (this.maxBytes !== 0 && this.bytes >= this.maxBytes);
  }

  add(index: number, bytes: number): void {
    if (this.full) throw new Error('cannot add into a Full inflights');
    if (this.length === this.indexes.length) this.grow();
    const at = (this.start + this.length) % this.indexes.length;
    this.indexes[at] = index;
    this.sizes[at] = bytes;
    this.length++;
    this.bytes += bytes;
  }

  /** Frees all whose last index is at or below `to`. */
  freeUpTo(to: number): void {
    while (this.length > 0 && this.indexes[this.start] <= to) {
      this.bytes -= this.sizes[this.start];
      this.start = (this.start + 1) % this.indexes.length;
      this.length--;
    }
  }

  reset(): void {
    this.start = 0;
    this.length = 0;
    this.bytes = 0;
  }

  private grow(): void {
    const order = Array.from({ length: this.length }, (_, i) => (this.start + i) % this.indexes.length);
    const room = Math.min(this.capacity, Math.max(8, this.indexes.length * 2));
    const pad = new Array<number>(room - this.length).fill(0);
    this.indexes = [...order.map((i) => this.indexes[i]), ...pad];
    this.sizes = [...order.map((i) => this.sizes[i]), ...pad];
    this.start = 0;
  }
}
