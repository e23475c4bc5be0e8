/**
 * Reading a range. The order of the steps decides what limit, more and count mean:
 *
 *   find (index only, count) -> count_only? -> fetch pairs -> filter -> sort -> cut to limit -> drop values
 *
 * Sort order NONE is not a sort, even with a target: then only the first limit + 1 keys are found, and those are
 * sorted by the target. Stored pairs are handed out as they lie; keys_only is served from the index where it can be.
 */
import { compareBytes, EMPTY, toLatin1 } from '../wire/bytes.ts';
import { SortOrder, SortTarget } from '../wire/gen/rpc.ts';
import { type Found, isEmpty, type Span } from './key-index.ts';
import { encodeBarePair, PairReader } from './pair.ts';
import type { RangeOptions, RangeResult } from './requests.ts';
import { NONE } from './revision-chains.ts';
import type { StoreState } from './state.ts';
import type { Steps } from './steps.ts';

/** Pairs fetched between two pauses: about 2 ms. */
const SLICE_PAIRS = 1_000;
/** Keys found between two pauses: about 1 ms. */
const SLICE_KEYS = 10_000;

/** Leaves of the index, of up to 64 keys, counted key by key between two pauses: about 2 ms. */
const SLICE_LEAVES = 512;

const reader = new PairReader();

/** range_end empty: the key alone. One zero byte: every key from `key` on. An end at or below the key: nothing. */
export function spanOf(key: Uint8Array, rangeEnd: Uint8Array = EMPTY): Span {
  const start = toLatin1(key);
  if (rangeEnd.length === 0) return { start, end: start + '\0' };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { start, end: undefined };
  return { start, end: toLatin1(rangeEnd) };
}

/** The pair of one key at main revision `main`: the read most requests are. */
export function readPoint(state: StoreState, key: string, main: number): Uint8Array | undefined {
  const id = state.index.find(key);
  if (id === NONE) return undefined;
  const node = state.index.visible(id, main);
  return node === NONE ? undefined : state.pair(node);
}

/** Whether a request asks for one key's pair and nothing else. */
export function isPoint(options: RangeOptions): boolean {
  return (
    (options.rangeEnd === undefined || options.rangeEnd.length === 0) &&
    !options.countOnly &&
    !options.keysOnly &&
    !isFiltered(options)
  );
}

/** Reads a range at `main`; `checkAlive` is asked after each pause whether that revision is still readable. */
export function* rangeSteps(
  state: StoreState,
  options: RangeOptions,
  main: number,
  checkAlive: () => void,
): Steps<Omit<RangeResult, 'revision'>> {
  const span = spanOf(options.key, options.rangeEnd);
  const { limit = 0 } = options;
  if (options.countOnly)
    return { kvs: [], count: yield* countSteps(state, span, main, checkAlive), more: false };

  const needsAll = isFiltered(options) || isSorted(options);
  const wanted = limit > 0 && !needsAll ? limit + 1 : Number.POSITIVE_INFINITY;
  const found: Found = { ids: [], nodes: [] };
  let rest: Span | undefined = span;
  while (rest !== undefined) {
    const resume = state.index.collect(rest, main, Math.min(wanted, found.ids.length + SLICE_KEYS), found);
    rest = resume === undefined ? undefined : { start: resume, end: span.end };
    if (found.ids.length >= wanted) break;
    if (rest !== undefined) {
      yield;
      checkAlive();
    }
  }
  let count = found.ids.length;
  if (rest !== undefined) count += yield* countSteps(state, rest, main, checkAlive);

  const bySort = needsAll || (options.sortTarget ?? SortTarget.KEY) !== SortTarget.KEY;
  const most = bySort || limit <= 0 ? found.ids.length : Math.min(limit, found.ids.length);
  const rows: Row[] = [];
  const kvs: Uint8Array[] = [];
  for (let i = 0; i < most; i++) {
    if (i > 0 && i % SLICE_PAIRS === 0) {
      yield;
      checkAlive();
    }
    if (!bySort) kvs.push(pairOf(state, options, found.ids[i], found.nodes[i]));
    else {
      const row = fetchRow(state, options, found.ids[i], found.nodes[i]);
      if (passes(row, options)) rows.push(row);
    }
  }
  if (!bySort) return { kvs, count, more: most < found.ids.length };
  sortRows(rows, options);
  const kept = limit > 0 ? rows.slice(0, limit) : rows;
  return { kvs: kept.map((row) => row.pair), count, more: kept.length < rows.length };
}

/**
 * The number of keys alive. Now it is a look at the edges of the span; at an older revision whatever changed since
 * has to be looked at, key by key.
 */
