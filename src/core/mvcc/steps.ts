/**
 * Work in slices. A generator does a bounded piece between two yields (a few milliseconds at most), so that the shell
 * can let other requests through in between; the core itself never waits. What the work returns is its result.
 */
export type Steps<T> = Generator<void, T, void>;

/** Runs the work to its end without a pause: for small work, tests and tools. */
export function runToEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
