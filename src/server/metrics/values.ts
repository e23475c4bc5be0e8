/** What a metric holds. Updating one is an addition or an assignment on an object that exists already. */

export class Counter {
  value = 0;

  inc(): void {
    this.value++;
  }
  add(n: number): void {
    this.value += n;
  }
}

export class Gauge {
  value = 0;

  set(value: number): void {
    this.value = value;
  }
  add(n: number): void {
    this.value += n;
  }
}

export class Histogram {
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: Float64Array;
  /** Observations per bucket, not cumulated; the last one is above every bound. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds);
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let i = 0;
    while (i < bounds.length && value > bounds[i]) i++;
    this.counts[i]++;
    this.sum += value;
  }
}

/** `count` bounds: `start`, `start * factor`, ... */
export function exponential(start: number, factor: number, count: number): readonly number[] {
  const bounds: number[] = [];
  for (let bound = start; bounds.length < count; bound *= factor) bounds.push(bound);
  return bounds;
}
