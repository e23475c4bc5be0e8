/**
 * Ends leases. Only the leader does, and only while a quorum stands behind it: expiry is a proposal like any other, so
 * a leader that was cut off can't end anything. On every other member leases never run out by themselves.
 */
import type { EtcdError } from '../core/errors.ts';
import { type Lessor, RevokeQueue } from '../core/lease/index.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';

/** How often the expiry queue is looked at. */
const SCAN_MS = 500;
/** How often remaining TTLs are considered for a checkpoint. */
const CHECKPOINT_SCAN_MS = 500;

export interface LeaseKeeperOptions {
  readonly clock: Clock;
  readonly lessor: Lessor;
  readonly checkpoints: boolean;
  /** Calls back, at once as a rule, when this member can be the leader that it believes to be. */
  whenSure(done: (error: EtcdError | undefined) => void): void;
  revoke(id: bigint, done: (error: EtcdError | undefined) => void): void;
  checkpoint(due: readonly { readonly ID: bigint; readonly remainingTTL: number }[]): void;
}

export class LeaseKeeper {
  private readonly o: LeaseKeeperOptions;
  private readonly timers: Timer[];
  private readonly queue = new RevokeQueue();
  private pumping = false;

  constructor(options: LeaseKeeperOptions) {
    this.o = options;
    const { clock } = options;
    this.timers = [clock.every(SCAN_MS, () => this.ifSure(() => this.scan()))];
    if (options.checkpoints)
      this.timers.push(clock.every(CHECKPOINT_SCAN_MS, () => this.ifSure(() => this.checkpoint())));
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.queue.clear();
  }

  private ifSure(act: () => void): void {
    if (!this.o.lessor.isPrimary) return act();
    this.o.whenSure((error) => {
      if (!error) act();
    });
  }

  private scan(): void {
    const { clock, lessor } = this.o;
    if (!lessor.isPrimary) {
      this.queue.clear();
      return;
    }
    this.queue.add(lessor.expired(clock.now()));
    this.pump();
  }

  private pump(): void {
    // A proposal may be answered at once (there is no leader, the member stops): the loop goes on, it does not nest.
    if (this.pumping) return;
    this.pumping = true;
    for (let id = this.queue.take(); id !== undefined; id = this.queue.take()) {
      const lease = id;
      this.o.revoke(lease, () => {
        this.queue.done(lease);
        this.pump();
      });
    }
    this.pumping = false;
  }

  private checkpoint(): void {
    const { clock, lessor } = this.o;
    if (!lessor.isPrimary) return;
    const due = lessor.dueCheckpoints(clock.now());
    if (due.length > 0) this.o.checkpoint(due);
  }
}
