/** Sliced work, driven by the shell's clock to its end, when there is a caller who waits for an answer. */
import type { Done } from './errors.ts';
import { attempt } from './failure.ts';
import type { SlicedWork } from './mvcc/steps.ts';

/**
 * @param start an expected failure of it is the answer
 * @param rest runs what is left after a while: at the end of the turn, or later for work that is not urgent
 */
export function drive<T>(start: () => SlicedWork<T>, rest: (run: () => void) => void, done: Done<T>): void {
  let work: SlicedWork<T>;
  const refused = attempt(() => {
    work = start();
  });
  if (refused) return done(refused);
  const step = (): void => {
    let finished = false;
    const failed = attempt(() => {
      finished = work.step();
    });
    if (failed) done(failed);
    else if (finished) done(undefined, work.result);
    else rest(step);
  };
  step();
}
