/** The machine's time for everything that is handed a Clock. */
import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../core/ports/clock.ts';

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, run): Timer {
    const timer = setTimeout(run, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
  every(milliseconds, run): Timer {
    const timer = setInterval(run, milliseconds);
    return { cancel: () => clearInterval(timer) };
  },
  endOfTurn(run) {
    setImmediate(run);
  },
};
