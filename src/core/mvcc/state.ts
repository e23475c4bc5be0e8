/** What the parts of a store share. Nobody outside this room sees it. */

import { Activity } from './activity.ts';
import { KvError } from './errors.ts';
import { KeyIndex } from './key-index.ts';
import type { LeaseBinding } from './requests.ts';
import { NEVER_COMPACTED } from './types.ts';
import type { WriteBuffer } from './write-buffer.ts';

/** Compaction hashes remembered, as etcd does. */
const MAX_COMPACTION_HASHES = 10;
/** Revision of a store that was never written. */
export const FIRST_REVISION = 1;

export interface KvHash {
  /** CRC-32C. */
  readonly hash: number;
  /** The revision it was taken at. */
  readonly revision: number;
  /** The compact revision it was taken under: only hashes with equal revisions of both kinds compare. */
  readonly compactRevision: number;
}

export class StoreState {
  readonly buffer: WriteBuffer;
  readonly leases: LeaseBinding;
  readonly activity: Activity;
  readonly index = new KeyIndex();
  currentRevision = FIRST_REVISION;
  /** Reads below it fail, from the moment a compaction is scheduled. */
  compactRevision = NEVER_COMPACTED;
  /** The last compaction that removed everything it had to. */
  finishedCompactRevision = NEVER_COMPACTED;
  /** Another state has taken the place of this one: work that was begun on it fails. */
  isReplaced = false;
  /** Newest last. */
  readonly compactionHashes: KvHash[] = [];

  /** `activity` goes on where another state's ended. */
  constructor(buffer: WriteBuffer, leases: LeaseBinding, activity = new Activity()) {
    this.buffer = buffer;
    this.leases = leases;
    this.activity = activity;
  }

  /** The pair of a node that is not a tombstone. */
  pair(node: number): Uint8Array {
    const main = this.index.revisions.main(node);
    const sub = this.index.revisions.sub(node);
    const pair = this.buffer.pair(main, sub);
    if (pair === undefined)
      throw new Error(`mvcc: the index knows revision ${main}/${sub}, the backend does not`);
    return pair;
  }

  /** @throws KvError Compacted, FutureRev */
  checkReadable(revision: number): void {
    if (revision > this.currentRevision) throw new KvError('FutureRev');
    if (revision < this.compactRevision || this.isReplaced) throw new KvError('Compacted');
  }

  rememberHash(hash: KvHash): void {
    this.compactionHashes.push(hash);
    if (this.compactionHashes.length > MAX_COMPACTION_HASHES) this.compactionHashes.shift();
  }
}
