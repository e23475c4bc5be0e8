/** One load against one side, once, within bounds of requests and time. */
import type { Target } from '../client/dial.ts';
import { runWatch } from '../loads/watch/watch-run.ts';
import type { NamedSummary } from '../stats/summary.ts';
import { type RunOptions, run } from '../threads.ts';
import { type ComparedLoad, KEY_SIZE, VALUE_SIZE, type WatchFanOut } from './catalogue.ts';

export interface Side {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly token: string;
  /** Server processes; none if they run elsewhere. */
  readonly pids: readonly number[];
}

export interface DriveOptions {
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
  /** Requests a second; 0 is as fast as the clients get answers. */
  readonly rate?: number;
}

/** Who make the events. */
const WATCH_PUT_CLIENTS = 100;
const ALONE_SHARE = 10;

function limited({ secondsLimit, stop }: DriveOptions): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const end = () => controller.abort();
  const timer = setTimeout(end, secondsLimit * 1000);
  stop.addEventListener('abort', end);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
    },
  };
}

/** @throws ConnectError, StatusError */
export async function driveLoad(
  options: DriveOptions,
  side: Side,
  { what, alone }: ComparedLoad,
): Promise<NamedSummary[]> {
  const limit = limited(options);
  try {
    if (what.kind === 'watch') return await driveWatch(options, side, what, limit.signal);
    const { targets, token } = side;
    const volume = alone
      ? { connections: 1, clients: 1, total: Math.max(1, Math.floor(options.total / ALONE_SHARE)) }
      : { connections: options.connections, clients: options.clients, total: options.total };
    return await run(
      {
        targets,
        token,
        dialTimeoutMs: options.dialTimeoutMs,
        ...volume,
        load: what,
        rate: options.rate ?? 0,
        sample: false,
        share: { offset: 0, stride: 1 },
      },
      {
        threads: alone ? 1 : options.threads,
        startWorker: options.startWorker,
        stop: limit.signal,
        progress: () => {},
      },
    );
  } finally {
    limit.clear();
  }
}

async function driveWatch(
  options: DriveOptions,
  { targets, token }: Side,
  { streams, watchersPerStream, keys, putsPerThousand }: WatchFanOut,
  stop: AbortSignal,
): Promise<NamedSummary[]> {
  const all = await runWatch(
    {
      targets,
      token,
      dialTimeoutMs: options.dialTimeoutMs,
      connections: Math.min(streams, options.connections),
      clients: WATCH_PUT_CLIENTS,
      streams,
      watchersPerStream,
      watchedKeys: keys,
      keySize: KEY_SIZE,
      keySpaceSize: keys,
      sequentialKeys: true,
      valSize: VALUE_SIZE,
      prevKv: false,
      putTotal: Math.max(1, Math.round((options.total * putsPerThousand) / 1000)),
      putRate: 0,
      sample: false,
    },
    { phase: () => {}, progress: () => {}, stop },
  );
  return all.filter(({ name }) => name === 'watch events received');
}
