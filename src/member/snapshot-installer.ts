/**
 * Puts a leader's snapshot in the place of all that this member had. The new state is built beside the old one, a slice
 * a turn, while reads go on in the old; then everything changes in one turn: database, index, leases, alarms, membership,
 * position. Watchers stay: those that the new history reaches back to go on, the others are told what is compacted.
 *
 * Law: the log has the snapshot before this begins, so that a crash at any point ends in the new state.
 */
import { readMembership } from '../core/membership/buckets.ts';
import type { RebuiltState } from '../core/mvcc/store.ts';
import { readBucket } from '../core/ports/backend.ts';
import type { IncomingDatabase } from '../core/ports/database-inbox.ts';
import type { Snapshot } from '../core/raft/index.ts';
import type { Compactor } from './compactor.ts';
import { drive } from './drive.ts';
import type { EntryApplier } from './entry-applier.ts';
import type { SnapshotInstallReport } from './events.ts';
import type { Flusher } from './flusher.ts';
import type { MemberParts } from './parts.ts';
import type { Snapshotter } from './snapshotter.ts';

export interface SnapshotInstallerOptions {
  readonly parts: MemberParts;
  readonly applier: EntryApplier;
  readonly flusher: Flusher;
  readonly compactor: Compactor;
  readonly snapshotter: Snapshotter;
}

type SnapshotMetadata = NonNullable<Snapshot['metadata']>;

export class SnapshotInstaller {
  private readonly o: SnapshotInstallerOptions;
  private stopped = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(options: SnapshotInstallerOptions) {
    this.o = options;
  }

  /** Resolves when the member is at the snapshot's index, or has stopped. */
  install({ metadata }: Snapshot): Promise<void> {
    const done = this.replace(metadata!);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Gives up before the switch, or waits for its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.last;
  }

  private async replace(metadata: SnapshotMetadata): Promise<void> {
    const { parts, applier, compactor, snapshotter } = this.o;
    const { index, term } = metadata;
    const report: Omit<SnapshotInstallReport, 'kind'> = {
      index,
      term,
      snapshotIndex: snapshotter.lastIndex,
      appliedIndex: applier.appliedIndex,
    };
    parts.events.onSnapshotInstall?.({ kind: 'applying', ...report });
    await snapshotter.suspend();
    const incoming = await parts.inbox.open(index);
    if (!incoming) throw new Error(`invariant: the database of snapshot ${index} did not come with it`);
    const lessor = parts.lessor.another();
    lessor.restore(readBucket(incoming, 'lease').map(({ value }) => value));
    const rebuilt = await drive(parts.store.rebuild(incoming, lessor), parts.clock, () => this.stopped);
    if (!rebuilt) return incoming.close();
    compactor.abandon();
    const versionBefore = parts.cluster.version;
    await this.switch(incoming, () => {
      parts.lessor.adopt(lessor);
      this.switched(rebuilt, metadata);
    });
    snapshotter.resume(index);
    this.goOn(versionBefore);
    parts.events.onSnapshotInstall?.({ kind: 'applied', ...report });
  }

  /** What was applied here and is not in the backend yet is in the snapshot: it is dropped. */
  private async switch(incoming: IncomingDatabase, switched: () => void): Promise<void> {
    const release = await this.o.flusher.hold();
    try {
      await incoming.install(switched);
    } finally {
      release();
    }
  }

  private switched(rebuilt: RebuiltState, { index, term, confState }: SnapshotMetadata): void {
    const { buffer, progress, store, alarms, cluster, hub } = this.o.parts;
    buffer.discard();
    progress.load(buffer);
    progress.term = term;
    progress.confState = confState;
    store.adopt(rebuilt);
    alarms.load();
    const { members, removed, version } = readMembership(buffer.backend);
    cluster.restore(members, removed, version);
    this.o.applier.restored(index);
    hub.restored(store);
  }

  private goOn(versionBefore: string | undefined): void {
    const { parts, compactor } = this.o;
    const { store, cluster, events, options } = parts;
    const unfinished = store.unfinishedCompaction();
    if (unfinished) compactor.start(store.compactRevision, unfinished);
    if (cluster.version && cluster.version !== versionBefore) events.onClusterVersion(cluster.version);
    if (cluster.isRemoved(options.memberId)) events.onRemoved();
    else events.onMembershipRestored?.(cluster.members());
  }
}
