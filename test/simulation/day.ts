/**
 * A long run: hours or days in which a cluster is mostly left alone, as clusters are, and yet something goes wrong again
 * and again. Everything comes by the time and not by the step, so that quiet time costs next to nothing. Leases last for
 * minutes and hours here: what is left of them has to survive every change of the leader.
 */
import { CHECKPOINT_INTERVAL_MS } from '../../src/core/lease/lessor.ts';
import { LeaseGrantRequest, LeaseRevokeRequest } from '../../src/core/wire/gen/rpc.ts';
import { Op, Proposal } from '../../src/core/wire/proposal.ts';
import { ClusterRun } from './cluster.ts';
import { ALL_FAULTS } from './faults.ts';
import type { RunOptions, RunResult } from './run.ts';

const HOUR_MS = 3_600_000;
/** Mean times between things, in milliseconds. */
const BETWEEN_FAULTS_MS = 45_000;
const BETWEEN_VISITS_MS = 30_000;
const BETWEEN_OPERATIONS_MS = 15 * 60_000;
/** Requests that come together, at most. */
const MAX_REQUESTS = 8;
const ELECTION_TICKS = 10;
/** Seconds: the shortest lease, and by how much one may be longer. */
const LEASES = [600, 3000] as const;

export interface DayOptions extends RunOptions {
  readonly size: number;
  readonly hours: number;
  /** --heartbeat-interval; elections take ten of them. */
  readonly heartbeatMs: number;
}

export async function runDay(options: DayOptions): Promise<RunResult> {
  return new DayRun(options).run();
}

class DayRun extends ClusterRun {
  private readonly day: DayOptions;

  constructor(options: DayOptions) {
    super(options, {
      member: {
        heartbeatMs: options.heartbeatMs,
        electionTicks: ELECTION_TICKS,
        flushIntervalMs: 100,
        snapshotCount: 100,
        catchUpEntries: 20,
      },
      ttls: LEASES,
      faults: ALL_FAULTS,
      scale: options.heartbeatMs / 100,
    });
    this.day = options;
  }

  protected override async live(): Promise<void> {
    const end = this.day.hours * HOUR_MS;
    this.again(BETWEEN_FAULTS_MS, () => this.faults.act());
    this.again(BETWEEN_OPERATIONS_MS, () => this.operate());
    this.again(BETWEEN_VISITS_MS, () => {
      for (let n = Math.ceil(this.random() * MAX_REQUESTS); n > 0; n--) this.act();
    });
    while (this.world.now() < end && this.wrong.length === 0) {
      const settling = this.step();
      if (settling) await settling;
    }
    this.over = true;
  }

  private over = false;

  /** Every now and then, as chance has it, until the day is over. */
  private again(meanMs: number, act: () => void): void {
    this.world.clock.after(-Math.log(1 - this.random()) * meanMs, () => {
      if (this.over) return;
      act();
      this.again(meanMs, act);
    });
  }

  /** Longer than any lease, with all that a change of the leader may add. */
  protected override longestLeaseMs(): number {
    return (LEASES[0] + LEASES[1]) * 1000 + CHECKPOINT_INTERVAL_MS;
  }

  protected override judgeMore(): void {
    this.checkLeasesEnd();
  }

  /**
   * A lease that nobody renews ends, however often the leader changes: each change gives it back no more than what passed
   * since the last checkpoint, and the time without a leader.
   */
  private checkLeasesEnd(): void {
    const begun = new Map<bigint, { since: number; ttlMs: number }>();
    for (const { type, data, index } of this.book.committed) {
      if (type !== 0 || data.length === 0) continue;
      const at = this.book.committedSince[index - 1].at;
      const { op, body } = new Proposal(data);
      if (op === Op.LeaseGrant) {
        const { ID, TTL } = LeaseGrantRequest.decode(body);
        if (!begun.has(ID)) begun.set(ID, { since: at, ttlMs: TTL * 1000 });
      } else if (op === Op.LeaseRevoke) {
        const { ID } = LeaseRevokeRequest.decode(body);
        const lease = begun.get(ID);
        begun.delete(ID);
        if (lease) this.checkEnd(ID, lease, at);
      }
    }
  }

  /** Between that and a new leader there may have been none. */
  private lastCommitBefore(ms: number): number {
    const { committedSince } = this.book;
    let low = 0;
    let high = committedSince.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (committedSince[middle].at < ms) low = middle + 1;
      else high = middle;
    }
    return committedSince[low - 1]?.at ?? 0;
  }

  private checkEnd(id: bigint, { since, ttlMs }: { since: number; ttlMs: number }, end: number): void {
    const renewed = this.history.calls.reduce(
      (last, call) =>
        call.kind === 'renewal' && call.lease === id && call.invokedAt <= end
          ? Math.max(last, call.returnedAt ?? call.invokedAt + 30_000)
          : last,
      since,
    );
    const changes = this.book.leaders.filter(({ at }) => at > renewed && at <= end);
    const leaderlessMs = changes.reduce((sum, { at }) => sum + at - this.lastCommitBefore(at), 0);
    const electionMs = ELECTION_TICKS * this.day.heartbeatMs;
    const most =
      ttlMs + leaderlessMs + (changes.length + 1) * (CHECKPOINT_INTERVAL_MS + 2 * electionMs + 20_000);
    if (end - renewed > most)
      this.violated(
        `lease ${id} of ${ttlMs / 1000} s was ended ${Math.round((end - renewed) / 1000)} s after the last renewal, ${changes.length} changes of the leader allow for ${Math.round(most / 1000)} s`,
      );
  }
}
