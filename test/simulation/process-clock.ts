/**
 * The clock of one simulated process. All processes share the world's time; what one of them has scheduled dies with
 * it, and waits while it is paused.
 */
import type { Clock, Timer } from '../../src/core/ports/clock.ts';

export class ProcessClock implements Clock {
  private readonly world: Clock;
  private alive = true;
  /** While paused: what came due. */
  private held: (() => void)[] | undefined;

  constructor(world: Clock) {
    this.world = world;
  }

  now(): number {
    return this.world.now();
  }

  wall(): number {
    return this.world.wall();
  }

  after(milliseconds: number, run: () => void): Timer {
    return this.world.after(milliseconds, () => this.run(run));
  }

  every(milliseconds: number, run: () => void): Timer {
    // Rounds that a paused process misses become one, as those of timers do.
    let waits = false;
    const round = (): void => {
      waits = false;
      run();
    };
    const timer = this.world.every(milliseconds, () => {
      if (!this.alive) timer.cancel();
      else if (!waits) {
        waits = true;
        this.run(round);
      }
    });
    return timer;
  }

  endOfTurn(run: () => void): void {
    this.world.endOfTurn(() => this.run(run));
  }

  /** The process is gone. */
  kill(): void {
    this.alive = false;
    this.held = undefined;
  }

  /** As SIGSTOP does. */
  pause(): void {
    this.held ??= [];
  }

  /** What came due meanwhile runs now, `first` before the rest: which socket is read first is anybody's guess. */
  resume(first: readonly (() => void)[] = []): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const run of [...first, ...held]) this.endOfTurn(run);
  }

  private run(run: () => void): void {
    if (!this.alive) return;
    if (this.held) this.held.push(run);
    else run();
  }
}
