/**
 * The member as services see it: a place to propose, a barrier to read behind, and the state that apply keeps. The
 * real one is member/Member; a test may hand in anything of this shape.
 */
import type { Alarms } from '../core/apply/alarms.ts';
import type { Done } from '../core/errors.ts';
import type { Lessor } from '../core/lease/index.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Store } from '../core/mvcc/store.ts';
import type { WatchHub } from '../core/watch/index.ts';
import type { Writer } from '../core/wire/codec.ts';
import type { ResponseHeader } from '../core/wire/gen/rpc.ts';

/** What only the leader knows of leases; other members ask it. */
export interface LeaseDesk {
  /** Ids as this member knows them; soonest expiry first if it leads. */
  list(): readonly bigint[];
  /** Answers with the TTL in seconds. Fails with LeaseNotFound for an unknown lease, as `timeToLive` does. */
  renew(id: bigint, done: Done<number>): void;
  timeToLive(id: bigint, withKeys: boolean, done: Done<LeaseLife>): void;
}

export interface LeaseLife {
  /** Whole seconds left; 0 or less when it has expired but is not revoked yet. */
  readonly remaining: number;
  /** Seconds. */
  readonly granted: number;
  /** Attached keys, if they were asked for. */
  readonly keys: readonly string[];
}

/** Changes of the membership; each answers with all members, ascending by id. */
export interface MembershipDesk {
  add(
    wanted: { readonly peerURLs: readonly string[]; readonly isLearner: boolean },
    done: Done<{ readonly member: ClusterMember; readonly members: readonly ClusterMember[] }>,
  ): void;
  remove(id: bigint, done: Done<readonly ClusterMember[]>): void;
  update(id: bigint, peerURLs: readonly string[], done: Done<readonly ClusterMember[]>): void;
  promote(id: bigint, done: Done<readonly ClusterMember[]>): void;
}

export interface ServiceNode {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly alarms: Alarms;
  readonly leases: LeaseDesk;
  readonly membership: MembershipDesk;
  /** Calls back when `target` leads. */
  readonly transfer: { moveTo(target: bigint, done: Done<void>): void };

  /** A header of now; `revision` is the store's unless given. */
  header(revision?: number): ResponseHeader;

  /** Carries a request through consensus; `done` gets the local apply's answer. */
  propose<Req, Res>(
    op: number,
    request: Req,
    write: (w: Writer, request: Req) => void,
    done: Done<Res>,
  ): void;
  /** Whether the database has room for what `op` may add; asked before anything else of the request is. */
  hasRoomFor(op: number, request: unknown): boolean;
  /** Calls back when a read made then sees every write acknowledged before the call. */
  barrier(done: Done<void>): void;
  /** Waits until the compaction to `revision` has removed what it removes here. */
  compacted(revision: number, done: Done<void>): void;

  /** 0n: none is known. */
  leader(): bigint;
  term(): number;
  committedIndex(): number;
  appliedIndex(): number;
  isLearner(): boolean;
  /** Positive 63-bit id, unique in the cluster. */
  newLeaseId(): bigint;
}
