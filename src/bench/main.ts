/**
 * The benchmark: drives kvctl and etcd alike over the wire and says how fast they were. Called by the benchmark
 * commands and by scripts/bench-etcd.ts; an entry point of its own, because its workers start here.
 *
 * Laws
 * 1. It must not be the bottleneck: one request costs it a few microseconds (client/), counted in buckets (stats/).
 * 2. It does not flatter: with a rate, latency counts from when a request was due, not from when it could be sent.
 * 3. It prints nothing: it returns numbers, and report/ turns them into text, JSON or markdown.
 *
 * loads/ -> runner.ts (one thread) -> job.ts -> threads.ts (all threads) -> stats/summary.ts -> report/
 */
import { Worker } from 'node:worker_threads';
import { serveAsWorker, type WorkerData } from './threads.ts';

serveAsWorker();

export function startWorker(workerData: WorkerData): Worker {
  return new Worker(new URL(import.meta.url), { workerData });
}

export type { Target } from './client/dial.ts';
export * from './cluster.ts';
export { COMPARED_LOADS, type ComparedLoad } from './compare/catalogue.ts';
export { type CompareOptions, compare } from './compare/compare.ts';
export { type DriveOptions, driveLoad, type Side } from './compare/drive.ts';
export { listenerOf } from './compare/proc.ts';
export { comparisonMarkdown, comparisonText, summarizeComparison } from './compare/table.ts';
export { largestKeySpace } from './loads/keys.ts';
export type * from './loads/load.ts';
export { runWatchGet, type WatchGetSpec } from './loads/watch/watch-get-run.ts';
export { runWatch, type WatchSpec } from './loads/watch/watch-run.ts';
export { isReportFormat, REPORT_FORMATS, type ReportFormat, report } from './report/report.ts';
export type { NamedSummary, Summary } from './stats/summary.ts';
export { run } from './threads.ts';
