/**
 * The log of a member: appends, snapshots, segments. Everything that arrives while a write is under way leaves with the
 * next one: one write and one sync for all that waits (group commit), in two buffers that take turns.
 *
 *   append --> encode into the idle buffer --> writeDurable --> acknowledge, in order --> next
 *                                                  |
 *                                  segment full: cut --> appends wait unencoded until the new segment has its head
 */
import { type Disk, DiskError, type DiskFile } from '../../core/ports/disk.ts';
import {
  type LogBatch,
  type LogDone,
  type LogHardState,
  type LogIdentity,
  type LogSnapshot,
  type LogStore,
  LogStoreError,
} from '../../core/ports/log-store.ts';
import { Metadata, WalSnapshot } from '../../core/wire/gen/wal.ts';
import { purgeSnapFiles, writeSnapFile } from '../snapshot/snap-file.ts';
import { RecordEncoder } from './encoder.ts';
import { RecordType, type SegmentName, segmentName } from './format.ts';
import { SegmentPipeline } from './segment-pipeline.ts';

/** For metrics and log lines. Milliseconds and bytes. */
export interface LogObserver {
  onWrite(milliseconds: number, bytes: number): void;
}

export interface WriteAheadLogOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly snapDirectory: string;
  readonly segmentBytes: number;
  /** Segments to keep (--max-wals); 0: all. */
  readonly maxSegments: number;
  /** .snap files to keep (--max-snapshots); 0: all. */
  readonly maxSnapshots: number;
  readonly now: () => number;
  readonly observer: LogObserver;
}

/** Where a log that was read or made goes on. */
export interface LogPosition {
  readonly identity: LogIdentity;
  readonly file: DiskFile;
  readonly segments: readonly SegmentName[];
  readonly offset: number;
  readonly crc: number;
  readonly lastIndex: number;
  readonly hardState: LogHardState;
}

interface Waiting {
  readonly batch: LogBatch | { readonly snapshot: LogSnapshot };
  readonly done: LogDone;
}

export class WriteAheadLog implements LogStore {
  private readonly o: WriteAheadLogOptions;
  private readonly metadata: Uint8Array;
  private readonly pipeline: SegmentPipeline;
  private file: DiskFile;
  private segments: SegmentName[];
  private offset: number;
  private crc: number;
  private lastIndex: number;
  private hardState: LogHardState;
  /** `active` is being filled, `spare` is with the disk or empty. */
  private active = new RecordEncoder();
  private spare = new RecordEncoder();
  private acknowledgements: LogDone[] = [];
  private syncWanted = false;
  private writing = false;
  /** Set while a segment is being cut: what comes waits here. */
  private held: Waiting[] | undefined;
  private releasedUpTo = 0;
  /** The last snapshot with a record on disk. */
  private recordedSnapshot = 0;
  /** The commit index of the last hard state that is on disk. */
  private durableCommit: number;
  private failure: LogStoreError | undefined;
  private idle: (() => void) | undefined;
  private purging: Promise<readonly string[]> | undefined;

  constructor(options: WriteAheadLogOptions, position: LogPosition) {
    this.o = options;
    this.file = position.file;
    this.segments = [...position.segments];
    this.offset = position.offset;
    this.crc = position.crc;
    this.lastIndex = position.lastIndex;
    this.hardState = position.hardState;
    this.durableCommit = position.hardState.commit;
    const { nodeId, clusterId } = position.identity;
    this.metadata = Metadata.encode({ NodeID: nodeId, ClusterID: clusterId });
    this.pipeline = new SegmentPipeline(options.disk, options.directory, options.segmentBytes);
    this.pipeline.prepare();
  }

  append(batch: LogBatch, done: LogDone): void {
    if (this.failure) return this.refuse(done);
    if (this.held) {
      this.held.push({ batch, done });
      return;
    }
    this.encode(batch);
    this.acknowledgements.push(done);
    if (this.writing) return;
    if (this.syncWanted) this.write();
    else this.acknowledgeUnsynced();
  }

