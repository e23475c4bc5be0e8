/**
 * What the rooms around the store share: revisions and changes. A revision is (main, sub): main grows by one per
 * modifying request, sub counts the changes inside it. A store that was never written is at revision 1.
 */

export const PUT = 0;
export const DELETE = 1;
export type ChangeType = typeof PUT | typeof DELETE;

/** Compact revision of a store that was never compacted. */
export const NEVER_COMPACTED = -1;

/** One put or deletion. `pair` is the encoded mvccpb.KeyValue: the whole pair of a put, key and mod_revision of a deletion. */
export interface Change {
  readonly type: ChangeType;
  /** One char per byte (latin1). */
  readonly key: string;
  /** Main revision. */
  readonly revision: number;
  readonly sub: number;
  readonly pair: Uint8Array;
  /** A put that made the key: it has no previous pair. */
  readonly created: boolean;
}

/** The past of a store, as far as it is still kept: what a watch that starts behind reads. */
export interface History {
  readonly currentRevision: number;
  readonly compactRevision: number;
  /**
   * Changes with `from` <= main revision <= `to`, ascending by (main, sub), in whole revisions and of at most
   * `maxRevisions` distinct ones. Revisions that compaction removed are simply not there.
   */
  changes(from: number, to: number, maxRevisions: number): Change[];
  /** The encoded pair of `key` as it stood right before main revision `revision`; undefined if there was none or it was compacted. */
  before(key: string, revision: number): Uint8Array | undefined;
}
