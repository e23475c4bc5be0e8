/** What ten thousand watch streams cost that nothing happens on: resident memory, and the processor at rest. */
import { dialAll } from '../../src/bench/client/dial.ts';
import { usageOf } from '../../src/bench/compare/proc.ts';
import { WatchStream } from '../../src/bench/loads/watch/watch-stream.ts';
import { targetsOf } from '../../src/bench/main.ts';
import type { Cluster } from './servers.ts';

const STREAMS = 10_000;
const CONNECTIONS = 100;
const SETTLE_MS = 2000;
const REST_MS = 5000;

export interface IdleStreams {
  readonly streams: number;
  /** More than before they were opened, MiB. */
  readonly addedMiB: number;
  readonly residentMiB: number;
  /** Of one core, while nothing happens, percent. */
  readonly cpuPercent: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function idleStreams({ endpoints, pids }: Cluster): Promise<IdleStreams> {
  const before = usageOf(pids)!;
  const connections = await dialAll(targetsOf({ endpoints }), CONNECTIONS, { token: '', timeoutMs: 5000 });
  try {
    let lost = '';
    const sink = {
      created: () => {},
      event: () => {},
      lost: (reason: string) => {
        lost = reason;
      },
    };
    const streams = Array.from(
      { length: STREAMS },
      (_, i) => new WatchStream(connections[i % CONNECTIONS], sink),
    );
    await Promise.all(streams.map((stream, i) => stream.create([{ key: Buffer.from(`idle/${i}`) }])));
    if (lost !== '') throw new Error(lost);
    await pause(SETTLE_MS);
    const first = usageOf(pids)!;
    await pause(REST_MS);
    const last = usageOf(pids)!;
    return {
      streams: STREAMS,
      addedMiB: (last.residentBytes - before.residentBytes) / 2 ** 20,
      residentMiB: last.residentBytes / 2 ** 20,
      cpuPercent: ((last.cpuMs - first.cpuMs) / REST_MS) * 100,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}
