/** The numbers of a report, made from what was recorded. Times in seconds, as etcd's benchmark tool prints them. */
import type { Recorder, Second } from './recorder.ts';

export type { Second } from './recorder.ts';

/** The percentiles that every report has. */
export const PERCENTILES = [10, 25, 50, 75, 90, 95, 99, 99.9] as const;
/** Bars of the histogram between the fastest and the slowest. */
const BARS = 10;

export interface Bar {
  /** Upper end, seconds. */
  readonly upTo: number;
  readonly count: number;
}

export interface Distribution {
  readonly fastest: number;
  readonly slowest: number;
  readonly average: number;
  readonly stddev: number;
  readonly percentiles: readonly { readonly percent: number; readonly seconds: number }[];
}

export interface Summary extends Distribution {
  /** Operations that succeeded. */
  readonly count: number;
  /** Of the whole run, seconds. */
  readonly total: number;
  readonly requestsPerSecond: number;
  readonly histogram: readonly Bar[];
  readonly errors: readonly { readonly text: string; readonly count: number }[];
  /** Open loop only: the same from sending on, without the wait for a free client. */
  readonly service: Distribution | undefined;
  readonly seconds: readonly Second[] | undefined;
}

export interface NamedSummary {
  readonly name: string;
  readonly summary: Summary;
}

function distribution(latency: Recorder['latency']): Distribution {
  return {
    fastest: latency.min / 1000,
    slowest: latency.max / 1000,
    average: latency.mean / 1000,
    stddev: latency.stddev / 1000,
    percentiles: PERCENTILES.map((percent) => ({ percent, seconds: latency.percentile(percent) / 1000 })),
  };
}

function bars(latency: Recorder['latency']): Bar[] {
  const { min, max } = latency;
  if (latency.count === 0) return [];
  const bounds = Array.from({ length: BARS + 1 }, (_, i) => min + ((max - min) * i) / BARS);
  const counts = latency.countsUpTo(bounds);
  return bounds.map((bound, i) => ({ upTo: bound / 1000, count: counts[i] }));
}

/** `elapsedMs`: from the first request to the last answer. */
export function summarize(recorder: Recorder, elapsedMs: number): Summary {
  const { latency, service } = recorder;
  return {
    ...distribution(latency),
    count: latency.count,
    total: elapsedMs / 1000,
    requestsPerSecond: elapsedMs > 0 ? latency.count / (elapsedMs / 1000) : 0,
    histogram: bars(latency),
    errors: [...recorder.errors].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count),
    service: service === undefined ? undefined : distribution(service),
    seconds: recorder.seconds(),
  };
}
