/**
 * The watch loads, in three steps: make the watchers, put what they watch, count the events. An event's latency is
 * from its put (from when it was due, if there is a rate) to its arrival; all on one thread, so on one clock.
 */
import type { WatchCreateRequest } from '../../../core/wire/gen/rpc.ts';
import type { LoadConnection } from '../../client/connection.ts';
import { dialAll, type Target } from '../../client/dial.ts';
import { Pace } from '../../pace.ts';
import { Runner } from '../../runner.ts';
import { Recorder } from '../../stats/recorder.ts';
import { type NamedSummary, summarize } from '../../stats/summary.ts';
import { Keys } from '../keys.ts';
import { NUMBER_BYTES, NumberedPuts, numberAt } from './numbered-puts.ts';
import { type StreamSink, WatchStream } from './watch-stream.ts';

/** Events that have not come this long after the last one will not come, in milliseconds. */
const STALL_MS = 10_000;
const PROGRESS_MS = 100;

export interface WatchSpec {
  readonly targets: readonly Target[];
  readonly token: string;
  readonly dialTimeoutMs: number;
  readonly connections: number;
  readonly clients: number;
  readonly streams: number;
  readonly watchersPerStream: number;
  /** Keys that are watched; the watchers take them in turn. */
  readonly watchedKeys: number;
  readonly keySize: number;
  readonly keySpaceSize: number;
  readonly sequentialKeys: boolean;
  readonly valSize: number;
  readonly prevKv: boolean;
  readonly putTotal: number;
  readonly putRate: number;
  readonly sample: boolean;
}

export interface WatchHooks {
  /** Called for each step. */
  phase(name: string, total: number): void;
  progress(done: number): void;
  readonly stop: AbortSignal;
}

class EventCounter implements StreamSink {
  readonly creation: Recorder;
  readonly events: Recorder;
  received = 0;
  lastEvent = performance.now();
  puts: NumberedPuts | undefined;

  constructor(options: { readonly sample: boolean; readonly openLoop: boolean }) {
    this.creation = new Recorder({ sample: options.sample, openLoop: false });
    this.events = new Recorder({ sample: options.sample, openLoop: false });
  }

  created(ms: number): void {
    const now = performance.now();
    this.creation.succeeded(now - ms, now - ms, now);
  }

  event(buffer: Buffer, start: number, end: number, now: number): void {
    // A watched key may be put by somebody else too: not ours, not counted.
    if (end - start < NUMBER_BYTES || this.puts === undefined) return;
    const sentAt = this.puts.sentAt[numberAt(buffer, start)];
    if (sentAt === undefined || sentAt === 0) return;
    this.received++;
    this.lastEvent = now;
    this.events.succeeded(sentAt, sentAt, now);
  }

  lost(reason: string): void {
    this.events.failed(reason);
  }
}

/** Keys by number, and for each of them how many watch it. */
function plan(spec: WatchSpec): { keys: Buffer[]; watchersOf: number[] } {
  const generator = new Keys(spec, { offset: 0, stride: 1 });
  const keys = Array.from({ length: spec.watchedKeys }, (_, i) => generator.next(i));
  const watchers = spec.streams * spec.watchersPerStream;
  const perKey = new Map<string, number>();
  for (let i = 0; i < watchers; i++) {
    const text = keys[i % keys.length].toString('latin1');
    perKey.set(text, (perKey.get(text) ?? 0) + 1);
  }
  return { keys, watchersOf: keys.map((key) => perKey.get(key.toString('latin1')) ?? 0) };
}

/** How many events `puts` puts make, if they take the keys in turn. */
export function expectedEvents(puts: number, watchersOf: readonly number[]): number {
  const rounds = Math.floor(puts / watchersOf.length);
  const rest = puts % watchersOf.length;
  return watchersOf.reduce((sum, watchers, i) => sum + watchers * (rounds + (i < rest ? 1 : 0)), 0);
}

async function createAll(
  spec: WatchSpec,
  connections: readonly LoadConnection[],
  keys: readonly Buffer[],
  counter: EventCounter,
): Promise<WatchStream[]> {
  const streams = Array.from(
    { length: spec.streams },
    (_, i) => new WatchStream(connections[i % connections.length], counter),
  );
  const watchersOf = (stream: number): Partial<WatchCreateRequest>[] =>
    Array.from({ length: spec.watchersPerStream }, (_, i) => ({
      key: keys[(stream * spec.watchersPerStream + i) % keys.length],
      prevKv: spec.prevKv,
    }));
  await Promise.all(streams.map((stream, i) => stream.create(watchersOf(i))));
  return streams;
}

/** Waits until `expected` events are there, or none comes any more. */
async function untilReceived(
  counter: EventCounter,
  expected: () => number,
  stop: AbortSignal,
): Promise<void> {
  while (counter.received < expected() && !stop.aborted) {
    if (performance.now() - counter.lastEvent > STALL_MS) {
      counter.lost(`${expected() - counter.received} events did not come`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function ticking(report: () => void): () => void {
  const timer = setInterval(report, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** Reports: watchers made, puts, events. @throws ConnectError */
export async function runWatch(spec: WatchSpec, hooks: WatchHooks): Promise<NamedSummary[]> {
  const connections = await dialAll(spec.targets, spec.connections, {
    token: spec.token,
    timeoutMs: spec.dialTimeoutMs,
  });
  try {
    const counter = new EventCounter({ sample: spec.sample, openLoop: spec.putRate > 0 });
    const { keys, watchersOf } = plan(spec);
    hooks.phase('watchers', spec.streams * spec.watchersPerStream);
    const quiet = ticking(() => hooks.progress(counter.creation.latency.count));
    const since = performance.now();
    const streams = await createAll(spec, connections, keys, counter);
    const creationMs = performance.now() - since;
    quiet();
    const { putMs, puts, eventMs } = await putAndCount({
      spec,
      connections,
      keys,
      watchersOf,
      counter,
      hooks,
    });
    for (const stream of streams) stream.close();
    return [
      { name: 'watch creation', summary: summarize(counter.creation, creationMs) },
      { name: 'put', summary: summarize(puts, putMs) },
      { name: 'watch events received', summary: summarize(counter.events, eventMs) },
    ];
  } finally {
    for (const connection of connections) connection.close();
  }
}

interface Stage {
  readonly spec: WatchSpec;
  readonly connections: readonly LoadConnection[];
  readonly keys: readonly Buffer[];
  readonly watchersOf: readonly number[];
  readonly counter: EventCounter;
  readonly hooks: WatchHooks;
}

async function putAndCount({ spec, connections, keys, watchersOf, counter, hooks }: Stage) {
  const load = new NumberedPuts(keys, { total: spec.putTotal, valSize: spec.valSize });
  counter.puts = load;
  hooks.phase('events', expectedEvents(spec.putTotal, watchersOf));
  const pace = new Pace({ rate: spec.putRate, total: spec.putTotal });
  const runner = new Runner({ load, connections, clients: spec.clients, pace, sample: spec.sample });
  const quiet = ticking(() => hooks.progress(counter.received));
  const stop = () => runner.stop();
  hooks.stop.addEventListener('abort', stop);
  const since = performance.now();
  const run = await runner.run();
  counter.lastEvent = performance.now();
  await untilReceived(counter, () => expectedEvents(run.recorders[0].latency.count, watchersOf), hooks.stop);
  hooks.stop.removeEventListener('abort', stop);
  quiet();
  const eventMs = (counter.received > 0 ? counter.lastEvent : performance.now()) - since;
  return { puts: run.recorders[0], putMs: run.endedAt - run.startedAt, eventMs };
}
