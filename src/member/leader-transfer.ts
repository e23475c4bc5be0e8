/** Hands leadership over: on request, and before a leader stops, so that the cluster is not left waiting for an election. */
import { type Done, ERR } from '../core/errors.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Leadership } from './leadership.ts';

export interface LeaderTransferOptions {
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly leadership: Leadership;
  /** How often it is looked whether the transfer has happened. */
  readonly heartbeatMs: number;
  readonly timeoutMs: number;
  activeSince(id: bigint): number | undefined;
  transfer(to: bigint): void;
}

export class LeaderTransfer {
  private readonly o: LeaderTransferOptions;

  constructor(options: LeaderTransferOptions) {
    this.o = options;
  }

  /** Calls back when `target` leads, or when `giveUp` says that it never will. */
  moveTo(target: bigint, done: Done<void>, giveUp = (): boolean => false): void {
    const { clock, cluster, leadership, transfer } = this.o;
    if (!leadership.isLeader) return done(ERR.NotLeader);
    const member = cluster.member(target);
    if (!member || member.isLearner) return done(ERR.BadLeaderTransferee);
    transfer(target);
    const deadline = clock.now() + this.o.timeoutMs;
    const look = (): void => {
      if (leadership.leader === target) done(undefined);
      else if (giveUp()) done(ERR.Unhealthy);
      else if (clock.now() >= deadline) done(ERR.TimeoutLeaderTransfer);
      else clock.after(this.o.heartbeatMs, look);
    };
    look();
  }

  /** To the voter that has been connected for longest. Nothing to do for a follower, or a leader without others. */
  handOver(done: Done<void>): void {
    const { cluster, leadership, activeSince } = this.o;
    if (!leadership.isLeader || cluster.voters().length <= 1) return done(undefined);
    const since = (id: bigint): number => activeSince(id) ?? Number.POSITIVE_INFINITY;
    const [longest] = cluster
      .voters()
      .filter(({ id }) => id !== leadership.leader && since(id) !== Number.POSITIVE_INFINITY)
      .sort((a, b) => since(a.id) - since(b.id));
    if (!longest) return done(ERR.Unhealthy);
    // When a whole cluster is told to stop, the heir may go first: nothing is left to wait for.
    this.moveTo(longest.id, done, () => activeSince(longest.id) === undefined);
  }
}
