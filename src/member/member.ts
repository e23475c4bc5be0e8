/**
 * A member: the consensus core, the log and the state that apply keeps, held together over ports. It has no sockets
 * and no files of its own; time, log, backend and peers are handed in, so that a cluster of these runs in one process
 * from a seed. Services see it as `ServiceNode`.
 *
 * Laws: entries are applied in order, each exactly once (those the backend already has are skipped); an answer is given
 * only after the entry that it answers is durable on a quorum and applied here; a fatal error stops everything.
 */
import { cappedLayer, corruptLayer } from '../core/apply/alarm-layers.ts';
import type { Alarms } from '../core/apply/alarms.ts';
import { type Apply, applyToBackend } from '../core/apply/applier.ts';
import type { ApplyProgress } from '../core/apply/progress.ts';
import { type Quota, quotaLayer, type SpaceReport } from '../core/apply/quota.ts';
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import type { Lessor } from '../core/lease/index.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Store } from '../core/mvcc/store.ts';
import type { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { LogStore } from '../core/ports/log-store.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import { ConfChange, EntryType, type MemoryStorage, type Message, type RawNode } from '../core/raft/index.ts';
import type { WatchHub } from '../core/watch/index.ts';
import type { Writer } from '../core/wire/codec.ts';
import { ClusterMemberAttrSetRequest, ClusterVersionSetRequest } from '../core/wire/gen/membership.ts';
import {
  CompactionRequest,
  LeaseCheckpointRequest,
  LeaseRevokeRequest,
  type ResponseHeader,
} from '../core/wire/gen/rpc.ts';
import { Op, requestIdBits } from '../core/wire/proposal.ts';
import { type AutoCompaction, type AutoCompactionReport, AutoCompactor } from './auto-compactor.ts';
import { Compactor } from './compactor.ts';
import { EntryApplier } from './entry-applier.ts';
import { Flusher } from './flusher.ts';
import { LeaderTransfer } from './leader-transfer.ts';
import { Leadership } from './leadership.ts';
import { LeaseDesk } from './lease-desk.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { type ConfigurationChange, MembershipDesk } from './membership-desk.ts';
import { electionTimeoutMs, MAX_APPLY_LAG, type MemberOptions, requestTimeoutMs } from './options.ts';
import type { Peers } from './peers.ts';
import { Proposals } from './proposals.ts';
import { RaftLoop } from './raft-loop.ts';
import { ReadIndex } from './read-index.ts';
import { ReconfigCheck } from './reconfig-check.ts';
import { Snapshotter } from './snapshotter.ts';
import { memberQuota } from './space.ts';
import { Standstill } from './standstill.ts';
import { VersionMonitor } from './version-monitor.ts';

/** What a member is made of; `openMember` puts it together. */
export interface MemberParts {
  readonly clock: Clock;
  readonly options: MemberOptions;
  readonly raft: RawNode;
  readonly storage: MemoryStorage;
  readonly log: LogStore;
  readonly link: PeerLink;
  /** undefined: nothing can be asked of other members. */
  readonly peers?: Peers | undefined;
  readonly buffer: WriteBuffer;
  readonly progress: ApplyProgress;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly cluster: Cluster;
  readonly alarms: Alarms;
  snapshotData(
    members: readonly ClusterMember[],
    removed: readonly bigint[],
    version: string | undefined,
  ): Uint8Array;
  /** Index of the snapshot that the log goes on from. */
  readonly startIndex: number;
  readonly events: MemberEvents;
}

/** What the shell wants to hear of: for logs, metrics and the end. */
export interface MemberEvents {
  onSpace?(report: SpaceReport): void;
  onAutoCompaction?(report: AutoCompactionReport, policy: AutoCompaction): void;
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

/** Pause before a member tries again to make itself known. */
const PUBLISH_RETRY_MS = 500;
const CAMPAIGN_POLL_MS = 2;

export class Member {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly leases: LeaseDesk;
  readonly alarms: Alarms;
  readonly leadership: Leadership;
  readonly membership: MembershipDesk;
  readonly transfer: LeaderTransfer;
  private readonly p: MemberParts;
  private readonly loop: RaftLoop;
  private readonly proposals: Proposals;
  private readonly reads: ReadIndex;
  private readonly applier: EntryApplier;
  private readonly flusher: Flusher;
  private readonly compactor: Compactor;
  private readonly keeper: LeaseKeeper;
  private readonly snapshotter: Snapshotter;
  private readonly quota: Quota;
  private autoCompactor: AutoCompactor | undefined;
  private readonly versions: VersionMonitor;
  private readonly timers: Timer[] = [];
  private published = false;
  private readonly standstill: Standstill;
  private catchingUp = false;
  private stopped = false;

  constructor(parts: MemberParts) {
    this.p = parts;
    const { clock, options, buffer, events } = parts;
    this.memberId = options.memberId;
    this.clusterId = options.clusterId;
    this.cluster = parts.cluster;
    this.store = parts.store;
    this.lessor = parts.lessor;
    this.hub = parts.hub;
    this.alarms = parts.alarms;
    const timeoutMs = requestTimeoutMs(options);
    const onFatal = (error: Error): void => this.fail(error);
    const now = (): number => clock.now();
    this.leadership = new Leadership({
      memberId: options.memberId,
      electionTimeoutMs: electionTimeoutMs(options),
      now,
    });
    this.loop = new RaftLoop({
      clock,
      node: parts.raft,
      storage: parts.storage,
      log: parts.log,
      link: parts.link,
      memberId: options.memberId,
      apply: (entries) => this.applyEntries(entries),
      applySnapshot: () => {
        throw new Error('invariant: a snapshot of another member came, but none is ever sent here');
      },
      onReadStates: (states) => {
        for (const { index, requestCtx } of states) this.reads.answer(requestCtx, index);
      },
      onSoftState: ({ lead }) => this.leaderIs(lead),
      onFatal,
    });
    this.proposals = new Proposals({
      clock,
      memberId: options.memberId,
      maxRequestBytes: options.maxRequestBytes,
      timeoutMs,
      submit: (entries) => this.submit(entries),
      explainTimeout: (since) => this.leadership.explainTimeout(since),
      tooLarge: events.onRequestTooLarge,
    });
    this.reads = new ReadIndex({
      clock,
      timeoutMs,
      ask: (context) => this.askReadIndex(context),
      appliedIndex: () => this.applier.appliedIndex,
      nextContext: () => idBytes(requestIdBits(this.proposals.nextId())),
      onSlow: events.onSlowRead,
    });
    this.flusher = new Flusher({
      clock,
      buffer,
      intervalMs: options.flushIntervalMs,
      maxWrites: options.flushMaxWrites,
      onFlushed: (milliseconds) => {
        this.quota.measure();
        events.onFlushed(milliseconds);
      },
      onFatal,
    });
    const flush = (): Promise<void> => this.flusher.flush();
    this.compactor = new Compactor({
      clock,
      pauseMs: options.compactionPauseMs,
      flush,
      onFinished: events.onCompacted,
    });
    this.snapshotter = new Snapshotter({
      ...parts,
      snapshotCount: options.snapshotCount,
      catchUpEntries: options.catchUpEntries,
      flush,
      onSnapshot: events.onSnapshot,
      onFatal,
    });
    this.quota = memberQuota({
      memberId: options.memberId,
      quotaBytes: options.quotaBytes,
      buffer,
      alarms: parts.alarms,
      propose: this.propose,
      onReport: events.onSpace,
    });
    this.applier = new EntryApplier(
      {
        apply: this.layers(),
        progress: parts.progress,
        cluster: parts.cluster,
        proposals: this.proposals,
        applyConfChange: (change) => parts.raft.applyConfChange(change),
        onEmptyEntry: (term) => this.onEmptyEntry(term),
        onMembershipChanged: ({ nodeId }) => {
          if (parts.cluster.isRemoved(options.memberId)) events.onRemoved();
          else events.onMembershipChanged(nodeId, parts.cluster.member(nodeId));
        },
      },
      parts.startIndex,
    );
    this.standstill = new Standstill({
      clock,
      limitMs: electionTimeoutMs(options),
      confirm: (done) => this.barrier(done),
    });
    this.leases = new LeaseDesk({
      clock,
      lessor: parts.lessor,
      leadership: this.leadership,
      forward: parts.peers?.leases,
      barrier: (done) => this.barrier(done),
      whenSure: (done) => this.standstill.whenSure(done),
      propose: this.propose,
    });
    const { cluster, peers } = parts;
    const activeSince = (id: bigint): number | undefined => peers?.activeSince(id);
    this.membership = new MembershipDesk({
      cluster,
      raft: parts.raft,
      peers,
      check:
        options.strictReconfigCheck === false
          ? undefined
          : new ReconfigCheck({ cluster, localId: options.memberId, now, activeSince }),
      propose: (change, done) => this.proposeChange(change, done),
    });
    this.transfer = new LeaderTransfer({
      clock,
      cluster,
      leadership: this.leadership,
      heartbeatMs: options.heartbeatMs,
      timeoutMs,
      activeSince,
      transfer: (to) => this.loop.input((node) => node.transferLeader(to)),
    });
    this.versions = new VersionMonitor({
      clock,
      cluster,
      leadership: this.leadership,
      serverVersion: options.serverVersion,
      peers,
      set: (ver) => this.propose(Op.ClusterVersionSet, { ver }, ClusterVersionSetRequest.write, () => {}),
    });
    this.keeper = new LeaseKeeper({
      clock,
      lessor: parts.lessor,
      checkpoints: options.leaseCheckpoints,
      whenSure: (done) => this.standstill.whenSure(done),
      revoke: (ID, done) => this.propose(Op.LeaseRevoke, { ID }, LeaseRevokeRequest.write, done),
      checkpoint: (checkpoints) =>
        this.propose(
          Op.LeaseCheckpoint,
          { checkpoints: [...checkpoints] },
          LeaseCheckpointRequest.write,
          () => {},
        ),
    });
  }

  /** Starts ticking. A single voter elects itself at once instead of waiting out the election timeout. */
  start(): void {
    const { clock, options } = this.p;
    const unfinished = this.store.unfinishedCompaction();
    if (unfinished) this.compactor.start(this.store.compactRevision, unfinished);
    const tick = (): void => {
      this.standstill.ticked();
      this.loop.input((node) => node.tick());
    };
    this.timers.push(clock.every(options.heartbeatMs, tick));
    this.autoCompactor = this.startAutoCompactor();
    this.loop.wake();
    this.campaignAlone();
    this.publish();
  }

  /** Fails what waits, makes durable what was applied, and closes the log. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
    this.keeper.stop();
    this.autoCompactor?.stop();
    this.versions.stop();
    this.snapshotter.stop();
    this.compactor.stop();
    this.loop.stop();
    this.proposals.stop();
    this.reads.stop();
    await this.flusher.stop();
    await this.p.log.close();
  }

  /** A message of another member. */
  step(message: Message): void {
    this.loop.input((node) => node.step(message));
  }

  /** Messages to this member were lost. */
  reportUnreachable(id: bigint): void {
    this.loop.input((node) => node.reportUnreachable(id));
  }

  /** A snapshot arrived there, or did not. */
  reportSnapshot(id: bigint, ok: boolean): void {
    this.loop.input((node) => node.reportSnapshot(id, ok));
  }

  readonly propose = <Req, Res>(
    op: number,
    request: Req,
    write: (w: Writer, request: Req) => void,
    done: Done<Res>,
  ): void => {
    if (this.committedIndex() > this.appliedIndex() + MAX_APPLY_LAG) return done(ERR.TooManyRequests);
    this.proposals.propose(op, request, write, done);
  };

  /** Whether the database has room for the request; if not, the alarm is on its way. */
  hasRoomFor(op: number, request: unknown): boolean {
    return this.quota.admits(op, request);
  }

  /** Makes durable what was applied so far. */
  flush(): Promise<void> {
    return this.flusher.flush();
  }

  barrier(done: Done<void>): void {
    this.reads.barrier(done);
  }

  compacted(revision: number, done: Done<void>): void {
    this.compactor.whenFinished(revision, () => done(undefined));
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
    return this.applier.appliedIndex;
  }

  isLearner(): boolean {
    return this.cluster.isLocalLearner();
  }

  newLeaseId(): bigint {
    return requestIdBits(this.proposals.nextId()) & 0x7fffffffffffffffn;
  }

  get pendingProposals(): number {
    return this.proposals.pending;
  }

  /** Watchers that are behind get their next round. Called when the hub asks for it. */
  catchUpWatchers(): void {
    if (this.catchingUp || this.stopped) return;
    this.catchingUp = true;
    this.p.clock.endOfTurn(() => {
      this.catchingUp = false;
      if (!this.stopped && this.hub.catchUp()) this.catchUpWatchers();
    });
  }

  /** A single voter has nobody to wait for: it stands for election as soon as it has replayed its log. */
  private campaignAlone(): void {
    if (this.stopped || this.leadership.leader !== 0n) return;
    const voters = this.cluster.voters();
    if (voters.length > 1) return;
    const replayed = this.appliedIndex() >= this.committedIndex();
    if (replayed && voters[0]?.id === this.memberId) this.loop.input((node) => node.campaign());
    else this.p.clock.after(CAMPAIGN_POLL_MS, () => this.campaignAlone());
  }

  private startAutoCompactor(): AutoCompactor {
    return new AutoCompactor({
      clock: this.p.clock,
      policy: this.p.options.autoCompaction ?? { mode: 'off' },
      currentRevision: () => this.store.currentRevision,
      isLeader: () => this.leadership.isLeader,
      compact: (revision, done) =>
        this.propose(Op.Compaction, { revision, physical: false }, CompactionRequest.write, done),
      onReport: (report, policy) => this.p.events.onAutoCompaction?.(report, policy),
    });
  }

  private layers(): Apply {
    const { store, lessor, hub, cluster, buffer, alarms, events } = this.p;
    const backend = applyToBackend({
      store,
      lessor,
      hub,
      cluster,
      buffer,
      alarms,
      startCompaction: (revision, work) => this.compactor.start(revision, work),
      clusterVersionChanged: events.onClusterVersion,
    });
    return corruptLayer(alarms, cappedLayer(alarms, quotaLayer(this.quota, backend)));
  }

  private submit(entries: Uint8Array[]): boolean {
    if (this.leadership.leader === 0n) return false;
    // Dropped (a transfer is under way): they stay in the batch, for the next leader.
    if (this.loop.input((node) => node.propose(entries))) return false;
    this.loop.run();
    return true;
  }

  private proposeChange(change: ConfigurationChange, done: Done<ClusterMember[]>): void {
    const id = this.proposals.nextId();
    const data = ConfChange.encode({ id: requestIdBits(id), ...change });
    this.proposals.wait(id, 0, change, done);
    this.loop.input((node) => node.proposeConfChange(EntryType.EntryConfChange, data));
  }

  /**
   * A leader has to have committed an entry of its own term first (Raft dissertation, section 6.4). The core waits for
   * that in a cluster, but answers a single voter at once, whose commit index after a restart may be older than what it
   * had acknowledged: so the question is kept back here, and asked when that entry is applied.
   */
  private askReadIndex(context: Uint8Array): void {
    if (this.leadership.isLeader && !this.lessor.isPrimary) return;
    this.loop.input((node) => node.readIndex(context));
  }

  private applyEntries(entries: Parameters<EntryApplier['apply']>[0]): void {
    this.applier.apply(entries);
    this.flusher.written();
    this.reads.applied();
    this.snapshotter.applied(this.applier.appliedIndex);
  }

  private leaderIs(leader: bigint): void {
    if (!this.leadership.update(leader)) return;
    if (leader !== this.memberId) this.lessor.demote();
    this.reads.leaderChanged();
    this.p.events.onLeader(leader, this.term());
    if (leader !== 0n) this.proposals.flush();
  }

  /** The first entry of a term is applied: from now on the leader may trust its clock and its commit index. */
  private onEmptyEntry(term: number): void {
    if (!this.leadership.isLeader || term !== this.term()) return;
    const extendMs = electionTimeoutMs(this.p.options);
    this.lessor.promote({ now: this.p.clock.now(), extendMs });
    this.reads.askAgain();
    this.versions.check();
  }

  /** Tells the cluster this member's name and client URLs, until it knows them. */
  private publish(): void {
    if (this.published || this.stopped) return;
    const { clock, options, events } = this.p;
    const memberAttributes = { name: options.name, clientUrls: [...options.clientURLs] };
    const request = { memberID: options.memberId, memberAttributes };
    const again = (error: EtcdError | undefined): void => {
      if (error) {
        clock.after(PUBLISH_RETRY_MS, () => this.publish());
        return;
      }
      this.published = true;
      events.onPublished();
    };
    this.propose(Op.ClusterMemberAttrSet, request, ClusterMemberAttrSetRequest.write, again);
  }

  private fail(error: Error): void {
    if (this.stopped) return;
    this.p.events.onFatal(error);
  }
}

function idBytes(id: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}
