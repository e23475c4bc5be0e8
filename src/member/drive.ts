/** Drives sliced work, a slice a turn. */
import type { SlicedWork } from '../core/mvcc/store.ts';
import type { Clock } from '../core/ports/clock.ts';

/** @param isGivenUp asked before each slice: true ends the work, and the result is undefined */
export function drive<T>(
  work: SlicedWork<T>,
  clock: Clock,
  isGivenUp: () => boolean = () => false,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const step = (): void => {
      if (isGivenUp()) return resolve(undefined);
      try {
        if (work.step()) resolve(work.result);
        else clock.nextTurn(step);
      } catch (error) {
        reject(error);
      }
    };
    step();
  });
}
