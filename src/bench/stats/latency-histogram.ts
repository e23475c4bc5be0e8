/**
 * Latencies counted in buckets whose width grows with the value, so that a run of any length has a fixed size and
 * any percentile is known to 0.1%. The layout is that of HDR histograms: each power of two is cut into 1024 parts.
 *
 *   value (0.1 us)   0 .. 2047        2048 .. 4095      4096 .. 8191    ...   up to 429 s
 *   bucket width     1                2                 4
 *
 * Mean and deviation come from exact sums, not from buckets.
 */

const SUB_BITS = 10;
const SUB_BUCKETS = 2 ** SUB_BITS;
/** Units are a tenth of a microsecond. */
const UNITS_PER_MS = 10_000;
const MAX_UNITS = 2 ** 32 - 1;
const BUCKETS = (32 - SUB_BITS + 1) * SUB_BUCKETS;

/** Crosses thread boundaries as it is. */
export interface HistogramState {
  readonly counts: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly min: number;
  readonly max: number;
}

export function bucketOf(units: number): number {
  if (units < 2 * SUB_BUCKETS) return units;
  const exponent = 31 - Math.clz32(units) - SUB_BITS;
  return exponent * SUB_BUCKETS + (units >>> exponent);
}

/** Smallest value of a bucket and the number of values in it, in units. */
function extentOf(bucket: number): { start: number; width: number } {
  if (bucket < 2 * SUB_BUCKETS) return { start: bucket, width: 1 };
  const exponent = Math.floor(bucket / SUB_BUCKETS) - 1;
  return { start: (bucket - exponent * SUB_BUCKETS) * 2 ** exponent, width: 2 ** exponent };
}

/** The middle of a bucket, in units. */
export function middleOf(bucket: number): number {
  const { start, width } = extentOf(bucket);
  return start + (width - 1) / 2;
}

export class LatencyHistogram {
  private counts = new Float64Array(BUCKETS);
  /** Values recorded. */
  count = 0;
  private sum = 0;
  private squares = 0;
  private least = Number.POSITIVE_INFINITY;
  private most = 0;

  record(milliseconds: number): void {
    const ms = Math.max(milliseconds, 0);
    const units = Math.round(ms * UNITS_PER_MS);
    this.counts[bucketOf(Math.min(units, MAX_UNITS))]++;
    this.count++;
    this.sum += ms;
    this.squares += ms * ms;
    if (ms < this.least) this.least = ms;
    if (ms > this.most) this.most = ms;
  }

  /** Milliseconds; 0 if nothing was recorded. The same goes for what follows. */
  get min(): number {
    return this.count === 0 ? 0 : this.least;
  }
  get max(): number {
    return this.most;
  }
  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }
  get total(): number {
    return this.sum;
  }
  /** Deviation of the population. */
  get stddev(): number {
    if (this.count === 0) return 0;
    return Math.sqrt(Math.max(0, this.squares / this.count - this.mean ** 2));
  }

  /** The smallest value that `percent` of all values do not exceed, within 0.1%. */
  percentile(percent: number): number {
    if (this.count === 0) return 0;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    if (rank >= this.count) return this.most;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket];
      if (seen >= rank) return this.clamp(middleOf(bucket) / UNITS_PER_MS);
    }
    return this.most;
  }

  /** A bucket's middle may lie outside of what was recorded. */
  private clamp(ms: number): number {
    return Math.min(this.most, Math.max(this.least, ms));
  }

  /** Counts by upper bounds, ascending; what is above the last bound is counted with it. */
  countsUpTo(bounds: readonly number[]): number[] {
    const out = bounds.map(() => 0);
    let at = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (this.counts[bucket] === 0) continue;
      // Its start, so that the fastest is counted with its own bound.
      const ms = this.clamp(extentOf(bucket).start / UNITS_PER_MS);
      while (at < bounds.length - 1 && ms > bounds[at]) at++;
      out[at] += this.counts[bucket];
    }
    return out;
  }

  add(other: HistogramState): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.counts[bucket] += other.counts[bucket];
    this.count += other.count;
    this.sum += other.sum;
    this.squares += other.squares;
    this.least = Math.min(this.least, other.min);
    this.most = Math.max(this.most, other.max);
  }

  state(): HistogramState {
    const { counts, count, sum, squares } = this;
    return { counts, count, sum, squares, min: this.least, max: this.most };
  }
}