function* countSteps(state: StoreState, span: Span, main: number, checkAlive: () => void): Steps<number> {
  let count = 0;
  let rest = span;
  if (main < state.currentRevision) {
    for (;;) {
      const cut = state.index.keyBehind(rest, SLICE_LEAVES);
      if (cut === undefined) break;
      count += state.index.count({ start: rest.start, end: cut }, main);
      rest = { start: cut, end: span.end };
      yield;
      checkAlive();
    }
  }
  return count + state.index.count(rest, main);
}

/** A pair with the numbers that filters and sorts look at. `value` is set only where the sort needs it. */
interface Row {
  readonly pair: Uint8Array;
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly value: Uint8Array;
}

/** Numbers of the revision a node stands for: the newest one's are in the index, older ones' in their pairs. */
function fetchRow(state: StoreState, options: RangeOptions, id: number, node: number): Row {
  const { index } = state;
  const byValue = options.sortTarget === SortTarget.VALUE;
  const mod = index.revisions.main(node);
  if (options.keysOnly && !byValue && index.keys.head(id) === node) {
    const create = index.keys.create(id);
    const version = index.keys.version(id);
    return {
      pair: encodeBarePair(index.keys.key(id), create, mod, version),
      create,
      mod,
      version,
      value: EMPTY,
    };
  }
  const pair = state.pair(node);
  const { createRevision: create, version, value } = reader.load(pair);
  if (!options.keysOnly) return { pair, create, mod, version, value };
  const bare = byValue ? reader.withoutValue() : encodeBarePair(index.keys.key(id), create, mod, version);
  return { pair: bare, create, mod, version, value };
}

function pairOf(state: StoreState, options: RangeOptions, id: number, node: number): Uint8Array {
  return options.keysOnly ? fetchRow(state, options, id, node).pair : state.pair(node);
}

function isFiltered(options: RangeOptions): boolean {
  return !!(
    options.minModRevision ||
    options.maxModRevision ||
    options.minCreateRevision ||
    options.maxCreateRevision
  );
}

/** Key order ascending is the order of the index: nothing to do. */
function isSorted({ sortOrder = SortOrder.NONE, sortTarget = SortTarget.KEY }: RangeOptions): boolean {
  return sortOrder !== SortOrder.NONE && !(sortTarget === SortTarget.KEY && sortOrder === SortOrder.ASCEND);
}

function passes(row: Row, options: RangeOptions): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = options;
  if (maxModRevision && row.mod > maxModRevision) return false;
  if (minModRevision && row.mod < minModRevision) return false;
  if (maxCreateRevision && row.create > maxCreateRevision) return false;
  return !(minCreateRevision && row.create < minCreateRevision);
}

const COMPARATORS: Readonly<Record<number, (a: Row, b: Row) => number>> = {
  [SortTarget.VERSION]: (a, b) => a.version - b.version,
  [SortTarget.CREATE]: (a, b) => a.create - b.create,
  [SortTarget.MOD]: (a, b) => a.mod - b.mod,
  [SortTarget.VALUE]: (a, b) => compareBytes(a.value, b.value),
};

/** Rows come in key order, and equal ones keep it. */
function sortRows(rows: Row[], { sortOrder, sortTarget = SortTarget.KEY }: RangeOptions): void {
  const descending = sortOrder === SortOrder.DESCEND;
  const compare = COMPARATORS[sortTarget];
  if (compare === undefined) {
    if (descending) rows.reverse();
  } else rows.sort(descending ? (a, b) => compare(b, a) : compare);
}

/**
 * A range in key order, read in pieces at one revision. Later writes are invisible; it fails as soon as compaction
 * passes its revision.
 */
export class RangeCursor {
  readonly revision: number;
  private readonly state: StoreState;
  private readonly options: RangeOptions;
  private rest: Span | undefined;
  private delivered = 0;
  /** Keys of the whole range, once somebody asked. */
  private total: number | undefined;

  constructor(state: StoreState, options: RangeOptions, revision: number) {
    this.state = state;
    this.options = options;
    this.revision = revision;
    const span = spanOf(options.key, options.rangeEnd);
    this.rest = isEmpty(span) ? undefined : span;
    if (revision === state.currentRevision) this.total = state.index.count(span, revision);
  }

  /** The next pairs, `limit` of them unless the range ends before. @throws KvError Compacted */
  next(limit: number): Uint8Array[] {
    this.state.checkReadable(this.revision);
    if (this.rest === undefined) return [];
    const found: Found = { ids: [], nodes: [] };
    const { end } = this.rest;
    const resume = this.state.index.collect(this.rest, this.revision, limit, found);
    this.rest = resume === undefined ? undefined : { start: resume, end };
    this.delivered += found.ids.length;
    return found.ids.map((id, i) => pairOf(this.state, this.options, id, found.nodes[i]));
  }

  /** Keys of the range behind what `next` delivered. Counted once: the revision is fixed. */
  remaining(): number {
    this.total ??=
      this.delivered + (this.rest === undefined ? 0 : this.state.index.count(this.rest, this.revision));
    return this.total - this.delivered;
  }
}
