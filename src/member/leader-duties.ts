/**
 * What only a leader does, by its own clock: leases end, the cluster version rises, history is compacted, data is held
 * against that of the others. Everything it
 * decides is a proposal, so that a leader without a quorum decides nothing.
 */
import { ClusterVersionSetRequest } from '../core/wire/gen/membership.ts';
import {
  AlarmAction,
  AlarmRequest,
  AlarmType,
  CompactionRequest,
  LeaseCheckpointRequest,
  LeaseRevokeRequest,
} from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import { AutoCompactor } from './auto-compactor.ts';
import type { Consensus } from './consensus.ts';
import { CorruptionCheck } from './corruption-check.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { electionTimeoutMs } from './options.ts';
import type { MemberParts } from './parts.ts';
import { VersionMonitor } from './version-monitor.ts';

export class LeaderDuties {
  private readonly p: MemberParts;
  private readonly consensus: Consensus;
  private readonly keeper: LeaseKeeper;
  private readonly versions: VersionMonitor;
  private autoCompactor: AutoCompactor | undefined;
  private corruption: CorruptionCheck | undefined;

  constructor(parts: MemberParts, consensus: Consensus) {
    this.p = parts;
    this.consensus = consensus;
    const { clock, options } = parts;
    const { propose, leadership, standstill } = consensus;
    this.versions = new VersionMonitor({
      clock,
      cluster: parts.cluster,
      leadership,
      serverVersion: options.serverVersion,
      peers: parts.peers,
      set: (ver) => propose(Op.ClusterVersionSet, { ver }, ClusterVersionSetRequest.write, () => {}),
    });
    this.keeper = new LeaseKeeper({
      clock,
      lessor: parts.lessor,
      checkpoints: options.leaseCheckpoints,
      whenSure: (done) => standstill.whenSure(done),
      revoke: (ID, done) => propose(Op.LeaseRevoke, { ID }, LeaseRevokeRequest.write, done),
      checkpoint: (due) => {
        const request = { checkpoints: [...due] };
        propose(Op.LeaseCheckpoint, request, LeaseCheckpointRequest.write, () => {});
      },
    });
  }

  start(): void {
    const { clock, options, store, events } = this.p;
    const { leadership, propose } = this.consensus;
    this.autoCompactor = new AutoCompactor({
      clock,
      policy: options.autoCompaction ?? { mode: 'off' },
      currentRevision: () => store.currentRevision,
      isLeader: () => leadership.isLeader,
      compact: (revision, done) =>
        propose(Op.Compaction, { revision, physical: false }, CompactionRequest.write, done),
      onReport: (report, policy) => events.onAutoCompaction?.(report, policy),
    });
    this.corruption = this.corruptionCheck();
  }

  private corruptionCheck(): CorruptionCheck | undefined {
    const { clock, options, peers, cluster, store, alarms, events } = this.p;
    const { leadership, propose, reads } = this.consensus;
    if (options.corruptionChecks === undefined || peers === undefined) return undefined;
    return new CorruptionCheck({
      clock,
      checks: options.corruptionChecks,
      localId: options.memberId,
      cluster,
      leadership,
      store,
      alarms,
      peers,
      pauseMs: options.compactionPauseMs,
      barrier: (done) => reads.barrier(done),
      raise: (memberID) => {
        const request = { action: AlarmAction.ACTIVATE, memberID, alarm: AlarmType.CORRUPT };
        propose(Op.Alarm, request, AlarmRequest.write, () => {});
      },
      onReport: (report) => events.onCorruptionCheck?.(report),
    });
  }

  /** The first entry of a term is applied: from now on the leader may trust its clock and its commit index. */
  begin(term: number): void {
    const { clock, options, lessor, raft } = this.p;
    const { leadership, reads } = this.consensus;
    if (!leadership.isLeader || term !== raft.term) return;
    lessor.promote({ now: clock.now(), extendMs: electionTimeoutMs(options) });
    reads.askAgain();
    this.versions.check();
  }

  stop(): void {
    this.keeper.stop();
    this.autoCompactor?.stop();
    this.versions.stop();
    this.corruption?.stop();
  }
}
