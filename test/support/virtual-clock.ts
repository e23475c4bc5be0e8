/** Time that moves only when told: for everything that is handed a Clock. Pending work runs in order of its due time. */
import type { Clock, Timer } from '../../src/core/ports/clock.ts';

class Due implements Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled = false;

  constructor(at: number, order: number, run: () => void) {
    this.at = at;
    this.order = order;
    this.run = run;
  }

  cancel(): void {
    this.cancelled = true;
  }

  isBefore(other: Due): boolean {
    return this.at < other.at || (this.at === other.at && this.order < other.order);
  }
}

export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  /** A binary heap: what is due later. */
  private heap: Due[] = [];
  /** Due in this very moment, first come, first served: most of all work. */
  private turn: Due[] = [];
  private turnHead = 0;

  now(): number {
    return this.time;
  }

  wall(): number {
    return 1_700_000_000_000 + this.time;
  }

  after(milliseconds: number, run: () => void): Timer {
    const entry = new Due(this.time + Math.max(0, milliseconds), this.order++, run);
    if (entry.at === this.time) this.turn.push(entry);
    else this.push(entry);
    return entry;
  }

  every(milliseconds: number, run: () => void): Timer {
    let timer: Timer;
    let stopped = false;
    const round = (): void => {
      if (stopped) return;
      run();
      if (!stopped) timer = this.after(milliseconds, round);
    };
    timer = this.after(milliseconds, round);
    return {
      cancel() {
        stopped = true;
        timer.cancel();
      },
    };
  }

  endOfTurn(run: () => void): void {
    this.turn.push(new Due(this.time, this.order++, run));
  }

  nextTurn(run: () => void): void {
    this.endOfTurn(run);
  }

  /** Forgets all pending work, as the end of a process does. */
  drop(): void {
    this.heap = [];
    this.turn = [];
    this.turnHead = 0;
  }

  /** Runs the next piece of work; false if there is none. Promises settle between pieces. */
  async step(): Promise<boolean> {
    if (!this.stepNow()) return false;
    await settle();
    return true;
  }

  /** Runs the next piece of work and goes on at once: for callers who know whether promises have to settle. */
  stepNow(): boolean {
    let next = this.shift();
    while (next?.cancelled) next = this.shift();
    if (!next) return false;
    this.time = Math.max(this.time, next.at);
    next.run();
    return true;
  }

  private shift(): Due | undefined {
    const { turn, heap } = this;
    if (this.turnHead < turn.length && !heap[0]?.isBefore(turn[this.turnHead])) {
      const next = turn[this.turnHead++];
      if (this.turnHead === turn.length) {
        turn.length = 0;
        this.turnHead = 0;
      }
      return next;
    }
    return this.pop();
  }

  private push(entry: Due): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!entry.isBefore(heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): Due | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].isBefore(heap[child])) child++;
      if (!heap[child].isBefore(last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return top;
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