  saveSnapshot(snapshot: LogSnapshot, done: LogDone): void {
    if (this.failure) return this.refuse(done);
    writeSnapFile(this.o.disk, this.o.snapDirectory, snapshot).then(
      () => this.recordSnapshot(snapshot, done),
      (error: unknown) => {
        this.fail(error);
        this.refuse(done);
      },
    );
  }

  /** One at a time: a second call joins the first. */
  purge(): Promise<readonly string[]> {
    this.purging ??= this.removeReleased().finally(() => {
      this.purging = undefined;
    });
    return this.purging;
  }

  private async removeReleased(): Promise<readonly string[]> {
    const { disk, directory, snapDirectory, maxSegments, maxSnapshots } = this.o;
    const removed: string[] = [];
    while (maxSegments > 0 && this.segments.length > maxSegments && this.releasable()) {
      const path = `${directory}/${this.segments[0].name}`;
      this.segments.shift();
      await disk.remove(path);
      removed.push(path);
    }
    removed.push(...(await purgeSnapFiles(disk, snapDirectory, maxSnapshots)));
    return removed;
  }

  async close(): Promise<void> {
    if (this.failure?.kind !== 'io') await this.drain();
    const failed = this.failure;
    this.failure ??= new LogStoreError('closed', 'wal: closed', { path: this.o.directory });
    await this.pipeline.close();
    await this.file.close();
    if (failed && failed.kind !== 'closed') throw failed;
  }

