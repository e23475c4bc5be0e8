/**
 * Compaction: dropping history that nobody may read any more. It is scheduled at once (reads below it fail from then
 * on, and after a restart too, for the order is in meta) and done in slices: first the index, then bucket `key`.
 *
 *   meta scheduledCompactRev = c  ->  index  ->  remove entries <= c that did not survive  ->  meta finishedCompactRev = c
 *
 * Survivors are the newest revision <= c of each key, unless it is a tombstone below c. A tombstone at c itself stays
 * until the next compaction, so that a watch starting at c sees the deletion. A crash in between loses nothing: what
 * is scheduled and not finished is done again from its beginning.
 */
import { fromLatin1 } from '../wire/bytes.ts';
import { KvError } from './errors.ts';
import { isSkipped, RunningHash } from './hash.ts';
import { PairReader } from './pair.ts';
import { decodeRevision, encodeRevision, mainOf, pointAfter, type RevisionPoint } from './revision.ts';
import type { StoreState } from './state.ts';
import type { Steps } from './steps.ts';
import { NEVER_COMPACTED } from './types.ts';
import type { WriteBuffer } from './write-buffer.ts';

export const SCHEDULED_COMPACT_REVISION = fromLatin1('scheduledCompactRev');
export const FINISHED_COMPACT_REVISION = fromLatin1('finishedCompactRev');

/** Entries looked at between two pauses, as --compaction-batch-limit. */
const SLICE_ENTRIES = 1_000;

export function readMetaRevision(buffer: Pick<WriteBuffer, 'get'>, name: Uint8Array): number {
  const stored = buffer.get('meta', name);
  return stored === undefined ? NEVER_COMPACTED : mainOf(stored);
}

/** Checks and schedules a compaction. The work that remains has to be done in the order of the calls. @throws KvError */
export function scheduleCompaction(state: StoreState, revision: number): Steps<void> {
  if (revision <= state.compactRevision) throw new KvError('Compacted');
  if (revision > state.currentRevision) throw new KvError('FutureRev');
  const before = state.compactRevision;
  const comparable = before === state.finishedCompactRevision;
  state.compactRevision = revision;
  state.buffer.put('meta', SCHEDULED_COMPACT_REVISION, encodeRevision(revision, 0));
  return compactionSteps(state, { revision, before, comparable });
}

/** What a crash left undone, or undefined. */
export function unfinishedCompaction(state: StoreState): Steps<void> | undefined {
  const { compactRevision: revision, finishedCompactRevision: before } = state;
  return revision > before ? compactionSteps(state, { revision, before, comparable: false }) : undefined;
}

interface Plan {
  readonly revision: number;
  /** Compact revision before this one. */
  readonly before: number;
  /** The hash taken on the way is that of a whole history: nothing was half removed when it began. */
  readonly comparable: boolean;
}

function* compactionSteps(state: StoreState, plan: Plan): Steps<void> {
  const { buffer, index } = state;
  const { revision, before } = plan;
  const survivors = yield* index.compact(revision);
  const hash = new RunningHash();
  const reader = new PairReader();
  let from: RevisionPoint = { main: 0, sub: 0 };
  for (;;) {
    const entries = buffer.scanRevisions({ from, to: revision + 1, limit: SLICE_ENTRIES });
    for (const entry of entries) {
      const stored = decodeRevision(entry.key);
      const survives = index.survives(revision, reader.load(entry.value).keyText, stored);
      if (!isSkipped(stored, before, survives || survivors === 0)) hash.add(entry);
      if (!survives) buffer.removeRevision(entry.key);
    }
    if (entries.length < SLICE_ENTRIES) break;
    from = pointAfter(entries[entries.length - 1].key);
    yield;
  }
  buffer.put('meta', FINISHED_COMPACT_REVISION, encodeRevision(revision, 0));
  state.finishedCompactRevision = revision;
  if (plan.comparable) state.rememberHash({ hash: hash.value, revision, compactRevision: before });
}
