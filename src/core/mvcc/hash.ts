/**
 * HashKV: CRC-32C of the store's history at a revision, comparable between members whose compact revision is the
 * same, however far each one's compaction has come. It is fed with the bucket's name, then with key and value of each
 * entry in revision order; what compaction has dropped or is about to drop is skipped, and so is a tombstone at the
 * compact revision, which some releases keep and others do not.
 */
import type { BackendEntry } from '../ports/backend.ts';
import { fromLatin1 } from '../wire/bytes.ts';
import { crc32c } from '../wire/crc32c.ts';
import { PairReader } from './pair.ts';
import { decodeRevision, pointAfter, type RevisionPoint, type StoredRevision } from './revision.ts';
import type { KvHash, StoreState } from './state.ts';
import type { Steps } from './steps.ts';

/** Entries hashed between two pauses: about 2 ms. */
const SLICE_ENTRIES = 1_000;

const BUCKET_NAME = fromLatin1('key');
const EVERYTHING = { start: '', end: undefined };

export class RunningHash {
  value = crc32c(BUCKET_NAME);

  add({ key, value }: BackendEntry): void {
    this.value = crc32c(value, crc32c(key, this.value));
  }
}

/** `kept`: a reader at the hash's revision sees it, or sees no key at all. */
export function isSkipped(revision: StoredRevision, compactRevision: number, kept: boolean): boolean {
  if (revision.main > compactRevision) return false;
  return !kept || (revision.tombstone && revision.main === compactRevision);
}

/**
 * Revision 0 is the current one. A hash that a compaction remembered is returned for its revision. When a compaction
 * is scheduled between two slices the work begins again under the new compact revision, or fails if that is above.
 * @throws KvError Compacted, FutureRev
 */
export function startHash(state: StoreState, revision: number): Steps<KvHash> {
  const remembered = state.compactionHashes.find((hash) => hash.revision === revision);
  const at = revision === 0 ? state.currentRevision : revision;
  if (remembered === undefined && at > 0) state.checkReadable(at);
  return hashSteps(state, at, remembered);
}

function* hashSteps(state: StoreState, at: number, remembered: KvHash | undefined): Steps<KvHash> {
  if (remembered !== undefined) return remembered;
  for (;;) {
    const { compactRevision } = state;
    const hash = yield* hashUnder(state, at, compactRevision);
    if (hash !== undefined) return { hash, revision: at, compactRevision };
    state.checkReadable(at);
  }
}

/** The hash, or undefined if the compact revision moved meanwhile. */
function* hashUnder(state: StoreState, at: number, compactRevision: number): Steps<number | undefined> {
  const { index, buffer } = state;
  const seesNothing = index.count(EVERYTHING, at) === 0;
  const counts = (stored: StoredRevision, key: string): boolean =>
    seesNothing
      ? index.survives(compactRevision, key, stored)
      : !stored.tombstone && index.isNewestAt(at, key, stored);
  const hash = new RunningHash();
  const reader = new PairReader();
  let from: RevisionPoint = { main: 0, sub: 0 };
  while (at > 0) {
    const entries = buffer.scanRevisions({ from, to: at + 1, limit: SLICE_ENTRIES });
    for (const entry of entries) {
      const stored = decodeRevision(entry.key);
      const kept = stored.main > compactRevision || counts(stored, reader.load(entry.value).keyText);
      if (!isSkipped(stored, compactRevision, kept)) hash.add(entry);
    }
    if (entries.length < SLICE_ENTRIES) break;
    from = pointAfter(entries[entries.length - 1].key);
    yield;
    if (state.compactRevision !== compactRevision || state.isReplaced) return undefined;
  }
  return hash.value;
}
