/**
 * A run on one thread or several. All threads connect first and begin together; an interruption ends them together,
 * and what they have measured is reported.
 *
 * A worker is this program's bench room again (main.ts), started with a job as its data.
 */
import { isMainThread, parentPort, type Worker, workerData } from 'node:worker_threads';
import { ConnectError } from '../client/index.ts';
import { type Job, type JobResult, runJob } from './job.ts';
import { Recorder } from './stats/recorder.ts';
import { type NamedSummary, summarize } from './stats/summary.ts';

export interface RunOptions {
  readonly threads: number;
  /** Starts main.ts in a thread of its own, with this as its data. */
  readonly startWorker: (workerData: WorkerData) => Worker;
  readonly stop: AbortSignal;
  /** Operations that have ended so far, in all threads. */
  progress(done: number): void;
}

type Up =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly message: string };
type Down = { readonly kind: 'go' | 'stop' };

export interface WorkerData {
  readonly kvctlBenchJob: Job;
}

/** `whole` cut into `parts` that differ by one at most. */
export function portion(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + (index < whole % parts ? 1 : 0);
}

/** The job of each thread. No thread is without a client, a connection or a request. */
export function split(job: Job, threads: number): Job[] {
  const stride = Math.max(1, Math.min(threads, job.clients, job.total));
  return Array.from({ length: stride }, (_, offset) => ({
    ...job,
    connections: Math.max(1, portion(job.connections, stride, offset)),
    clients: portion(job.clients, stride, offset),
    total: portion(job.total, stride, offset),
    share: { offset, stride },
  }));
}

function merge(job: Job, results: readonly JobResult[]): NamedSummary[] {
  const startedAt = Math.min(...results.map((result) => result.startedAt));
  const endedAt = Math.max(...results.map((result) => result.endedAt));
  return results[0].series.map(({ name }, i) => {
    const recorder = new Recorder({ sample: job.sample, openLoop: job.rate > 0 });
    for (const { series } of results) recorder.add(series[i].recorded);
    return { name, summary: summarize(recorder, endedAt - startedAt) };
  });
}

/** @throws ConnectError, StatusError */
export async function run(job: Job, options: RunOptions): Promise<NamedSummary[]> {
  const jobs = split(job, options.threads);
  const done = jobs.map(() => 0);
  const progress = (index: number, count: number) => {
    done[index] = count;
    options.progress(done.reduce((sum, each) => sum + each, 0));
  };
  if (jobs.length === 1) {
    const hooks = {
      ready: async () => {},
      progress: (count: number) => progress(0, count),
      stop: options.stop,
    };
    return merge(job, [await runJob(jobs[0], hooks)]);
  }
  return merge(job, await runWorkers(jobs, options, progress));
}

async function runWorkers(
  jobs: readonly Job[],
  { startWorker, stop }: RunOptions,
  progress: (index: number, done: number) => void,
): Promise<JobResult[]> {
  const workers = jobs.map((job) => startWorker({ kvctlBenchJob: job }));
  const tell = (message: Down) => {
    for (const worker of workers) worker.postMessage(message);
  };
  const onStop = () => tell({ kind: 'stop' });
  stop.addEventListener('abort', onStop);
  let waiting = workers.length;
  const oneReady = () => {
    if (--waiting === 0) tell({ kind: 'go' });
  };
  try {
    return await Promise.all(
      workers.map((worker, i) => resultOf(worker, oneReady, (done) => progress(i, done))),
    );
  } finally {
    stop.removeEventListener('abort', onStop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function resultOf(worker: Worker, ready: () => void, progress: (done: number) => void): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: Up) => {
      if (message.kind === 'ready') ready();
      else if (message.kind === 'progress') progress(message.done);
      else if (message.kind === 'done') resolve(message.result);
      else reject(new ConnectError(message.message));
    });
  });
}

/** In a worker: does the job it was started with. Elsewhere: nothing. */
export function serveAsWorker(): void {
  const data = workerData as Partial<WorkerData> | null;
  if (isMainThread || parentPort === null || data?.kvctlBenchJob === undefined) return;
  const port = parentPort;
  const say = (message: Up) => port.postMessage(message);
  const stop = new AbortController();
  const go = new Promise<void>((resolve) => {
    port.on('message', (message: Down) => (message.kind === 'go' ? resolve() : stop.abort()));
  });
  const hooks = {
    ready: () => {
      say({ kind: 'ready' });
      return go;
    },
    progress: (done: number) => say({ kind: 'progress', done }),
    stop: stop.signal,
  };
  runJob(data.kvctlBenchJob, hooks).then(
    (result) => say({ kind: 'done', result }),
    (error: Error) => say({ kind: 'failed', message: error.message }),
  );
}
