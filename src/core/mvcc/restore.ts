/**
 * Rebuilding the index from bucket `key`, in revision order: a put of an unknown key starts a generation with the
 * create_revision and version its pair carries (older ones may be compacted away), a tombstone closes it. Of a pair
 * only the head and the lease are read.
 */
import { type BackendReader, type Bucket, type EntryCursor, SliceCursor } from '../ports/backend.ts';
import { FINISHED_COMPACT_REVISION, readMetaRevision, SCHEDULED_COMPACT_REVISION } from './compaction.ts';
import { PairReader } from './pair.ts';
import type { LeaseBinding } from './requests.ts';
import { isTombstone, mainOf, subOf } from './revision.ts';
import type { StoreState } from './state.ts';
import type { Steps } from './steps.ts';

/** Entries restored between two pauses: about 4 ms. */
const SLICE_ENTRIES = 1_000;

export interface RestoreReport {
  /** Keys whose lease is not there: they stay, without one. */
  readonly missingLeases: readonly { readonly key: string; readonly lease: bigint }[];
}

/** What a state is rebuilt from: its own buffer, or a database that will take the place of what is behind it. */
export interface RestoreSource {
  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined;
  /** All of bucket `key`. */
  revisions(): EntryCursor;
}

export function sourceOf(reader: BackendReader): RestoreSource {
  return {
    get: (bucket, key) => reader.get(bucket, key),
    revisions: () => new SliceCursor((from) => reader.scan({ bucket: 'key', from, limit: SLICE_ENTRIES })),
  };
}

/** Fills an empty state. Leases have to be there already: keys are attached to them. */
export function* restoreSteps(
  state: StoreState,
  source: RestoreSource,
  leases: LeaseBinding,
): Steps<RestoreReport> {
  const leased = new Map<string, bigint>();
  const cursor = source.revisions();
  try {
    yield* state.index.keys.makeRoom(SLICE_ENTRIES);
    for (let entries = 1; cursor.next(); entries++) {
      restoreEntry(state, cursor, leased);
      if (entries % SLICE_ENTRIES !== 0) continue;
      yield;
      yield* state.index.keys.makeRoom(SLICE_ENTRIES);
    }
  } finally {
    cursor.close();
  }
  const finished = readMetaRevision(source, FINISHED_COMPACT_REVISION);
  const scheduled = readMetaRevision(source, SCHEDULED_COMPACT_REVISION);
  state.finishedCompactRevision = finished;
  state.compactRevision = Math.max(finished, scheduled);
  state.currentRevision = Math.max(state.currentRevision, finished, scheduled);
  return { missingLeases: yield* attachSteps(leases, leased) };
}

const reader = new PairReader();

function restoreEntry(state: StoreState, entry: EntryCursor, leased: Map<string, bigint>): void {
  const { keyBytes, keyAt } = entry;
  const main = mainOf(keyBytes, keyAt);
  const sub = subOf(keyBytes, keyAt);
  const tombstone = isTombstone(keyBytes, keyAt, entry.keyEnd);
  reader.load(entry.valueBytes, entry.valueAt, entry.valueEnd);
  const text = reader.keyText;
  if (tombstone) state.index.restoreTombstone(text, main, sub);
  else state.index.restorePut(text, main, sub, reader.createRevision, reader.version);
  if (!tombstone && reader.hasLease) leased.set(text, reader.lease);
  else if (leased.size > 0) leased.delete(text);
  if (main > state.currentRevision) state.currentRevision = main;
}

function* attachSteps(
  leases: LeaseBinding,
  leased: Map<string, bigint>,
): Steps<RestoreReport['missingLeases']> {
  const missing: { key: string; lease: bigint }[] = [];
  let attached = 0;
  for (const [key, lease] of leased) {
    if (leases.has(lease)) leases.attach(key, lease);
    else missing.push({ key, lease });
    if (++attached % SLICE_ENTRIES === 0) yield;
  }
  return missing;
}
