/**
 * What committed entries make: the layers that apply them, the database that takes their effects, the compactions they
 * schedule and the log that is let go of behind them.
 */
import { cappedLayer, corruptLayer } from '../core/apply/alarm-layers.ts';
import { type Apply, applyToBackend } from '../core/apply/applier.ts';
import { quotaLayer } from '../core/apply/quota.ts';
import type { Entry, Snapshot } from '../core/raft/index.ts';
import { Compactor } from './compactor.ts';
import { EntryApplier } from './entry-applier.ts';
import { Flusher } from './flusher.ts';
import type { MemberParts, Propose } from './parts.ts';
import type { Proposals } from './proposals.ts';
import { SnapshotInstaller } from './snapshot-installer.ts';
import { Snapshotter } from './snapshotter.ts';
import { Space } from './space.ts';

/** Events handed to watchers in one turn, after which the next entry waits: 2 ms of work. */
const EVENTS_A_TURN = 3_000;

export interface AppliedStateEnd {
  readonly proposals: Proposals;
  readonly propose: Propose;
  /** A snapshot is on its way to another member. */
  isSending(): boolean;
  isLeader(): boolean;
  /** A leader's first entry of its term was applied. */
  onEmptyEntry(term: number): void;
  onFatal(error: Error): void;
}

export class AppliedState {
  readonly applier: EntryApplier;
  readonly flusher: Flusher;
  readonly compactor: Compactor;
  readonly space: Space;
  private readonly p: MemberParts;
  private readonly snapshotter: Snapshotter;
  private readonly installer: SnapshotInstaller;

  constructor(parts: MemberParts, end: AppliedStateEnd) {
    this.p = parts;
    const { clock, options, buffer, events } = parts;
    const { onFatal } = end;
    this.flusher = new Flusher({
      clock,
      buffer,
      intervalMs: options.flushIntervalMs,
      maxWrites: options.flushMaxWrites,
      onFlushed: (milliseconds) => {
        this.space.quota.measure();
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
      isSending: () => end.isSending(),
      onSnapshot: events.onSnapshot,
      onFatal,
    });
    this.space = new Space({
      clock,
      memberId: options.memberId,
      quotaBytes: options.quotaBytes,
      autoDisarm: options.autoDisarm === true,
      buffer,
      alarms: parts.alarms,
      cluster: parts.cluster,
      isLeader: () => end.isLeader(),
      propose: end.propose,
      onReport: events.onSpace,
    });
    this.applier = new EntryApplier(
      {
        apply: this.layers(),
        progress: parts.progress,
        cluster: parts.cluster,
        proposals: end.proposals,
        clock,
        eventsDelivered: () => parts.hub.delivered,
        eventsATurn: options.eventsATurn ?? EVENTS_A_TURN,
        applyConfChange: (change) => parts.raft.applyConfChange(change),
        onEmptyEntry: (term) => end.onEmptyEntry(term),
        onChangeApplied: (kind, member) => events.onMembershipApplied?.(kind, member),
        onMembershipChanged: ({ nodeId }) => {
          if (parts.cluster.isRemoved(options.memberId)) events.onRemoved();
          else events.onMembershipChanged(nodeId, parts.cluster.member(nodeId));
        },
      },
      parts.startIndex,
    );
    const { applier, flusher, compactor, snapshotter } = this;
    this.installer = new SnapshotInstaller({ parts, applier, flusher, compactor, snapshotter });
  }

  /** Goes on with a compaction that a crash interrupted. */
  start(): void {
    const { store } = this.p;
    const unfinished = store.unfinishedCompaction();
    if (unfinished) this.compactor.start(store.compactRevision, unfinished);
  }

  /** How many were applied: watchers may make so much of them that the others have to wait for the next turn. */
  apply(entries: readonly Entry[]): number {
    const applied = this.applier.apply(entries);
    this.flusher.written();
    this.snapshotter.applied(this.applier.appliedIndex);
    return applied;
  }

  /** A leader's snapshot takes the place of everything. */
  async install(snapshot: Snapshot): Promise<void> {
    await this.installer.install(snapshot);
    this.space.quota.measure();
  }

  /** Makes durable what was applied. */
  async stop(): Promise<void> {
    this.space.stop();
    this.snapshotter.stop();
    this.compactor.stop();
    await this.installer.stop();
    await this.flusher.stop();
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
    return corruptLayer(alarms, cappedLayer(alarms, quotaLayer(this.space.quota, backend)));
  }
}
