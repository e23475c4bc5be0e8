/**
 * Work in slices. A generator does a bounded piece between two yields (a few milliseconds at most), so that the shell
 * can let other requests through in between; the core itself never waits. What the generator returns is the result.
 */
export type Steps<T> = Generator<void, T, void>;

/** What the shell drives: `step` until it returns true, then `result` is there. A failed step throws. */
export interface SlicedWork<T> {
  step(): boolean;
  readonly result: T;
}

export function sliced<T>(steps: Steps<T>): SlicedWork<T> {
  return new Slices(steps);
}

/** What needed no slices: the read of one key costs no generator. */
export function alreadyDone<T>(result: T): SlicedWork<T> {
  return { step: () => true, result };
}

class Slices<T> implements SlicedWork<T> {
  private readonly steps: Steps<T>;
  private outcome: { readonly value: T } | undefined;

  constructor(steps: Steps<T>) {
    this.steps = steps;
  }

  step(): boolean {
    if (this.outcome !== undefined) return true;
    const step = this.steps.next();
    if (step.done) this.outcome = { value: step.value };
    return step.done === true;
  }

  get result(): T {
    if (this.outcome === undefined) throw new Error('mvcc: the result of work that is not done');
    return this.outcome.value;
  }
}

/** Runs generator steps to the end without a pause: for what is known to be small. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs sliced work to its end without a pause: for small work, tests and tools. */
export function runToEnd<T>(work: SlicedWork<T>): T {
  while (!work.step());
  return work.result;
}
