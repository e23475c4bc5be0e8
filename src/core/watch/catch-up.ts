/**
 * Reading history for watchers that are behind. One slice of history is read for all watchers of a round that it
 * concerns, then matched like live changes are; each gets at most one batch a round, so nobody starves.
 */
import type { Change, History } from '../mvcc/types.ts';
import { type EventBatch, Frames, makeBatch } from './event.ts';
import { WatcherGroup } from './group.ts';
import { RangeIndex } from './range-index.ts';
import type { Watcher } from './watcher.ts';

/** Watchers served in one round. */
export const WATCHERS_PER_ROUND = 512;
/** Distinct revisions in one batch. */
export const REVISIONS_PER_BATCH = 1000;
/** Slices of history read in one round: keeps a round of scattered watchers within the loop's 10 ms. */
export const SLICES_PER_ROUND = 4;
/** Bytes of pairs after which a slice ends, at the next whole revision. */
export const SLICE_BYTES = 16 * 1024 * 1024;
/** Bytes of responses after which a round ends. */
export const ROUND_BYTES = 64 * 1024 * 1024;
/** Revisions of the first read of a slice, before the size of a revision is known; later reads are up to 4 times larger. */
const FIRST_READ = 16;
const READ_GROWTH = 4;

/** All changes with `from` <= revision <= `upTo`. */
export interface Slice {
  readonly changes: readonly Change[];
  readonly upTo: number;
}

/** Reads from `from` on, not beyond `to`: at most `REVISIONS_PER_BATCH` revisions and about `SLICE_BYTES`. */
export function readSlice(history: History, from: number, to: number): Slice {
  const changes: Change[] = [];
  let revisions = 0;
  let bytes = 0;
  for (let ask = FIRST_READ; ; ) {
    const part = history.changes(from, to, ask);
    let found = 0;
    let last = 0;
    for (const change of part) {
      if (change.revision !== last) found++;
      last = change.revision;
      bytes += change.pair.length;
      changes.push(change);
    }
    revisions += found;
    if (found < ask || last >= to) return { changes, upTo: to };
    if (revisions >= REVISIONS_PER_BATCH || bytes >= SLICE_BYTES) return { changes, upTo: last };
    from = last + 1;
    const affordable = Math.ceil(((SLICE_BYTES - bytes) * revisions) / Math.max(bytes, 1));
    ask = Math.min(REVISIONS_PER_BATCH - revisions, affordable, ask * READ_GROWTH);
  }
}

/**
 * Where the next slice starts: the first watcher in line decides, and those a little further behind take it along.
 * Revisions have no gaps, so a slice that starts less than a batch before it still reaches it.
 */
export function sliceStart(line: readonly Watcher[]): number {
  const reach = line[0].next - REVISIONS_PER_BATCH;
  let start = line[0].next;
  for (const { next } of line) if (next > reach && next < start) start = next;
  return start;
}

/** The watchers with what the slice holds for them: undefined where nothing matches. `revision` goes to the headers. */
export function* matchSlice(
  slice: Slice,
  watchers: readonly Watcher[],
  { history, revision }: { readonly history: History; readonly revision: number },
): Generator<[watcher: Watcher, batch: EventBatch | undefined]> {
  const { changes } = slice;
  const index = new RangeIndex<WatcherGroup>();
  const groups: WatcherGroup[] = [];
  for (const watcher of watchers) {
    let group = index.get(watcher);
    if (group === undefined) {
      group = new WatcherGroup(watcher);
      index.insert(watcher, group);
      groups.push(group);
    }
    group.watchers.push(watcher);
  }
  const found: WatcherGroup[] = [];
  for (let i = 0; i < changes.length; i++) {
    index.match(changes[i].key, found);
    for (const group of found) group.matched.push(i);
    found.length = 0;
  }
  const frames = new Frames(changes, history);
  for (const group of groups) yield* batches(group, frames, revision);
}

function* batches(
  group: WatcherGroup,
  frames: Frames,
  revision: number,
): Generator<[Watcher, EventBatch | undefined]> {
  const { matched } = group;
  let variant = -1;
  let from = -1;
  let batch: EventBatch | undefined;
  for (const watcher of group.watchers) {
    const start = firstAtOrAfter(frames.changes, matched, watcher.next);
    if (watcher.variant !== variant || start !== from) {
      variant = watcher.variant;
      from = start;
      batch = makeBatch(frames, matched, { variant, from, revision });
    }
    yield [watcher, batch];
  }
}

/** Position in `indexes` of the first change at or after `revision`. */
function firstAtOrAfter(changes: readonly Change[], indexes: readonly number[], revision: number): number {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (changes[indexes[middle]].revision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