  /** Waits until everything handed over so far is on disk. */
  private async drain(): Promise<void> {
    if (this.active.length > 0 && !this.writing && !this.held) this.write();
    if (this.writing || this.held) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private encode({ entries, hardState, mustSync }: LogBatch): void {
    for (const entry of entries) this.crc = this.active.entry(entry, this.crc);
    if (entries.length > 0) {
      this.lastIndex = entries[entries.length - 1].index;
      this.syncWanted = true;
    }
    if (hardState && !isEmpty(hardState)) {
      this.crc = this.active.state(hardState, this.crc);
      if (hardState.term !== this.hardState.term || hardState.vote !== this.hardState.vote)
        this.syncWanted = true;
      this.hardState = hardState;
    }
    if (mustSync) this.syncWanted = true;
  }

  private recordSnapshot(snapshot: LogSnapshot, done: LogDone): void {
    if (this.failure) return this.refuse(done);
    if (this.held) {
      this.held.push({ batch: { snapshot }, done });
      return;
    }
    const { index, term, confState } = snapshot.metadata;
    const copy = {
      voters: [...confState.voters],
      learners: [...confState.learners],
      votersOutgoing: [...confState.votersOutgoing],
      learnersNext: [...confState.learnersNext],
      autoLeave: confState.autoLeave,
    };
    this.crc = this.active.record(
      RecordType.Snapshot,
      WalSnapshot.encode({ index, term, confState: copy }),
      this.crc,
    );
    this.lastIndex = Math.max(this.lastIndex, index);
    this.syncWanted = true;
    this.acknowledgements.push((error) => {
      if (!error) this.recordedSnapshot = index;
      done(error);
    });
    if (!this.writing) this.write();
  }

  /**
   * The last segment that begins at or before the released index still holds what comes behind it. A snapshot that no
   * durable hard state commits does not count after a crash, so it releases nothing yet.
   */
  private releasable(): boolean {
    if (this.recordedSnapshot <= this.durableCommit) {
      this.releasedUpTo = Math.max(this.releasedUpTo, this.recordedSnapshot);
    }
    return this.segments.length > 1 && this.segments[1].index <= this.releasedUpTo;
  }

  private write(): void {
    const out = this.active;
    this.active = this.spare;
    this.spare = out;
    const waiting = this.acknowledgements;
    this.acknowledgements = [];
    this.syncWanted = false;
    this.writing = true;
    const { commit } = this.hardState;
    const since = this.o.now();
    this.file.writeDurable(out.buffer, out.length, this.offset, (error) => {
      if (error) this.fail(error);
      else {
        this.offset += out.length;
        this.durableCommit = commit;
        this.o.observer.onWrite(this.o.now() - since, out.length);
      }
      out.reset();
      this.writing = false;
      for (const done of waiting) done(this.failure ?? null);
      this.afterWrite();
    });
  }

  private afterWrite(): void {
    if (this.failure) {
      const rest = this.acknowledgements;
      this.acknowledgements = [];
      for (const done of rest) done(this.failure);
      return this.settle();
    }
    // An acknowledgement may have appended, and so begun the next write already.
    if (this.writing || this.held) return;
    if (this.offset >= this.o.segmentBytes) {
      this.cut();
    } else if (this.syncWanted) this.write();
    else if (this.acknowledgements.length > 0) this.acknowledgeUnsynced();
    else this.settle();
  }

  private settle(): void {
    const { idle } = this;
    this.idle = undefined;
    idle?.();
  }

  /** What needs no sync is acknowledged in a turn of its own; its bytes leave with the next write. */
  private acknowledgeUnsynced(): void {
    const waiting = this.acknowledgements;
    this.acknowledgements = [];
    void Promise.resolve().then(() => {
      for (const done of waiting) done(this.failure ?? null);
    });
    this.settle();
  }

  /** Goes on in the next segment. Bytes that wait in `active` belong to the old one: they are written to it first. */
  private cut(): void {
    this.held = [];
    const rest = this.active;
    const waiting = this.acknowledgements;
    this.acknowledgements = [];
    this.syncWanted = false;
    this.nextSegment(rest).then(
      () => {
        const held = this.held ?? [];
        this.held = undefined;
        // Before the acknowledgements: what they append comes behind what was held, in the log and in their order.
        for (const { batch, done } of held) {
          if ('snapshot' in batch) this.recordSnapshot(batch.snapshot, done);
          else this.append(batch, done);
        }
        for (const done of waiting) done(null);
        this.afterWrite();
      },
      (error: unknown) => {
        this.fail(error);
        const held = this.held ?? [];
        this.held = undefined;
        for (const done of waiting) done(this.failure!);
        for (const { done } of held) done(this.failure!);
        this.settle();
      },
    );
  }

  private async nextSegment(rest: RecordEncoder): Promise<void> {
    const { disk, directory } = this.o;
    if (rest.length > 0) {
      await this.file.write(rest.buffer.subarray(0, rest.length), this.offset);
      this.offset += rest.length;
      rest.reset();
    }
    await this.file.truncate(this.offset);
    await this.file.sync();
    await this.file.close();

    const next = await this.pipeline.take();
    const head = new RecordEncoder();
    head.crcRecord(this.crc);
    let crc = head.record(RecordType.Metadata, this.metadata, this.crc);
    if (!isEmpty(this.hardState)) crc = head.state(this.hardState, crc);
    await next.write(head.buffer.subarray(0, head.length), 0);
    await next.sync();
    const sequence = this.segments[this.segments.length - 1].sequence + 1;
    const index = this.lastIndex + 1;
    const name = segmentName(sequence, index);
    const path = `${directory}/${name}`;
    await next.close();
    await disk.rename(next.path, path);
    await disk.syncDirectory(directory);
    this.file = await disk.open(path, 'write');
    this.segments.push({ name, sequence, index });
    this.offset = head.length;
    this.crc = crc;
    this.pipeline.prepare();
  }

  private fail(error: unknown): void {
    const path = error instanceof DiskError ? error.path : this.o.directory;
    const message = error instanceof Error ? error.message : String(error);
    this.failure ??= new LogStoreError('io', `wal: ${message}`, { path, cause: error });
  }

  private refuse(done: LogDone): void {
    const { failure } = this;
    void Promise.resolve().then(() => done(failure ?? null));
  }
}

function isEmpty({ term, vote, commit }: LogHardState): boolean {
  return term === 0 && vote === 0n && commit === 0;
}
