/**
 * The condition of a transaction, against the newest state. A missing key counts as one whose numbers are all 0, but
 * its value equals nothing and differs from nothing: a VALUE comparison with it is false for every operator.
 */
import { compareBytes, EMPTY, toLatin1 } from '../wire/bytes.ts';
import { type Compare, CompareResult, CompareTarget } from '../wire/gen/rpc.ts';
import { type Found, LATEST } from './key-index.ts';
import { PairReader } from './pair.ts';
import { spanOf } from './range.ts';
import { NONE } from './revision-chains.ts';
import type { StoreState } from './state.ts';

const reader = new PairReader();

/** All comparisons hold; an empty list does. */
export function holds(state: StoreState, compares: readonly Compare[]): boolean {
  for (const compare of compares) if (!holdsForAll(state, compare)) return false;
  return true;
}

/** With range_end: for every key of the range; without any key in it, as for a missing key. */
function holdsForAll(state: StoreState, compare: Compare): boolean {
  if (compare.rangeEnd.length === 0) {
    const id = state.index.find(toLatin1(compare.key));
    return id !== NONE && state.index.isAlive(id) ? holdsFor(state, compare, id) : holdsForMissing(compare);
  }
  const found: Found = { ids: [], nodes: [] };
  state.index.collect(spanOf(compare.key, compare.rangeEnd), LATEST, Number.POSITIVE_INFINITY, found);
  if (found.ids.length === 0) return holdsForMissing(compare);
  return found.ids.every((id) => holdsFor(state, compare, id));
}

function holdsForMissing(compare: Compare): boolean {
  if (compare.target === CompareTarget.VALUE) return false;
  return satisfies(compare.result, -signOfGiven(compare));
}

/** Sign of the number to compare with, which is 0 if the union holds another member than the target's. */
function signOfGiven(compare: Compare): number {
  return compare.target === CompareTarget.LEASE ? sign(compare.lease ?? 0n) : Math.sign(givenNumber(compare));
}

function givenNumber(compare: Compare): number {
  switch (compare.target) {
    case CompareTarget.VERSION:
      return compare.version ?? 0;
    case CompareTarget.CREATE:
      return compare.createRevision ?? 0;
    case CompareTarget.MOD:
      return compare.modRevision ?? 0;
    default:
      return 0;
  }
}

/** The index knows the numbers of a key's newest revision; value and lease lie in its pair. */
function holdsFor(state: StoreState, compare: Compare, id: number): boolean {
  const { keys, revisions } = state.index;
  switch (compare.target) {
    case CompareTarget.VERSION:
      return satisfies(compare.result, keys.version(id) - givenNumber(compare));
    case CompareTarget.CREATE:
      return satisfies(compare.result, keys.create(id) - givenNumber(compare));
    case CompareTarget.MOD:
      return satisfies(compare.result, revisions.main(keys.head(id)) - givenNumber(compare));
    case CompareTarget.VALUE: {
      const { value } = reader.load(state.pair(keys.head(id)));
      return satisfies(compare.result, compareBytes(value, compare.value ?? EMPTY));
    }
    case CompareTarget.LEASE: {
      const { lease } = reader.load(state.pair(keys.head(id)));
      return satisfies(compare.result, sign(lease - (compare.lease ?? 0n)));
    }
    default:
      return satisfies(compare.result, 0);
  }
}

function sign(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** `difference` is stored minus given. An operator of a newer release holds. */
function satisfies(result: number, difference: number): boolean {
  switch (result) {
    case CompareResult.EQUAL:
      return difference === 0;
    case CompareResult.GREATER:
      return difference > 0;
    case CompareResult.LESS:
      return difference < 0;
    case CompareResult.NOT_EQUAL:
      return difference !== 0;
    default:
      return true;
  }
}
