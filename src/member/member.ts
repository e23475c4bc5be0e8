/**
 * A member: the consensus core, the log and the state that apply keeps, held together over ports. It has no sockets
 * and no files of its own; time, log, backend and peers are handed in, so that a cluster of these runs in one process
 * from a seed. Services see it as `ServiceNode`.
 *
 *   consensus       request --> committed entry       (raft-loop, proposals, read-index, leadership)
 *   applied-state   committed entry --> database      (entry-applier, flusher, compactor, snapshotter)
 *   leader-duties   what a leader does by its clock   (lease-keeper, version-monitor, auto-compactor)
 *   ...-desk        what services ask for beside reads and proposals
 *
 * Laws: entries are applied in order, each exactly once (those the backend already has are skipped); an answer is given
 * only after the entry that it answers is durable on a quorum and applied here; a fatal error stops everything.
 */
import type { Alarms } from '../core/apply/alarms.ts';
import type { Done } from '../core/errors.ts';
import type { Lessor } from '../core/lease/index.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { Store } from '../core/mvcc/store.ts';
import type { Entry, Message, Snapshot } from '../core/raft/index.ts';
import type { WatchHub } from '../core/watch/index.ts';
import type { ResponseHeader } from '../core/wire/gen/rpc.ts';
import { requestIdBits } from '../core/wire/proposal.ts';
import { AppliedState } from './applied-state.ts';
import { Consensus } from './consensus.ts';
import { LeaderDuties } from './leader-duties.ts';
import { LeaderTransfer } from './leader-transfer.ts';
import type { Leadership } from './leadership.ts';
import { LeaseDesk } from './lease-desk.ts';
import { MembershipDesk } from './membership-desk.ts';
import { requestTimeoutMs } from './options.ts';
import type { MemberParts, Propose } from './parts.ts';
import { Publisher } from './publisher.ts';
import { ReconfigCheck } from './reconfig-check.ts';
import { SnapshotSender } from './snapshot-sender.ts';
import { WatchPump } from './watch-pump.ts';

export type { MemberEvents } from './events.ts';
export type { MemberParts } from './parts.ts';

export class Member {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly alarms: Alarms;
  readonly leadership: Leadership;
  readonly leases: LeaseDesk;
  readonly membership: MembershipDesk;
  readonly transfer: LeaderTransfer;
  readonly propose: Propose;
  private readonly p: MemberParts;
  private readonly consensus: Consensus;
  private readonly state: AppliedState;
  private readonly sender: SnapshotSender;
  private readonly duties: LeaderDuties;
  private readonly publisher: Publisher;
  private readonly watchPump: WatchPump;
  private stopped = false;

  constructor(parts: MemberParts) {
    this.p = parts;
    const { clock, options } = parts;
    this.memberId = options.memberId;
    this.clusterId = options.clusterId;
    this.cluster = parts.cluster;
    this.store = parts.store;
    this.lessor = parts.lessor;
    this.hub = parts.hub;
    this.alarms = parts.alarms;
    const onFatal = (error: Error): void => this.fail(error);
    this.consensus = new Consensus(parts, {
      apply: (entries) => this.apply(entries),
      appliedIndex: () => this.appliedIndex(),
      sendSnapshot: (message) => this.sender.send(message),
      install: (snapshot) => this.install(snapshot),
      onFatal,
    });
    this.leadership = this.consensus.leadership;
    this.propose = this.consensus.propose;
    this.state = new AppliedState(parts, {
      proposals: this.consensus.proposals,
      propose: this.propose,
      isSending: () => this.sender.isSending,
      isLeader: () => this.consensus.leadership.isLeader,
      onEmptyEntry: (term) => this.duties.begin(term),
      onFatal,
    });
    this.sender = new SnapshotSender({
      ...parts,
      flush: () => this.flush(),
      report: (to, arrived) => this.consensus.snapshotEnded(to, arrived),
    });
    this.duties = new LeaderDuties(parts, this.consensus);
    this.publisher = new Publisher({
      clock,
      member: options,
      propose: this.propose,
      onPublished: parts.events.onPublished,
    });
    this.watchPump = new WatchPump(clock, parts.hub);
    this.leases = this.leaseDesk();
    this.membership = this.membershipDesk();
    this.transfer = this.leaderTransfer();
  }

