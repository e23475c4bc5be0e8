/**
 * The same loads against two clusters in turn, A B A B, so that whatever else the machine does meets both. Each load
 * is bounded in requests and in time. Server processes that run here are asked for their processor time before and
 * after, and for their memory.
 */
import type { Target } from '../client/dial.ts';
import type { LoadSpec } from '../loads/load.ts';
import { runWatch } from '../loads/watch/watch-run.ts';
import type { NamedSummary } from '../stats/summary.ts';
import { type RunOptions, run } from '../threads.ts';
import { type ComparedLoad, FILLING, KEY_SIZE, KEY_SPACE, VALUE_SIZE } from './catalogue.ts';
import { usageOf } from './proc.ts';

export interface Side {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly token: string;
  /** Server processes; none if they run elsewhere. */
  readonly pids: readonly number[];
}

export interface CompareOptions {
  readonly a: Side;
  readonly b: Side;
  readonly loads: readonly ComparedLoad[];
  readonly rounds: number;
  readonly connections: number;
  readonly clients: number;
  /** Requests of a load; a load with one client has a tenth. */
  readonly total: number;
  /** A load ends after this long, however far it has come. */
  readonly secondsLimit: number;
  readonly dialTimeoutMs: number;
  readonly threads: number;
  readonly startWorker: RunOptions['startWorker'];
  readonly stop: AbortSignal;
  /** Measurements that have been made. */
  progress(done: number): void;
}

/** One load against one side, once. */
export interface Measurement {
  readonly perSecond: number;
  readonly meanMs: number;
  readonly p99Ms: number;
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

/** Fan-out: 1000 watchers of one key. */
const WATCH_STREAMS = 10;
const WATCHERS_PER_STREAM = 100;
/** A put makes a thousand events: this many puts for a thousand requests of other loads. */
const PUTS_PER_THOUSAND = 5;
const WATCH_PUT_CLIENTS = 8;
const ALONE_SHARE = 10;
/** Servers write behind: let one load's work end before the next begins. */
const SETTLE_MS = 200;

function limited(options: CompareOptions): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = setTimeout(stop, options.secondsLimit * 1000);
  options.stop.addEventListener('abort', stop);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      options.stop.removeEventListener('abort', stop);
    },
  };
}

interface Volume {
  readonly connections: number;
  readonly clients: number;
  readonly total: number;
}

async function drive(
  options: CompareOptions,
  side: Side,
  load: LoadSpec,
  volume: Volume,
): Promise<NamedSummary[]> {
  const { targets, token } = side;
  const limit = limited(options);
  const job = {
    targets,
    token,
    dialTimeoutMs: options.dialTimeoutMs,
    ...volume,
    load,
    rate: 0,
    sample: false,
  };
  try {
    return await run(
      { ...job, share: { offset: 0, stride: 1 } },
      {
        threads: volume.clients === 1 ? 1 : options.threads,
        startWorker: options.startWorker,
        stop: limit.signal,
        progress: () => {},
      },
    );
  } finally {
    limit.clear();
  }
}

async function driveWatch(options: CompareOptions, side: Side): Promise<NamedSummary[]> {
  const limit = limited(options);
  try {
    const all = await runWatch(
      {
        targets: side.targets,
        token: side.token,
        dialTimeoutMs: options.dialTimeoutMs,
        connections: Math.min(WATCH_STREAMS, options.connections),
        clients: WATCH_PUT_CLIENTS,
        streams: WATCH_STREAMS,
        watchersPerStream: WATCHERS_PER_STREAM,
        watchedKeys: 1,
        keySize: KEY_SIZE,
        keySpaceSize: 1,
        sequentialKeys: true,
        valSize: VALUE_SIZE,
        prevKv: false,
        putTotal: Math.max(1, Math.round((options.total * PUTS_PER_THOUSAND) / 1000)),
        putRate: 0,
        sample: false,
      },
      { phase: () => {}, progress: () => {}, stop: limit.signal },
    );
    return all.filter(({ name }) => name === 'watch events received');
  } finally {
    limit.clear();
  }
}

async function measure(options: CompareOptions, side: Side, load: ComparedLoad): Promise<Measurement> {
  const { connections, clients, total } = options;
  const volume = load.alone
    ? { connections: 1, clients: 1, total: Math.max(1, Math.floor(total / ALONE_SHARE)) }
    : { connections, clients, total };
  const before = usageOf(side.pids);
  const summaries =
    load.what === 'watch' ? await driveWatch(options, side) : await drive(options, side, load.what, volume);
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
  const p99 = ({ summary }: NamedSummary) =>
    summary.percentiles.find(({ percent }) => percent === 99)!.seconds;
  return {
    perSecond: summaries.reduce((sum, { summary }) => sum + summary.requestsPerSecond, 0),
    meanMs:
      (summaries.reduce((sum, { summary }) => sum + summary.average * summary.count, 0) /
        Math.max(1, count)) *
      1000,
    p99Ms: Math.max(...summaries.map(p99)) * 1000,
    errors: summaries.reduce(
      (sum, { summary }) => sum + summary.errors.reduce((n, each) => n + each.count, 0),
      0,
    ),
    cpuMicros: known ? ((after.cpuMs - before.cpuMs) * 1000) / count : undefined,
    residentBytes: known ? after.residentBytes : undefined,
  };
}

/** @throws ConnectError, StatusError */
export async function compare(options: CompareOptions): Promise<ComparedRow[]> {
  const { a, b, connections, clients } = options;
  for (const side of [a, b]) await drive(options, side, FILLING, { connections, clients, total: KEY_SPACE });
  const rows = options.loads.map((load) => ({ load, a: [] as Measurement[], b: [] as Measurement[] }));
  let done = 0;
  for (let round = 0; round < options.rounds; round++) {
    for (const row of rows) {
      for (const side of ['a', 'b'] as const) {
        if (options.stop.aborted) return rows;
        row[side].push(await measure(options, options[side], row.load));
        options.progress(++done);
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      }
    }
  }
  return rows;
}
