/**
 * What a member knows of leadership over time: who leads, since when, and therefore which words a time-out deserves.
 */
import { ERR, type EtcdError } from '../core/errors.ts';

export interface LeadershipOptions {
  readonly memberId: bigint;
  readonly electionTimeoutMs: number;
  now(): number;
}

export class Leadership {
  private readonly o: LeadershipOptions;
  private current = 0n;
  private since = 0;
  /** When the leader was last lost; 0 if never. */
  private lostAt = 0;
  private changes = 0;

  constructor(options: LeadershipOptions) {
    this.o = options;
  }

  /** 0n: none is known. */
  get leader(): bigint {
    return this.current;
  }

  get isLeader(): boolean {
    return this.current === this.o.memberId;
  }

  /** Leaders seen, for metrics. */
  get changesSeen(): number {
    return this.changes;
  }

  /** How long there has been no leader, in milliseconds. */
  get leaderlessMs(): number {
    return this.current === 0n ? this.o.now() - this.lostAt : 0;
  }

  /** @returns true if the leader is another one than before. */
  update(leader: bigint): boolean {
    if (leader === this.current) return false;
    const now = this.o.now();
    if (leader === 0n) this.lostAt = now;
    else {
      this.since = now;
      this.changes++;
    }
    this.current = leader;
    return true;
  }

  /** Why a request made at `since` may have timed out. */
  explainTimeout(since: number): EtcdError {
    if (this.current === 0n && this.lostAt <= since) return ERR.DeadlineExceeded;
    if (since >= this.since - 2 * this.o.electionTimeoutMs && since <= this.since)
      return ERR.TimeoutDueToLeaderFail;
    if (this.current === 0n) return ERR.TimeoutDueToConnectionLost;
    return ERR.Timeout;
  }
}
