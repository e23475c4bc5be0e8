/** A set of keys made of intervals, kept sorted and disjoint: membership is one binary search. */
export class IntervalSet {
  private readonly starts: string[] = [];
  /** Exclusive. */
  private readonly ends: string[] = [];

  /** Adds [start, end); an empty or inverted interval adds nothing. */
  add(start: string, end: string): void {
    if (end <= start) return;
    let from = this.lastAtOrBelow(start);
    if (from < 0 || this.ends[from] < start) from++;
    let to = from;
    while (to < this.starts.length && this.starts[to] <= end) {
      if (this.starts[to] < start) start = this.starts[to];
      if (this.ends[to] > end) end = this.ends[to];
      to++;
    }
    this.starts.splice(from, to - from, start);
    this.ends.splice(from, to - from, end);
  }

  addAll(other: IntervalSet): void {
    for (let i = 0; i < other.starts.length; i++) this.add(other.starts[i], other.ends[i]);
  }

  has(key: string): boolean {
    const at = this.lastAtOrBelow(key);
    return at >= 0 && key < this.ends[at];
  }

  private lastAtOrBelow(key: string): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle] <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
