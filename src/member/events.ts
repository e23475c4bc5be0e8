/** What the shell wants to hear of a member: for logs, metrics and the end. */
import type { SpaceReport } from '../core/apply/quota.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { AutoCompaction, AutoCompactionReport } from './auto-compactor.ts';
import type { CorruptionReport } from './corruption-check.ts';

export interface MemberEvents {
  onSpace?(report: SpaceReport): void;
  onAutoCompaction?(report: AutoCompactionReport, policy: AutoCompaction): void;
  onCorruptionCheck?(report: CorruptionReport): void;
  onFatal(error: Error): void;
  /** The member's name and URLs are known to the cluster: it can serve. */
  onPublished(): void;
  onLeader(leader: bigint, term: number): void;
  onClusterVersion(version: string): void;
  onRequestTooLarge(size: number, limit: number): void;
  onFlushed(milliseconds: number): void;
  onCompacted(revision: number, milliseconds: number): void;
  onSnapshot(index: number): void;
  onSlowRead(): void;
  /** This member was removed from the cluster. */
  onRemoved(): void;
  /** A change was applied, also again at a restart; the member is undefined when it is gone. */
  onMembershipChanged(id: bigint, member: ClusterMember | undefined): void;
}
