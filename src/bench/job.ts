/** One thread's part of a run: plain data in, plain data out, so that it can be done here or in another thread. */
import { dialAll, type Target } from './client/dial.ts';
import { LeaseKeepAliveLoad } from './loads/lease.ts';
import type { Load, LoadSpec, Share } from './loads/load.ts';
import { PutLoad } from './loads/put.ts';
import { RangeLoad } from './loads/range.ts';
import { StmLoad } from './loads/stm.ts';
import { TxnMixedLoad, TxnPutLoad, TxnRangeLoad } from './loads/txn.ts';
import { Pace } from './pace.ts';
import { Runner } from './runner.ts';
import type { RecorderState } from './stats/recorder.ts';

export interface Job {
  readonly targets: readonly Target[];
  readonly token: string;
  readonly dialTimeoutMs: number;
  readonly connections: number;
  readonly clients: number;
  readonly load: LoadSpec;
  readonly total: number;
  /** Requests a second of the whole run; 0 is as fast as the clients get answers. */
  readonly rate: number;
  readonly sample: boolean;
  readonly share: Share;
}

/** Times are milliseconds since the epoch. */
export interface JobResult {
  readonly series: readonly { readonly name: string; readonly recorded: RecorderState }[];
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface JobHooks {
  /** Connections are made and leases granted: waits for the word to begin. */
  ready(): Promise<void>;
  progress(done: number): void;
  readonly stop: AbortSignal;
}

const PROGRESS_MS = 100;

export function loadOf(spec: LoadSpec, share: Share): Load {
  switch (spec.kind) {
    case 'put':
      return new PutLoad(spec, share);
    case 'range':
      return new RangeLoad(spec);
    case 'txn-put':
      return new TxnPutLoad(spec, share);
    case 'txn-range':
      return new TxnRangeLoad(spec);
    case 'txn-mixed':
      return new TxnMixedLoad(spec, share);
    case 'stm':
      return new StmLoad(spec);
    case 'lease-keepalive':
      return new LeaseKeepAliveLoad(spec);
  }
}

/** @throws ConnectError, StatusError */
export async function runJob(job: Job, hooks: JobHooks): Promise<JobResult> {
  const load = loadOf(job.load, job.share);
  const connections = await dialAll(job.targets, job.connections, {
    token: job.token,
    timeoutMs: job.dialTimeoutMs,
  });
  try {
    await load.prepare?.(connections);
    const pace = new Pace({ rate: job.rate, total: job.total, ...job.share });
    const runner = new Runner({ load, connections, clients: job.clients, pace, sample: job.sample });
    await hooks.ready();
    const timer = setInterval(() => hooks.progress(runner.done), PROGRESS_MS);
    const stop = () => runner.stop();
    hooks.stop.addEventListener('abort', stop);
    const run = await runner.run();
    hooks.stop.removeEventListener('abort', stop);
    clearInterval(timer);
    hooks.progress(runner.done);
    if (connections.every((connection) => connection.failure === undefined))
      await load.cleanUp?.(connections);
    return {
      series: load.series.map((name, i) => ({ name, recorded: run.recorders[i].state() })),
      startedAt: run.startedAt,
      endedAt: run.endedAt,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}
