/**
 * The multi-version store: reads at any revision that is not compacted, writes as transactions that each make one
 * revision. One writer, no concurrency: every call here runs to its end, and what may take long is sliced work that
 * the shell drives.
 */
import type { BackendReader } from '../ports/backend.ts';
import { toLatin1 } from '../wire/bytes.ts';
import type { Activity } from './activity.ts';
import { scheduleCompaction, unfinishedCompaction } from './compaction.ts';
import { startHash } from './hash.ts';
import { readChanges } from './history.ts';
import { isPoint, RangeCursor, rangeSteps, readPoint } from './range.ts';
import { type LeaseBinding, NO_LEASES, type RangeOptions, type RangeResult } from './requests.ts';
import { type RestoreReport, restoreSteps, sourceOf } from './restore.ts';
import { type KvHash, StoreState } from './state.ts';
import { alreadyDone, runSteps, type SlicedWork, type Steps, sliced } from './steps.ts';
import type { Change, History } from './types.ts';
import type { WriteBuffer } from './write-buffer.ts';
import { pointResult, WriteTxn } from './write-txn.ts';

export type { RangeCursor } from './range.ts';
export type { KvHash } from './state.ts';
export type { SlicedWork } from './steps.ts';
export type { WriteTxn } from './write-txn.ts';

export interface StoreOptions {
  readonly buffer: WriteBuffer;
  readonly leases?: LeaseBinding;
}

const nothing = (): void => {};

/** A store's state as another database has it, not in use yet. */
export interface RebuiltState {
  readonly state: StoreState;
  readonly restored: RestoreReport;
}

export class Store implements History {
  private current: RebuiltState;

  private constructor(current: RebuiltState) {
    this.current = current;
  }

  /** For the functions of this room. */
  get state(): StoreState {
    return this.current.state;
  }

  get restored(): RestoreReport {
    return this.current.restored;
  }

  /** Rebuilds the index from the backend, and attaches keys to their leases, which have to be there already. */
  static open({ buffer, leases = NO_LEASES }: StoreOptions): SlicedWork<Store> {
    return sliced(Store.openSteps(new StoreState(buffer, leases)));
  }

  private static *openSteps(state: StoreState): Steps<Store> {
    return new Store({ state, restored: yield* restoreSteps(state, state.buffer, state.leases) });
  }

  /**
   * Reads what the store would be on another database, while it goes on as it is. Keys are attached to `leases`, which
   * are those of that database.
   */
  rebuild(source: BackendReader, leases: LeaseBinding): SlicedWork<RebuiltState> {
    const state = new StoreState(this.state.buffer, this.state.leases, this.state.activity);
    return sliced(Store.rebuildSteps(state, source, leases));
  }

  private static *rebuildSteps(
    state: StoreState,
    source: BackendReader,
    leases: LeaseBinding,
  ): Steps<RebuiltState> {
    return { state, restored: yield* restoreSteps(state, sourceOf(source), leases) };
  }

  /** From now on the store is this: the database has been replaced. Sliced work that was begun before fails as Compacted. */
  adopt(rebuilt: RebuiltState): void {
    this.state.isReplaced = true;
    this.current = rebuilt;
  }

  get activity(): Readonly<Activity> {
    return this.state.activity;
  }

  get currentRevision(): number {
    return this.state.currentRevision;
  }

  /** Reads below it fail. NEVER_COMPACTED at first. */
  get compactRevision(): number {
    return this.state.compactRevision;
  }

  /** Living keys. */
  get keyCount(): number {
    return this.state.index.count({ start: '', end: undefined }, this.currentRevision);
  }

  /** Hashes that compactions took on their way, the newest last; at most ten, and none from before a restart. */
  get compactionHashes(): readonly KvHash[] {
    return this.state.compactionHashes;
  }

  /** Revision 0 or below: the current one. @throws KvError Compacted, FutureRev */
  range(options: RangeOptions): RangeResult {
    const main = this.readableAt(options.revision);
    const { currentRevision } = this.state;
    if (isPoint(options))
      return pointResult(readPoint(this.state, toLatin1(options.key), main), currentRevision);
    return { ...runSteps(rangeSteps(this.state, options, main, nothing)), revision: currentRevision };
  }

  /** `range` in slices, for any options. It fails when compaction passes its revision meanwhile. @throws KvError */
  rangeSliced(options: RangeOptions): SlicedWork<RangeResult> {
    if (isPoint(options)) return alreadyDone(this.range(options));
    return sliced(this.slicedRange(options, this.readableAt(options.revision)));
  }

  private *slicedRange(options: RangeOptions, main: number): Steps<RangeResult> {
    const { state } = this;
    const { currentRevision: revision } = state;
    const checkAlive = (): void => state.checkReadable(main);
    return { ...(yield* rangeSteps(state, options, main, checkAlive)), revision };
  }

  /** A range in key order, without filters; limit, sort and count_only are the caller's. @throws KvError Compacted, FutureRev */
  openRange(options: RangeOptions): RangeCursor {
    return new RangeCursor(this.state, options, this.readableAt(options.revision));
  }

  private readableAt(revision = 0): number {
    const main = revision > 0 ? revision : this.state.currentRevision;
    this.state.checkReadable(main);
    this.state.activity.ranges++;
    return main;
  }

  /** One at a time. */
  beginWrite(): WriteTxn {
    return new WriteTxn(this.state);
  }

  /**
   * Schedules a compaction: reads below `revision` fail from now on. The returned work removes the history; works of
   * several compactions have to be done in the order of the calls. @throws KvError Compacted, FutureRev
   */
  compact(revision: number): SlicedWork<void> {
    return sliced(scheduleCompaction(this.state, revision));
  }

  /** After `open`: the compaction that a crash interrupted, to be done before any other. */
  unfinishedCompaction(): SlicedWork<void> | undefined {
    const steps = unfinishedCompaction(this.state);
    return steps && sliced(steps);
  }

  /** Revision 0: the current one. @throws KvError Compacted, FutureRev; Compacted from a step too */
  hashKV(revision: number): SlicedWork<KvHash> {
    return sliced(startHash(this.state, revision));
  }

  changes(from: number, to: number, maxRevisions: number): Change[] {
    return readChanges(this.state, from, to, maxRevisions);
  }

  before(key: string, revision: number): Uint8Array | undefined {
    const main = revision - 1;
    return main < this.state.compactRevision ? undefined : readPoint(this.state, key, main);
  }
}
