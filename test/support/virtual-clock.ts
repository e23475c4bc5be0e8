/** Time that moves only when told: for everything that is handed a Clock. Pending work runs in order of its due time. */
import type { Clock, Timer } from '../../src/core/ports/clock.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private due: Due[] = [];

  now(): number {
    return this.time;
  }

  wall(): number {
    return 1_700_000_000_000 + this.time;
  }

  after(milliseconds: number, run: () => void): Timer {
    const entry: Due = { at: this.time + milliseconds, order: this.order++, run, cancelled: false };
    let i = this.due.length;
    while (i > 0 && this.due[i - 1].at > entry.at) i--;
    this.due.splice(i, 0, entry);
    return { cancel: () => (entry.cancelled = true) };
  }

  every(milliseconds: number, run: () => void): Timer {
    let timer: Timer;
    let stopped = false;
    const again = (): void => {
      timer = this.after(milliseconds, () => {
        if (stopped) return;
        run();
        if (!stopped) again();
      });
    };
    again();
    return {
      cancel() {
        stopped = true;
        timer.cancel();
      },
    };
  }

  endOfTurn(run: () => void): void {
    this.after(0, run);
  }

  /** Forgets all pending work, as the end of a process does. */
  drop(): void {
    this.due = [];
  }

  /** Runs the next piece of work; false if there is none. Promises settle between pieces. */
  async step(): Promise<boolean> {
    let next = this.due.shift();
    while (next?.cancelled) next = this.due.shift();
    if (!next) return false;
    this.time = Math.max(this.time, next.at);
    next.run();
    await settle();
    return true;
  }

  async runUntil(condition: () => boolean, limitMs = 60_000): Promise<void> {
    const end = this.time + limitMs;
    await settle();
    while (!condition()) {
      if (this.time > end) throw new Error(`nothing came of it in ${limitMs} ms of virtual time`);
      if (!(await this.step())) throw new Error('everything has come to rest, and nothing came of it');
    }
  }

  /** Lets `promise` come true by moving time on. */
  async complete<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    await this.runUntil(() => settled);
    return watched;
  }
}

/** Everything that promises have to do now. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A small seeded generator (mulberry32): the same seed, the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
