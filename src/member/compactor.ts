/**
 * Removes what compactions left behind, a slice a turn, so that requests go on meanwhile. The scheduled revision is
 * durable before the first slice runs: a crash in between resumes the work at the next start.
 *
 * The pace is that of the requests: a pause that ends late ended behind requests that had waited just as long, so the
 * next one is longer by a multiple of that.
 */
import type { SlicedWork } from '../core/mvcc/store.ts';
import type { Clock } from '../core/ports/clock.ts';

export interface CompactorOptions {
  readonly clock: Clock;
  /** Least pause between slices, in milliseconds (--compaction-sleep-interval). */
  readonly pauseMs: number;
  /** Makes what was written so far durable. */
  flush(): Promise<void>;
  onFinished(revision: number, milliseconds: number): void;
}

/** For each millisecond that a pause was late. */
const YIELD = 4;
/** Longest pause: a compaction comes to its end on the busiest member too. */
const MAX_PAUSE_MS = 250;

interface Job {
  readonly revision: number;
  readonly work: SlicedWork<void>;
  readonly since: number;
}

export class Compactor {
  private readonly o: CompactorOptions;
  private jobs: Job[] = [];
  private readonly waiting: { readonly revision: number; readonly done: () => void }[] = [];
  private finished = -1;
  private running = false;
  private stopped = false;
  /** How late the last pause ended, in milliseconds. */
  private lateMs = 0;

  constructor(options: CompactorOptions) {
    this.o = options;
  }

  /** Called in the middle of an entry: the flush that comes first waits for its end, or it would lack the entry's index. */
  start(revision: number, work: SlicedWork<void>): void {
    const { clock } = this.o;
    this.jobs.push({ revision, work, since: clock.now() });
    if (this.running) return;
    this.running = true;
    clock.nextTurn(() => void this.run());
  }

  /** Calls back when everything scheduled up to `revision` is removed and that is durable. */
  whenFinished(revision: number, done: () => void): void {
    if (this.finished >= revision || !this.running) done();
    else this.waiting.push({ revision, done });
  }

  /** What the database holds is replaced: nothing is left to remove for what was scheduled in the old one. */
  abandon(): void {
    this.jobs = [];
    for (const { done } of this.waiting.splice(0)) done();
  }

  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    if (this.stopped) return;
    await this.o.flush();
    while (this.jobs.length > 0 && !this.stopped) {
      const job = this.jobs[0];
      const isWanted = (): boolean => !this.stopped && this.jobs[0] === job;
      while (isWanted() && !job.work.step()) await this.pause();
      if (isWanted()) await this.o.flush();
      if (this.stopped) return;
      if (!isWanted()) continue;
      this.jobs.shift();
      this.finished = job.revision;
      this.o.onFinished(job.revision, this.o.clock.now() - job.since);
      for (let i = this.waiting.length - 1; i >= 0; i--) {
        if (this.waiting[i].revision <= this.finished) this.waiting.splice(i, 1)[0].done();
      }
    }
    this.running = false;
  }

  private async pause(): Promise<void> {
    const { clock, pauseMs } = this.o;
    const wantedMs = Math.max(pauseMs, Math.min(MAX_PAUSE_MS, pauseMs + YIELD * this.lateMs));
    const since = clock.now();
    await new Promise<void>((resolve) => clock.after(wantedMs, resolve));
    this.lateMs = Math.max(0, clock.now() - since - wantedMs);
  }
}
