/**
 * Lets go of old log. Every `snapshotCount` applied entries the backend is made durable, then the log gets a snapshot
 * record (membership and position; the data itself is in the backend), and both the stored and the in-memory log forget
 * what lies before. Law: nothing is released that the backend does not have.
 */
import type { ApplyProgress } from '../core/apply/progress.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { LogSnapshot, LogStore } from '../core/ports/log-store.ts';
import type { MemoryStorage } from '../core/raft/index.ts';

/** How often released segments and old .snap files are looked for. */
const PURGE_MS = 30_000;

export interface SnapshotterOptions {
  readonly clock: Clock;
  readonly storage: MemoryStorage;
  readonly log: LogStore;
  readonly progress: ApplyProgress;
  readonly cluster: Cluster;
  readonly startIndex: number;
  readonly snapshotCount: number;
  readonly catchUpEntries: number;
  /** The content of a .snap file: the membership, in etcd's v2 store form. */
  snapshotData(
    members: readonly ClusterMember[],
    removed: readonly bigint[],
    version: string | undefined,
  ): Uint8Array;
  flush(): Promise<void>;
  /** A member that has just been sent a snapshot will ask for what lies behind it. */
  isSending(): boolean;
  onSnapshot(index: number): void;
  onFatal(error: Error): void;
}

export class Snapshotter {
  private readonly o: SnapshotterOptions;
  private readonly purger: Timer;
  private last: number;
  private taking: Promise<void> | undefined;
  private suspended = false;

  constructor(options: SnapshotterOptions) {
    this.o = options;
    this.last = options.startIndex;
    this.purger = options.clock.every(PURGE_MS, () => {
      options.log.purge().catch(options.onFatal);
    });
  }

  /** The last that was taken, or that the member began with. */
  get lastIndex(): number {
    return this.last;
  }

  /** To be called when the applied index has moved. */
  applied(index: number): void {
    // During replay the backend is ahead of us: a snapshot of what it has would be ahead of the commit index in the log.
    if (this.taking || this.suspended || index < this.o.progress.index) return;
    if (index - this.last <= this.o.snapshotCount) return;
    this.taking = this.take()
      .catch(this.o.onFatal)
      .finally(() => {
        this.taking = undefined;
      });
  }

  /** Waits for a snapshot that is being taken; none begins before `resume`. */
  async suspend(): Promise<void> {
    this.suspended = true;
    await this.taking;
  }

  /** @param index of the snapshot that came from the leader meanwhile */
  resume(index: number): void {
    this.suspended = false;
    this.last = Math.max(this.last, index);
  }

  stop(): void {
    this.purger.cancel();
  }

  private async take(): Promise<void> {
    const { progress, cluster, log, storage, flush, snapshotData, catchUpEntries, onSnapshot } = this.o;
    const { index, term, confState } = progress;
    if (!confState) throw new Error('invariant: a snapshot without a configuration');
    const data = snapshotData(cluster.members(), cluster.removedIds(), cluster.version);
    const snapshot: LogSnapshot = { data, metadata: { index, term, confState } };
    await flush();
    await new Promise<void>((resolve, reject) =>
      log.saveSnapshot(snapshot, (error) => (error ? reject(error) : resolve())),
    );
    // A snapshot of the leader may have come meanwhile, and is newer.
    if (index > storage.snapshot().metadata!.index) storage.createSnapshot(index, confState, data);
    const compactTo = index - catchUpEntries;
    if (compactTo >= storage.firstIndex() && !this.o.isSending()) storage.compact(compactTo);
    this.last = index;
    onSnapshot(index);
  }
}
