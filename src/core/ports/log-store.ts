/**
 * Where a member keeps its raft log: the port between the node loop and storage/wal. The shapes are those of the raft
 * messages, read-only, so that values of core/raft and of core/wire both fit.
 *
 * Laws
 * - What `append` and `saveSnapshot` acknowledged survives a power cut.
 * - Acknowledgements come in the order of the calls, and never inside a call.
 * - One write and one sync carry everything that waits while another is under way.
 * - After an error the store is dead: every later call fails with the same error, and the member stops. A sync that
 *   failed once is not tried again (see ports/disk.ts).
 * - A Ready that carries a snapshot is stored by `saveSnapshot` first; its entries and hard state are appended, with
 *   mustSync, after the acknowledgement, or a crash between the two leaves a commit index without the log it points into.
 * - Before `saveSnapshot(s)` the backend has made everything up to `s` durable: what lies before is never replayed.
 */

export interface LogEntry {
  readonly type: number;
  readonly term: number;
  readonly index: number;
  readonly data: Uint8Array;
}

export interface LogHardState {
  readonly term: number;
  readonly vote: bigint;
  readonly commit: number;
}

export interface LogConfState {
  readonly voters: readonly bigint[];
  readonly learners: readonly bigint[];
  readonly votersOutgoing: readonly bigint[];
  readonly learnersNext: readonly bigint[];
  readonly autoLeave: boolean;
}

export interface LogSnapshot {
  /** The membership, as v2 store JSON (storage/snapshot); never the keys. */
  readonly data: Uint8Array;
  readonly metadata: { readonly index: number; readonly term: number; readonly confState: LogConfState };
}

export interface LogBatch {
  readonly entries: readonly LogEntry[];
  /** Only when it changed. */
  readonly hardState?: LogHardState | undefined;
  /** What raft asks for. The store syncs on its own for entries, and for a new term or vote. */
  readonly mustSync: boolean;
}

/** Who a log belongs to. */
export interface LogIdentity {
  readonly nodeId: bigint;
  readonly clusterId: bigint;
}

/** What a log held when it was opened. */
export interface LogContents {
  readonly identity: LogIdentity;
  readonly hardState: LogHardState;
  /** Entries behind the snapshot, without gaps. */
  readonly entries: readonly LogEntry[];
  /** The snapshot the log goes on from; undefined when it starts at index 1. */
  readonly snapshot: LogSnapshot | undefined;
}

export type LogDone = (error: LogStoreError | null) => void;

export interface LogStore {
  /** Entries are encoded before the call returns: the caller may reuse their bytes, unless a segment is being cut. */
  append(batch: LogBatch, done: LogDone): void;

  /** Stores the .snap file, then its record in the log, then releases the segments behind it. */
  saveSnapshot(snapshot: LogSnapshot, done: LogDone): void;

  /** Deletes released segments and old .snap files beyond their limits; for a timer (etcd: every 30 s). */
  purge(): Promise<readonly string[]>;

  /** Makes everything durable and lets go of the directory. */
  close(): Promise<void>;
}

export type LogStoreErrorKind =
  /** The disk failed; `cause` is the DiskError. */
  | 'io'
  /** Stored bytes are not what was written. */
  | 'corrupt'
  /** The last record is cut off: what a power cut leaves behind. */
  | 'torn'
  /** No segment reaches back to the index asked for, or the sequence has holes. */
  | 'missing'
  /** `close` was called. */
  | 'closed';

export class LogStoreError extends Error {
  override name = 'LogStoreError';
  readonly kind: LogStoreErrorKind;
  readonly path: string;
  /** Byte offset in the file, where it is known. */
  readonly offset: number | undefined;

  constructor(
    kind: LogStoreErrorKind,
    message: string,
    where: { path: string; offset?: number; cause?: unknown },
  ) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause });
    this.kind = kind;
    this.path = where.path;
    this.offset = where.offset;
  }
}
