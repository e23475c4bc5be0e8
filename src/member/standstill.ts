/**
 * Whether a leader may still believe to be one. A process that stood still longer than an election takes (stopped,
 * swapped out, moved to another machine) may have been replaced, and hears of it only after it has gone on for a while.
 * What a leader says out of its own memory, of leases above all, waits until a quorum has confirmed it.
 */
import type { Done } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';

export interface StandstillOptions {
  readonly clock: Clock;
  /** Milliseconds without a tick after which another member may lead: the election timeout. */
  readonly limitMs: number;
  /** Calls back when a quorum has confirmed the leader. */
  confirm(done: Done<void>): void;
}

export class Standstill {
  private readonly o: StandstillOptions;
  private last: number;
  private isDoubtful = false;

  constructor(options: StandstillOptions) {
    this.o = options;
    this.last = options.clock.now();
  }

  ticked(): void {
    this.look();
    this.last = this.o.clock.now();
  }

  /** At once, unless there is doubt. */
  whenSure(done: Done<void>): void {
    this.look();
    if (!this.isDoubtful) return done(undefined);
    this.o.confirm((error) => {
      if (!error) this.isDoubtful = false;
      done(error);
    });
  }

  private look(): void {
    if (this.o.clock.now() - this.last > this.o.limitMs) this.isDoubtful = true;
  }
}
