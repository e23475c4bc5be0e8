/**
 * How much of what the sockets bring is taken in during one turn of the event loop. A thousand requests may come in one
 * turn, and while code is cold each takes ten times as long as later: what comes when the turn's time is over waits for
 * the next one, first come, first served, and its socket is not read meanwhile.
 */
import { performance } from 'node:perf_hooks';

/** Milliseconds of a turn. */
const INTAKE_MS = 3;

const late: (() => void)[] = [];
/** When the turn's first chunk came; 0: none yet. */
let since = 0;

/** Whether what has come now may be taken in at once. Otherwise it is `takeLater`'s. */
export function hasTime(now: number): boolean {
  if (late.length > 0) return false;
  if (since === 0) {
    since = now;
    setImmediate(endTurn);
    return true;
  }
  return now - since < INTAKE_MS;
}

/** Calls `take` in a later turn. */
export function takeLater(take: () => void): void {
  late.push(take);
}

function endTurn(): void {
  since = 0;
  if (late.length > 0) setImmediate(takeLate);
}

function takeLate(): void {
  const end = performance.now() + INTAKE_MS;
  while (late.length > 0 && performance.now() < end) late.shift()!();
  if (late.length > 0) setImmediate(takeLate);
}
