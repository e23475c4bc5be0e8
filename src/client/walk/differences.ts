/**
 * What differs between two revisions of a range. Both are walked side by side without their values: a pair with the same
 * modification revision is the same pair. Values are read only of those that are not.
 */
import { bytesEqual, compareBytes } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import type { KeySpan } from '../range.ts';
import { pages } from './pages.ts';
import { inParallel } from './parallel.ts';
import type { ReadRange } from './range-reader.ts';

export interface Difference {
  readonly key: Uint8Array;
  /** Undefined: there was none. */
  readonly before: KeyValue | undefined;
  readonly after: KeyValue | undefined;
}

export interface Revisions {
  readonly before: number;
  readonly after: number;
}

/** Pairs whose values are in memory at a time. */
const BATCH = 32;

async function* keysAt(read: ReadRange, span: KeySpan, revision: number): AsyncGenerator<KeyValue, void> {
  for await (const page of pages(read, span, { revision, keysOnly: true })) yield* page.kvs;
}

/** The two walks as one, in key order, without what they have in common. Values are empty. */
async function* changedKeys(
  read: ReadRange,
  span: KeySpan,
  revisions: Revisions,
): AsyncGenerator<Difference, void> {
  const old = keysAt(read, span, revisions.before);
  const fresh = keysAt(read, span, revisions.after);
  let [before, after] = await Promise.all([old.next(), fresh.next()]);
  while (before.done !== true || after.done !== true) {
    const order =
      before.done === true ? 1 : after.done === true ? -1 : compareBytes(before.value.key, after.value.key);
    const b = order <= 0 ? (before.value as KeyValue) : undefined;
    const a = order >= 0 ? (after.value as KeyValue) : undefined;
    if (b?.modRevision !== a?.modRevision) yield { key: (b ?? a)!.key, before: b, after: a };
    if (b !== undefined) before = await old.next();
    if (a !== undefined) after = await fresh.next();
  }
}

const isSame = ({ before, after }: Difference) =>
  before !== undefined &&
  after !== undefined &&
  before.lease === after.lease &&
  bytesEqual(before.value, after.value);

/** In key order. A pair that was written anew with the value and lease that it had is no difference. */
export async function* differences(
  read: ReadRange,
  span: KeySpan,
  revisions: Revisions,
): AsyncGenerator<Difference, void> {
  const pairAt = async (key: Uint8Array, revision: number) => (await read({ key, revision })).kvs[0];
  const complete = async ({ key, before, after }: Difference): Promise<Difference> => ({
    key,
    before: before && (await pairAt(key, revisions.before)),
    after: after && (await pairAt(key, revisions.after)),
  });
  let batch: Difference[] = [];
  const finish = async () => (await inParallel(batch, complete)).filter((item) => !isSame(item));
  for await (const item of changedKeys(read, span, revisions)) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield* await finish();
    batch = [];
  }
  yield* await finish();
}
