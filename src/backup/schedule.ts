/**
 * When backups are taken: at once, then whenever `everyMs` has passed since the start, to the moment. A backup that takes
 * longer than that skips the times it has missed; one that fails is for the next time to make good.
 */

/** The first time behind `now` that is a whole number of intervals from `start`. */
export function nextSlot(start: number, everyMs: number, now: number): number {
  return start + (Math.floor(Math.max(0, now - start) / everyMs) + 1) * everyMs;
}

export interface ScheduleOptions {
  readonly everyMs: number;
  readonly signal: AbortSignal;
  now(): number;
  /** Resolves after so many milliseconds, or when the signal is raised. */
  sleep(milliseconds: number): Promise<void>;
  /** Says whether it went well; what it throws ends everything. */
  run(): Promise<boolean>;
  onWaiting(until: number): void;
}

/** Until the signal is raised; says whether the last backup went well. */
export async function runOnSchedule(o: ScheduleOptions): Promise<boolean> {
  const start = o.now();
  for (;;) {
    const wentWell = await o.run();
    if (o.signal.aborted) return wentWell;
    const next = nextSlot(start, o.everyMs, o.now());
    o.onWaiting(next);
    await o.sleep(next - o.now());
    if (o.signal.aborted) return wentWell;
  }
}
