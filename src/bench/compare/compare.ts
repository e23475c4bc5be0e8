/**
 * The same loads against two clusters in turn, A B A B, so that whatever else the machine does meets both. Each load
 * is bounded in requests and in time. Server processes that run here are asked for their processor time before and
 * after, and for their memory.
 */
import type { NamedSummary } from '../stats/summary.ts';
import { type ComparedLoad, FILLING, KEY_SPACE } from './catalogue.ts';
import { type DriveOptions, driveLoad, type Side } from './drive.ts';
import { usageOf } from './proc.ts';

export interface CompareOptions extends DriveOptions {
  readonly a: Side;
  readonly b: Side;
  readonly loads: readonly ComparedLoad[];
  readonly rounds: number;
  /** Measurements that have been made. */
  progress(done: number): void;
  /** Told of each measurement when it is over, of the filling too, and waited for. */
  measured?(side: 'a' | 'b', load: ComparedLoad): Promise<void>;
}

/** One load against one side, once. */
export interface Measurement {
  readonly perSecond: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly errors: number;
  /** Processor time of the servers for each operation. */
  readonly cpuMicros: number | undefined;
  readonly residentBytes: number | undefined;
}

export interface ComparedRow {
  readonly load: ComparedLoad;
  readonly a: readonly Measurement[];
  readonly b: readonly Measurement[];
}

/** Servers write behind: let one load's work end before the next begins. */
const SETTLE_MS = 200;

async function measure(options: DriveOptions, side: Side, load: ComparedLoad): Promise<Measurement> {
  const before = usageOf(side.pids);
  const summaries = await driveLoad(options, side, load);
  const after = usageOf(side.pids);
  return measurementOf(summaries, before, after, side.pids.length > 0);
}

/** Series of one load (reads and writes) count together. */
export function measurementOf(
  summaries: readonly NamedSummary[],
  before: ReturnType<typeof usageOf>,
  after: ReturnType<typeof usageOf>,
  local: boolean,
): Measurement {
  const count = summaries.reduce((sum, { summary }) => sum + summary.count, 0);
  const known = local && before !== undefined && after !== undefined && count > 0;
  const slowest = (percent: number) =>
    Math.max(
      ...summaries.map(
        ({ summary }) => summary.percentiles.find((each) => each.percent === percent)!.seconds,
      ),
    ) * 1000;
  return {
    perSecond: summaries.reduce((sum, { summary }) => sum + summary.requestsPerSecond, 0),
    meanMs:
      (summaries.reduce((sum, { summary }) => sum + summary.average * summary.count, 0) /
        Math.max(1, count)) *
      1000,
    p99Ms: slowest(99),
    p999Ms: slowest(99.9),
    errors: summaries.reduce(
      (sum, { summary }) => sum + summary.errors.reduce((n, each) => n + each.count, 0),
      0,
    ),
    cpuMicros: known ? ((after.cpuMs - before.cpuMs) * 1000) / count : undefined,
    residentBytes: known ? after.residentBytes : undefined,
  };
}

/** Half of what the slower side did in this round, so that both get the same rate and neither is at its limit. */
function halfPeak(rows: readonly ComparedRow[], { halfOf }: ComparedLoad): number {
  if (halfOf === undefined) return 0;
  const peak = rows.find(({ load }) => load.name === halfOf);
  const last = [peak?.a.at(-1), peak?.b.at(-1)].filter((each) => each !== undefined);
  return Math.floor(Math.min(...last.map(({ perSecond }) => perSecond)) / 2);
}

/** A row at half of another's peak needs that other one before it. */
export function measurable(loads: readonly ComparedLoad[]): ComparedLoad[] {
  return loads.filter(
    ({ halfOf }, i) => halfOf === undefined || loads.slice(0, i).some(({ name }) => name === halfOf),
  );
}

/** @throws ConnectError, StatusError */
export async function compare(options: CompareOptions): Promise<ComparedRow[]> {
  for (const side of ['a', 'b'] as const) {
    await driveLoad({ ...options, total: KEY_SPACE }, options[side], FILLING);
    await options.measured?.(side, FILLING);
  }
  const rows = measurable(options.loads).map((load) => ({
    load,
    a: [] as Measurement[],
    b: [] as Measurement[],
  }));
  let done = 0;
  for (let round = 0; round < options.rounds; round++) {
    for (const row of rows) {
      const rate = halfPeak(rows, row.load);
      for (const side of ['a', 'b'] as const) {
        if (options.stop.aborted) return rows;
        row[side].push(await measure({ ...options, rate }, options[side], row.load));
        options.progress(++done);
        await options.measured?.(side, row.load);
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      }
    }
  }
  return rows;
}