  /** Starts ticking, and makes the member known to its cluster. */
  start(): void {
    this.state.start();
    this.duties.start();
    this.consensus.start();
    this.publisher.start();
    // The log may end before the entry that says so: what is applied is in the backend.
    if (this.cluster.isRemoved(this.memberId)) this.p.events.onRemoved();
  }

  /** Fails what waits, makes durable what was applied, and closes the log. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.publisher.stop();
    this.watchPump.stop();
    this.duties.stop();
    this.sender.stop();
    this.consensus.stop();
    await this.state.stop();
    await this.p.log.close();
  }

  /** A message of another member. */
  step(message: Message): void {
    this.consensus.step(message);
  }

  /**
   * A MsgSnap of another member. Its database is in the inbox already, under the snapshot's index; it is released if raft
   * does not want it.
   */
  stepSnapshot(message: Message): void {
    if (this.consensus.stepSnapshot(message)) return;
    const { inbox, events } = this.p;
    inbox.release(message.snapshot!.metadata!.index).catch(events.onFatal);
  }

  /** Messages to this member were lost. */
  reportUnreachable(id: bigint): void {
    this.consensus.reportUnreachable(id);
  }

  /** Whether the database has room for the request; if not, the alarm is on its way. */
  hasRoomFor(op: number, request: unknown): boolean {
    return this.state.space.quota.admits(op, request);
  }

  /** Makes durable what was applied so far. */
  flush(): Promise<void> {
    return this.state.flusher.flush();
  }

  barrier(done: Done<void>): void {
    this.consensus.reads.barrier(done);
  }

  compacted(revision: number, done: Done<void>): void {
    this.state.compactor.whenFinished(revision, () => done(undefined));
  }

  header(revision = this.store.currentRevision): ResponseHeader {
    return { clusterId: this.clusterId, memberId: this.memberId, revision, raftTerm: this.term() };
  }

  leader(): bigint {
    return this.leadership.leader;
  }

  term(): number {
    return this.p.raft.term;
  }

  committedIndex(): number {
    return this.p.raft.committed;
  }

  appliedIndex(): number {
    return this.state.applier.appliedIndex;
  }

  isLearner(): boolean {
    return this.cluster.isLocalLearner();
  }

  newLeaseId(): bigint {
    return requestIdBits(this.consensus.proposals.nextId()) & 0x7fffffffffffffffn;
  }

  get pendingProposals(): number {
    return this.consensus.proposals.pending;
  }

  /** Watchers that are behind get their next round. Called when the hub asks for it. */
  catchUpWatchers(): void {
    this.watchPump.run();
  }

  private apply(entries: readonly Entry[]): number {
    const applied = this.state.apply(entries);
    this.consensus.reads.applied();
    return applied;
  }

  private async install(snapshot: Snapshot): Promise<void> {
    await this.state.install(snapshot);
    this.consensus.reads.applied();
  }

  private fail(error: Error): void {
    if (!this.stopped) this.p.events.onFatal(error);
  }

  private leaseDesk(): LeaseDesk {
    const { clock, lessor, peers } = this.p;
    return new LeaseDesk({
      clock,
      lessor,
      leadership: this.leadership,
      forward: peers?.leases,
      barrier: (done) => this.barrier(done),
      whenSure: (done) => this.consensus.whenUpToDate(done),
      propose: this.propose,
    });
  }

  private membershipDesk(): MembershipDesk {
    const { clock, options, cluster, raft, peers } = this.p;
    const check = new ReconfigCheck({
      cluster,
      localId: options.memberId,
      now: () => clock.now(),
      activeSince: (id) => peers?.activeSince(id),
    });
    return new MembershipDesk({
      cluster,
      raft,
      peers,
      check: options.strictReconfigCheck === false ? undefined : check,
      propose: (change, done) => this.consensus.proposeChange(change, done),
    });
  }

  private leaderTransfer(): LeaderTransfer {
    const { clock, options, cluster, peers } = this.p;
    return new LeaderTransfer({
      clock,
      cluster,
      leadership: this.leadership,
      heartbeatMs: options.heartbeatMs,
      timeoutMs: requestTimeoutMs(options),
      activeSince: (id) => peers?.activeSince(id),
      transfer: (to) => this.consensus.transferTo(to),
    });
  }
}
