/**
 * Automatic compaction, with etcd's schedules. Only the leader compacts; the others keep sampling, so that whoever leads
 * next goes on where it was.
 *
 * periodic, period P: with i = min(P, 1 h), the revision is sampled every i/10. When P has passed since the start, and
 * then whenever i has passed since the last success, the oldest of the last P / (i/10) + 1 samples is compacted: one
 * that is at least P old.
 *
 *   P = 10 h, i = 1 h:   samples every 6 min    first compaction at 10 h, then 11 h, 12 h, ...
 *   P = 5 min, i = 5 min: samples every 30 s    first compaction at 5 min, then 10 min, ...
 *
 * revision, retention R: every 5 min the current revision less R is compacted.
 *
 * What was compacted by somebody else counts as success; a failure is tried again at the next sample.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';

export type AutoCompaction =
  | { readonly mode: 'off' }
  | { readonly mode: 'periodic'; readonly retentionMs: number }
  /** `retention`: revisions that stay readable. */
  | { readonly mode: 'revision'; readonly retention: number };

export type AutoCompactionReport =
  | { readonly kind: 'starting'; readonly revision: number }
  | { readonly kind: 'completed'; readonly revision: number; readonly tookMs: number }
  | {
      readonly kind: 'failed';
      readonly revision: number;
      readonly retryMs: number;
      readonly error: EtcdError;
    };

export interface AutoCompactorOptions {
  readonly clock: Clock;
  readonly policy: AutoCompaction;
  currentRevision(): number;
  isLeader(): boolean;
  compact(revision: number, done: (error: EtcdError | undefined) => void): void;
  onReport(report: AutoCompactionReport, policy: AutoCompaction): void;
}

const HOUR_MS = 3_600_000;
const SAMPLES_PER_INTERVAL = 10;
const REVISION_CHECK_MS = 300_000;

/** What every schedule decides: which revision is due now; 0: none. */
interface Schedule {
  readonly everyMs: number;
  due(now: number): number;
  succeeded(now: number): void;
}

export class AutoCompactor {
  private readonly o: AutoCompactorOptions;
  private readonly timer: Timer | undefined;
  private lastRevision = 0;
  private isBusy = false;

  /** Runs from now on, until `stop`. */
  constructor(options: AutoCompactorOptions) {
    this.o = options;
    const schedule = scheduleOf(options);
    if (schedule) this.timer = options.clock.every(schedule.everyMs, () => this.check(schedule));
  }

  stop(): void {
    this.timer?.cancel();
  }

  private check(schedule: Schedule): void {
    const { clock, compact, isLeader, onReport, policy } = this.o;
    const revision = schedule.due(clock.now());
    if (revision <= 0 || revision === this.lastRevision || this.isBusy || !isLeader()) return;
    this.isBusy = true;
    const since = clock.now();
    onReport({ kind: 'starting', revision }, policy);
    compact(revision, (error) => {
      this.isBusy = false;
      if (error && error !== ERR.Compacted) {
        onReport({ kind: 'failed', revision, retryMs: schedule.everyMs, error }, policy);
        return;
      }
      this.lastRevision = revision;
      schedule.succeeded(since);
      onReport({ kind: 'completed', revision, tookMs: clock.now() - since }, policy);
    });
  }
}

function scheduleOf({ policy, clock, currentRevision }: AutoCompactorOptions): Schedule | undefined {
  switch (policy.mode) {
    case 'off':
      return undefined;
    case 'revision':
      return {
        everyMs: REVISION_CHECK_MS,
        due: () => currentRevision() - policy.retention,
        succeeded() {},
      };
    case 'periodic':
      return periodic(policy.retentionMs, clock.now(), currentRevision);
  }
}

function periodic(periodMs: number, start: number, currentRevision: () => number): Schedule {
  const intervalMs = Math.min(periodMs, HOUR_MS);
  const everyMs = intervalMs / SAMPLES_PER_INTERVAL;
  const maxSamples = Math.floor(periodMs / everyMs) + 1;
  // Timers may be early or late by a little, and no sample may be missed for that.
  const toleranceMs = everyMs / 2;
  const samples = [currentRevision()];
  let waitMs = periodMs;
  let lastSuccess = start;
  return {
    everyMs,
    due(now) {
      const oldest = samples[0];
      samples.push(currentRevision());
      if (samples.length > maxSamples) samples.shift();
      return now - lastSuccess >= waitMs - toleranceMs ? oldest : 0;
    },
    succeeded(now) {
      waitMs = intervalMs;
      lastSuccess = now;
    },
  };
}
