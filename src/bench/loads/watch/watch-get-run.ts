/**
 * Gets while watchers catch up: `events` puts first, then `watchers` watchers that start before them, and serializable
 * gets until every watcher has seen every put. Shows whether history that is read for watchers holds up readers.
 */
import { KVService, RangeRequest } from '../../../core/wire/gen/rpc.ts';
import type { LoadConnection } from '../../client/connection.ts';
import { dialAll, type Target } from '../../client/dial.ts';
import { call } from '../../client/unary.ts';
import { Pace } from '../../pace.ts';
import { Runner } from '../../runner.ts';
import { Recorder } from '../../stats/recorder.ts';
import { type NamedSummary, summarize } from '../../stats/summary.ts';
import type { Load } from '../load.ts';
import type { LoadClient } from '../load-client.ts';
import type { WatchHooks } from './watch-run.ts';
import { type StreamSink, WatchStream } from './watch-stream.ts';

const KEY = Buffer.from('watch-get');
/** Gets go on until the watchers are done, not until some number is reached. */
const NO_TOTAL = Number.MAX_SAFE_INTEGER;
const STALL_MS = 10_000;

export interface WatchGetSpec {
  readonly targets: readonly Target[];
  readonly token: string;
  readonly dialTimeoutMs: number;
  readonly connections: number;
  readonly clients: number;
  readonly watchers: number;
  readonly streams: number;
  readonly events: number;
  readonly sample: boolean;
}

class Getting implements Load {
  readonly series = ['get during watch'];
  private readonly request = RangeRequest.encode(
    RangeRequest.create({ key: KEY, serializable: true }),
  ) as Buffer;

  begin(client: LoadClient): void {
    client.request(KVService.range.path, this.request, this.request.length);
  }
}

/** @returns the revision of the first put */
async function putEvents(connection: LoadConnection, count: number): Promise<number> {
  let first = 0;
  for (let i = 0; i < count; i++) {
    const { header } = await call(connection, KVService.put, { key: KEY, value: Buffer.from(String(i)) });
    if (i === 0) first = header!.revision;
  }
  return first;
}

class CatchUp implements StreamSink {
  readonly events: Recorder;
  received = 0;
  since = performance.now();
  lastEvent = performance.now();

  constructor(sample: boolean) {
    this.events = new Recorder({ sample, openLoop: false });
  }

  created(): void {
    // What counts is when the events come.
  }

  event(): void {
    this.received++;
    this.lastEvent = performance.now();
    this.events.succeeded(this.since, this.since, this.lastEvent);
  }

  lost(reason: string): void {
    this.events.failed(reason);
  }
}

async function untilCaughtUp(counter: CatchUp, expected: number, stop: AbortSignal): Promise<void> {
  while (counter.received < expected && !stop.aborted) {
    if (performance.now() - counter.lastEvent > STALL_MS) {
      counter.lost(`${expected - counter.received} events did not come`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Reports: gets, and events from the start of the watching on. @throws ConnectError, StatusError */
export async function runWatchGet(spec: WatchGetSpec, hooks: WatchHooks): Promise<NamedSummary[]> {
  const options = { token: spec.token, timeoutMs: spec.dialTimeoutMs };
  const connections = await dialAll(spec.targets, spec.connections, options);
  try {
    const startRevision = await putEvents(connections[0], spec.events);
    const expected = spec.watchers * spec.events;
    hooks.phase('events', expected);
    const counter = new CatchUp(spec.sample);
    const streams = Array.from(
      { length: spec.streams },
      (_, i) => new WatchStream(connections[i % connections.length], counter),
    );
    const pace = new Pace({ rate: 0, total: NO_TOTAL });
    const runner = new Runner({
      load: new Getting(),
      connections,
      clients: spec.clients,
      pace,
      sample: spec.sample,
    });
    const timer = setInterval(() => hooks.progress(counter.received), 100);
    const getting = runner.run();
    const perStream = (i: number) =>
      Math.floor(spec.watchers / spec.streams) + (i < spec.watchers % spec.streams ? 1 : 0);
    for (const [i, stream] of streams.entries()) {
      void stream.create(Array.from({ length: perStream(i) }, () => ({ key: KEY, startRevision })));
    }
    await untilCaughtUp(counter, expected, hooks.stop);
    runner.stop();
    const run = await getting;
    clearInterval(timer);
    for (const stream of streams) stream.close();
    return [
      { name: 'get during watch', summary: summarize(run.recorders[0], run.endedAt - run.startedAt) },
      {
        name: 'watch events received',
        summary: summarize(counter.events, counter.lastEvent - counter.since),
      },
    ];
  } finally {
    for (const connection of connections) connection.close();
  }
}
