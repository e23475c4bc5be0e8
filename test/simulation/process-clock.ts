/**
 * The clock of one simulated process. All processes share the world's time, but each counts from a point of its own;
 * what one of them has scheduled dies with it, and waits while it is paused. The wall clock is the machine's: it may
 * be set to anything at any time.
 */
import type { Clock, Timer } from '../../src/core/ports/clock.ts';

export interface ProcessClockOptions {
  /** What `now` is ahead of the world's, in milliseconds. */
  readonly originMs?: number;
  /** What the machine's wall clock is ahead, in milliseconds. */
  wallAheadMs?(): number;
  /** Told after each piece of work. */
  worked?(): void;
  /** Told when somebody has waited for a time, which is often a promise. */
  waited?(): void;
}

export class ProcessClock implements Clock {
  private readonly world: Clock;
  private readonly o: ProcessClockOptions;
  private alive = true;
  /** While paused: what came due. */
  private held: (() => void)[] | undefined;

  constructor(world: Clock, options: ProcessClockOptions = {}) {
    this.world = world;
    this.o = options;
  }

  now(): number {
    return this.world.now() + (this.o.originMs ?? 0);
  }

  wall(): number {
    return this.world.wall() + (this.o.wallAheadMs?.() ?? 0);
  }

  after(milliseconds: number, run: () => void): Timer {
    return this.world.after(milliseconds, () =>
      this.run(() => {
        this.o.waited?.();
        run();
      }),
    );
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

  nextTurn(run: () => void): void {
    this.endOfTurn(run);
  }

  get isAlive(): boolean {
    return this.alive;
  }

  get isPaused(): boolean {
    return this.held !== undefined;
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

  /** Work that comes from outside: it waits while the process stands still. */
  run(run: () => void): void {
    if (!this.alive) return;
    if (this.held) {
      this.held.push(run);
      return;
    }
    run();
    this.o.worked?.();
  }
}
