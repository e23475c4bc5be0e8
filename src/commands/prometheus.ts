/** Just enough of the Prometheus text format to read a member's counters and histograms. */

export interface Series {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** Cumulative counts by upper bound, bounds ascending, the last one infinite. */
export type Histogram = readonly (readonly [bound: number, count: number])[];

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

export class Metrics {
  private readonly series = new Map<string, Series[]>();

  /** Lines that are not understood are passed over: what is not there is simply not known. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const match = line.startsWith('#') ? null : LINE.exec(line);
      if (match === null) continue;
      const [, name, labels = '', value] = match;
      const list = this.series.get(name) ?? [];
      const pairs = Array.from(labels.matchAll(LABEL), ([, key, text]) => [key, text] as const);
      list.push({ labels: new Map(pairs), value: numberOf(value) });
      this.series.set(name, list);
    }
  }

  all(name: string): readonly Series[] {
    return this.series.get(name) ?? [];
  }

  /** Of the first of these names that is there; undefined if none is. */
  value(...names: readonly string[]): number | undefined {
    return names.map((name) => this.series.get(name)?.[0].value).find((value) => value !== undefined);
  }

  histogram(name: string): Histogram {
    return this.all(`${name}_bucket`)
      .map(({ labels, value }) => [numberOf(labels.get('le') ?? '+Inf'), value] as const)
      .toSorted(([a], [b]) => a - b);
  }
}

/** What has been counted between two readings; all of the later one if the process has started anew meanwhile. */
export function histogramSince(before: Histogram, after: Histogram): Histogram {
  const difference = after.map(([bound, count], i) => [bound, count - (before[i]?.[1] ?? 0)] as const);
  return difference.some(([, count]) => count < 0) ? after : difference;
}

/** Interpolated within its bucket, as Prometheus does; undefined if nothing was counted. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const total = histogram.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const wanted = share * total;
  let lower = 0;
  let below = 0;
  for (const [bound, count] of histogram) {
    if (count >= wanted) {
      if (!Number.isFinite(bound)) return lower;
      return lower + ((bound - lower) * (wanted - below)) / Math.max(count - below, 1e-9);
    }
    lower = bound;
    below = count;
  }
  return lower;
}
