/** What one kind of operation did in a run: latencies, failures by text, and, if asked for, a row a second. */
import { type HistogramState, LatencyHistogram } from './latency-histogram.ts';

/** One second of a run. Latencies in milliseconds. */
export interface Second {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly count: number;
}

interface OpenSecond {
  min: number;
  sum: number;
  max: number;
  count: number;
}

/** Crosses thread boundaries as it is. */
export interface RecorderState {
  readonly latency: HistogramState;
  readonly service: HistogramState | undefined;
  readonly errors: ReadonlyMap<string, number>;
  readonly seconds: ReadonlyMap<number, OpenSecond> | undefined;
}

export class Recorder {
  readonly latency = new LatencyHistogram();
  /** From sending to the answer, where latency begins earlier: when the request was due. Only in open loop. */
  readonly service: LatencyHistogram | undefined;
  readonly errors = new Map<string, number>();
  private readonly bySecond: Map<number, OpenSecond> | undefined;

  constructor(options: { readonly sample: boolean; readonly openLoop: boolean }) {
    if (options.sample) this.bySecond = new Map();
    if (options.openLoop) this.service = new LatencyHistogram();
  }

  /** Times are those of `performance.now()`. */
  succeeded(due: number, sent: number, now: number): void {
    const ms = now - due;
    this.latency.record(ms);
    this.service?.record(now - sent);
    if (this.bySecond !== undefined) this.sample(ms, now);
  }

  failed(text: string): void {
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
  }

  private sample(ms: number, now: number): void {
    const at = Math.floor((performance.timeOrigin + now) / 1000);
    const second = this.bySecond!.get(at);
    if (second === undefined) {
      this.bySecond!.set(at, { min: ms, sum: ms, max: ms, count: 1 });
      return;
    }
    second.min = Math.min(second.min, ms);
    second.max = Math.max(second.max, ms);
    second.sum += ms;
    second.count++;
  }

  /** Undefined unless it was asked for. */
  seconds(): Second[] | undefined {
    if (this.bySecond === undefined) return undefined;
    return [...this.bySecond]
      .sort(([a], [b]) => a - b)
      .map(([at, { min, sum, max, count }]) => ({ at, min, mean: sum / count, max, count }));
  }

  add(other: RecorderState): void {
    this.latency.add(other.latency);
    if (other.service !== undefined) this.service?.add(other.service);
    for (const [text, count] of other.errors) this.errors.set(text, (this.errors.get(text) ?? 0) + count);
    for (const [at, theirs] of other.seconds ?? []) {
      const ours = this.bySecond?.get(at);
      if (ours === undefined) this.bySecond?.set(at, { ...theirs });
      else {
        ours.min = Math.min(ours.min, theirs.min);
        ours.max = Math.max(ours.max, theirs.max);
        ours.sum += theirs.sum;
        ours.count += theirs.count;
      }
    }
  }

  state(): RecorderState {
    return {
      latency: this.latency.state(),
      service: this.service?.state(),
      errors: this.errors,
      seconds: this.bySecond,
    };
  }
}
