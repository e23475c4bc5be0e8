/**
 * Time, as the shell hands it in. Whole members run on a virtual clock in simulation: nothing above the shell may ask
 * the machine for the time, wait, or leave the current turn in any other way.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): number;
  /** Milliseconds since the Unix epoch, as the machine believes; may jump. */
  wall(): number;
  after(milliseconds: number, run: () => void): Timer;
  every(milliseconds: number, run: () => void): Timer;
  /** Runs `run` when all input of this turn of the loop has been taken: where batches are closed. */
  endOfTurn(run: () => void): void;
  /** Runs `run` in a later turn: for the next slice of long work, between which input is taken. */
  nextTurn(run: () => void): void;
}

/** Uniform in [0, 1). */
export type Random = () => number;
