/**
 * When the write buffer goes to the backend: every `intervalMs`, or at once when `maxWrites` wait. One flush at a time;
 * what comes meanwhile goes with the next. A failed flush is fatal: the backend may lag, but it must not lie.
 *
 * The first flushes are small, each twice as large as the one before: a batch is handed to the backend in one turn, and
 * while its code is cold that takes ten times as long as later.
 */
import type { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';

export interface FlusherOptions {
  readonly clock: Clock;
  readonly buffer: WriteBuffer;
  /** Milliseconds (--backend-batch-interval). */
  readonly intervalMs: number;
  /** Pending writes that force a flush (--backend-batch-limit). */
  readonly maxWrites: number;
  onFlushed(milliseconds: number): void;
  onFatal(error: Error): void;
}

const FIRST_WRITES = 128;

export class Flusher {
  private readonly o: FlusherOptions;
  private readonly timer: Timer;
  private flushing: Promise<void> | undefined;
  private stopped = false;
  private failed = false;
  /** Pending writes that force a flush now. */
  private enough: number;

  constructor(options: FlusherOptions) {
    this.o = options;
    this.enough = Math.min(FIRST_WRITES, options.maxWrites);
    this.timer = options.clock.every(options.intervalMs, () => {
      if (!this.flushing && options.buffer.pendingWrites > 0) void this.flush();
    });
  }

  /** To be called after writes: starts a flush when too many wait. */
  written(): void {
    if (!this.flushing && this.o.buffer.pendingWrites >= this.enough) void this.flush();
  }

  /** Makes everything written so far durable. When that fails it never resolves: nobody goes on as if it were. */
  async flush(): Promise<void> {
    while (this.flushing) await this.flushing;
    if (!this.stopped) {
      this.flushing = this.commit();
      await this.flushing;
    }
    if (this.failed) await new Promise(() => {});
  }

  private async commit(): Promise<void> {
    const since = this.o.clock.now();
    if (this.o.buffer.pendingWrites >= this.enough) this.enough = Math.min(2 * this.enough, this.o.maxWrites);
    try {
      await this.o.buffer.flush();
      this.o.onFlushed(this.o.clock.now() - since);
    } catch (error) {
      this.failed = true;
      this.stopped = true;
      this.o.onFatal(error as Error);
    } finally {
      this.flushing = undefined;
    }
  }

  /** Waits for a flush under way; none begins until the result is called. */
  async hold(): Promise<() => void> {
    while (this.flushing) await this.flushing;
    let go = (): void => {};
    this.flushing = new Promise((resolve) => {
      go = resolve;
    });
    return () => {
      this.flushing = undefined;
      go();
    };
  }

  /** No flush starts afterwards; one under way is waited for. */
  async stop(): Promise<void> {
    this.timer.cancel();
    while (this.flushing) await this.flushing;
    if (!this.stopped) await this.commit();
    this.stopped = true;
  }
}
