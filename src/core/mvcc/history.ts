/** The past, for watches that start behind: changes in (main, sub) order as far as compaction left them. */
import type { BackendEntry } from '../ports/backend.ts';
import { encodeDeletion, PairReader } from './pair.ts';
import { isTombstone, mainOf, pointAfter, type RevisionPoint, subOf } from './revision.ts';
import type { StoreState } from './state.ts';
import { type Change, DELETE, PUT } from './types.ts';

/** Entries read at a time. */
const SLICE_ENTRIES = 256;

const reader = new PairReader();

export function readChanges(state: StoreState, first: number, last: number, maxRevisions: number): Change[] {
  const changes: Change[] = [];
  const to = Math.min(last, state.currentRevision) + 1;
  let from: RevisionPoint = { main: Math.max(first, 0), sub: 0 };
  let revisions = 0;
  let newest = -1;
  for (;;) {
    const entries = from.main < to ? state.buffer.scanRevisions({ from, to, limit: SLICE_ENTRIES }) : [];
    for (const entry of entries) {
      const main = mainOf(entry.key);
      if (main !== newest) {
        if (++revisions > maxRevisions) return changes;
        newest = main;
      }
      changes.push(toChange(entry, main));
    }
    if (entries.length < SLICE_ENTRIES) return changes;
    from = pointAfter(entries[entries.length - 1].key);
  }
}

function toChange({ key, value }: BackendEntry, revision: number): Change {
  const sub = subOf(key);
  const text = reader.load(value).keyText;
  if (isTombstone(key))
    return { type: DELETE, key: text, revision, sub, pair: encodeDeletion(text, revision), created: false };
  return { type: PUT, key: text, revision, sub, pair: value, created: reader.version === 1 };
}
