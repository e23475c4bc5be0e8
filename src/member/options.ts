/** What a member has to be told. Times in milliseconds, sizes in bytes. */

import type { AutoCompaction } from './auto-compactor.ts';
import type { CorruptionChecks } from './corruption-check.ts';

export interface MemberOptions {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly name: string;
  readonly clientURLs: readonly string[];
  /** One raft tick (--heartbeat-interval). */
  readonly heartbeatMs: number;
  /** Ticks without a leader until an election (--election-timeout / --heartbeat-interval). */
  readonly electionTicks: number;
  readonly preVote: boolean;
  /** Applied entries between raft snapshots (--snapshot-count). */
  readonly snapshotCount: number;
  /** Entries kept in memory behind a snapshot for members that lag (--snapshot-catchup-entries). */
  readonly catchUpEntries: number;
  readonly maxRequestBytes: number;
  /** --backend-batch-interval */
  readonly flushIntervalMs: number;
  /** --backend-batch-limit */
  readonly flushMaxWrites: number;
  /** Events to watchers that one turn makes, about; 3,000 unless given. */
  readonly eventsATurn?: number;
  /** --compaction-sleep-interval */
  readonly compactionPauseMs: number;
  /** Replicate the remaining time of long leases, so that a new leader does not start them anew. */
  readonly leaseCheckpoints: boolean;
  /** Refuse changes of the membership that could cost the quorum; true unless given. */
  readonly strictReconfigCheck?: boolean;
  /** --quota-backend-bytes; 0 or less, or absent: none. */
  readonly quotaBytes?: number;
  /** Lower the NOSPACE alarm of this member when there is room again (--auto-disarm-nospace); false unless given. */
  readonly autoDisarm?: boolean;
  /** Absent: off. */
  readonly autoCompaction?: AutoCompaction;
  /** Absent: none. */
  readonly corruptionChecks?: CorruptionChecks;
  /** `X.Y.Z` of the etcd release this member is compatible with. */
  readonly serverVersion: string;
}

/** Largest raft message, in bytes (as in etcd). */
export const MAX_SIZE_PER_MESSAGE = 1024 * 1024;
/** Append messages in flight to one follower (as in etcd). */
export const MAX_INFLIGHT_MESSAGES = 512;
/** Committed entries that may wait for apply before new proposals are refused. */
export const MAX_APPLY_LAG = 5000;

type RaftTiming = Pick<MemberOptions, 'electionTicks' | 'heartbeatMs'>;

export function electionTimeoutMs(o: RaftTiming): number {
  return o.electionTicks * o.heartbeatMs;
}

/** How long a request may take: 5 s and two election timeouts. */
export function requestTimeoutMs(o: RaftTiming): number {
  return 5000 + 2 * electionTimeoutMs(o);
}

/** Shortest lease in seconds: half as long again as an election, so that a lease outlives a change of leader. */
export function minLeaseTtlSeconds(o: MemberOptions): number {
  return Math.ceil((Math.floor((3 * o.electionTicks) / 2) * o.heartbeatMs) / 1000);
}
