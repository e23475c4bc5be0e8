/** What the shell wants to hear of a member: for logs, metrics and the end. */
import type { SpaceReport } from '../core/apply/quota.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { AutoCompaction, AutoCompactionReport } from './auto-compactor.ts';
import type { CorruptionReport } from './corruption-check.ts';

export interface SnapshotSendReport {
  readonly kind: 'sending' | 'sent' | 'failed';
  readonly to: bigint;
  readonly index: number;
  readonly error?: string | undefined;
}

export interface SnapshotInstallReport {
  readonly kind: 'applying' | 'applied';
  /** Of the snapshot that comes. */
  readonly index: number;
  readonly term: number;
  /** Where this member was. */
  readonly snapshotIndex: number;
  readonly appliedIndex: number;
}

export type MembershipChangeKind = 'added' | 'removed' | 'promoted' | 'updated';

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
  /** Another member needs more than the log has: it is being sent a snapshot, or was, or that failed. */
  onSnapshotSend?(report: SnapshotSendReport): void;
  /** A snapshot of the leader takes the place of what this member had. */
  onSnapshotInstall?(report: SnapshotInstallReport): void;
  /** After an installed snapshot: all members as they are now. */
  onMembershipRestored?(members: readonly ClusterMember[]): void;
  onSlowRead(): void;
  /** This member was removed from the cluster. */
  onRemoved(): void;
  /** A change was applied for the first time; a member that was removed is as it was before. */
  onMembershipApplied?(kind: MembershipChangeKind, member: ClusterMember): void;
  /** A change was applied, also again at a restart; the member is undefined when it is gone. */
  onMembershipChanged(id: bigint, member: ClusterMember | undefined): void;
}
