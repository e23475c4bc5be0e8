/** The pace of long work on the event loop: after each slice as much time as it took is left to requests. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Longest rest, in milliseconds: a slice that waited for a slow caller has held nobody up. */
const MAX_REST_MS = 5;

/** To be awaited between two slices of one piece of work. */
export function restful(): () => Promise<void> {
  let resumed = performance.now();
  return async () => {
    await sleep(Math.min(MAX_REST_MS, performance.now() - resumed));
    resumed = performance.now();
  };
}
