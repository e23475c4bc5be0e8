/** What a member has to know of, and to ask from, the other members; the shell answers it over the peer port. */
import type { Done } from '../core/errors.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { PeerHashes } from './corruption-rules.ts';
import type { LeaseForward } from './lease-desk.ts';

export interface Peers {
  /** Since when a member can be reached, in clock milliseconds; undefined while it can't. */
  activeSince(id: bigint): number | undefined;
  /** The lowest version that runs on any of them, `X.Y.Z`; undefined if one can't be asked. */
  lowestVersion(members: readonly ClusterMember[], done: (version: string | undefined) => void): void;
  /** The hash of each one's data at a revision. */
  hashes(members: readonly ClusterMember[], revision: number, done: (hashes: PeerHashes) => void): void;
  /** Promotes a learner, by asking the leader to. */
  promote(id: bigint, done: Done<readonly ClusterMember[]>): void;
  /** The identity of a member that is added now. */
  newMemberId(peerURLs: readonly string[]): bigint;
  readonly leases: LeaseForward;
}
