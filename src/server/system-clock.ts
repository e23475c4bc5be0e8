/** The machine's time for everything that is handed a Clock. */
import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { atEndOfTurn } from '../transport/http2/index.ts';

/** The first point of the grid that is still to come: what was missed while the loop was held up is left out. */
export function nextDue(due: number, everyMs: number, now: number): number {
  return due + everyMs * Math.max(1, Math.floor((now - due) / everyMs) + 1);
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, run): Timer {
    const timer = setTimeout(run, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
  /**
   * On a fixed grid. `setInterval` counts from when it fired, so on a busy machine all of its lateness adds up: ticks of
   * 100 ms become 130, and a dead leader is noticed a third too late.
   */
  every(milliseconds, run): Timer {
    let due = performance.now() + milliseconds;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(fire, due - performance.now());
    };
    const fire = (): void => {
      due = nextDue(due, milliseconds, performance.now());
      arm(); // before `run`, which may cancel
      run();
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
  endOfTurn: atEndOfTurn,
  nextTurn(run) {
    setImmediate(run);
  },
};
