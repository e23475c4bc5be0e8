// signatures first; bodies are on their way
import type { LeaseBinding, PutOptions, RangeOptions, RangeResult, TxnResult } from './requests.ts';
import type { Change, History } from './types.ts';
import type { WriteBuffer } from './write-buffer.ts';

export interface StoreOptions {
  readonly buffer: WriteBuffer;
  readonly leases?: LeaseBinding;
}
/** A range read in slices at a fixed revision. */
export interface RangeCursor {
  readonly revision: number;
  /** Next pairs in key order, at most `limit`; empty at the end. @throws KvError Compacted */
  next(limit: number): Uint8Array[];
  /** Keys of the range behind what was delivered. */
  remaining(): number;
}
/** Work in slices: call step() until it returns true. */
export interface SlicedWork<T> {
  step(): boolean;
  readonly result: T;
}
export interface KvHash {
  readonly hash: number;
  readonly revision: number;
  readonly compactRevision: number;
}
export declare class WriteTxn {
  readonly revision: number;
  readonly changes: readonly Change[];
  put(options: PutOptions): void;
  deleteRange(key: Uint8Array, rangeEnd: Uint8Array): number;
  range(options: RangeOptions): RangeResult;
  end(): TxnResult;
}
export declare class Store implements History {
  /** Scans bucket `key`. Sliced: `step()` until true, then `result`. */
  static open(options: StoreOptions): SlicedWork<Store>;
  readonly currentRevision: number;
  readonly compactRevision: number;
  range(options: RangeOptions): RangeResult;
  openRange(options: RangeOptions): RangeCursor;
  beginWrite(): WriteTxn;
  /** Checks and schedules; reads below fail from now on. Flush the buffer, then run the returned work. @throws KvError */
  compact(revision: number): SlicedWork<void>;
  hashKV(revision: number): SlicedWork<KvHash>;
  changes(from: number, to: number, maxRevisions: number): Change[];
  before(key: string, revision: number): Uint8Array | undefined;
}
