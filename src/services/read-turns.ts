/**
 * Reads, and the slices of long ones, first come, first served: a few milliseconds of them in a turn, the others in the
 * turns behind it. One read is short or cut into slices, but a thousand clients that list a thousand keys each bring two
 * seconds of work at once.
 */
import type { Clock } from '../core/ports/clock.ts';

/** Milliseconds of a turn, counted from its first read on. */
const READS_MS = 3;

export type TurnClock = Pick<Clock, 'now' | 'endOfTurn' | 'nextTurn'>;

export class ReadTurns {
  private readonly clock: TurnClock;
  /** As many as there are calls, at most. */
  private readonly waiting: (() => void)[] = [];
  /** When this turn's first read began; undefined: there was none yet. */
  private since: number | undefined;
  /** A turn for those that wait is to come. */
  private expected = false;

  constructor(clock: TurnClock) {
    this.clock = clock;
  }

  /** Runs `work` now, if the turn has time for it and nobody waits; else in its turn. It must not throw. */
  run(work: () => void): void {
    if (this.waiting.length === 0 && this.hasTime()) work();
    else this.later(work);
  }

  /** Runs `work` behind all that waits, in a later turn: for the next slice. */
  later(work: () => void): void {
    this.waiting.push(work);
    this.expect();
  }

  private hasTime(): boolean {
    const now = this.clock.now();
    if (this.since !== undefined) return now - this.since < READS_MS;
    this.since = now;
    this.clock.endOfTurn(this.ended);
    return true;
  }

  private readonly ended = (): void => {
    this.since = undefined;
  };

  private expect(): void {
    if (this.expected) return;
    this.expected = true;
    this.clock.nextTurn(this.turn);
  }

  private readonly turn = (): void => {
    this.expected = false;
    while (this.waiting.length > 0 && this.hasTime()) this.waiting.shift()!();
    if (this.waiting.length > 0) this.expect();
  };
}
