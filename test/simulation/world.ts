/**
 * The one time that everything in a run shares, and the moments at which promises settle. A piece of work is run at a
 * time; promises settle behind those that may have given them something to do (whoever completes an operation of a disk
 * or a backend says so by `touch`), not behind each of the millions that a quiet cluster has.
 */
import { settle, VirtualClock } from '../support/virtual-clock.ts';

/** Pieces of work after which promises settle in any case. */
const SETTLE_AT_LEAST = 256;

export class World {
  readonly clock = new VirtualClock();
  /** Promises may have done work of their own: whoever looks at what was done looks again. */
  readonly onSettled: (() => void)[] = [];
  private touched = true;
  private since = 0;

  now(): number {
    return this.clock.now();
  }

  /** The work under way has, or may have, settled promises. */
  touch(): void {
    this.touched = true;
  }

  /** The next piece of work; what it returns has to be awaited, if it is anything. */
  step(): Promise<void> | undefined {
    this.clock.stepNow();
    if (!this.touched && ++this.since < SETTLE_AT_LEAST) return undefined;
    this.touched = false;
    this.since = 0;
    return this.settle();
  }

  private async settle(): Promise<void> {
    await settle();
    for (const look of this.onSettled) look();
  }
}
