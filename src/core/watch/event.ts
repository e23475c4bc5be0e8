/**
 * Events in the shape they travel in. An event is encoded once and shared by every response that carries it, in two
 * variants: with the previous pair and without. It is kept framed, ready to be copied into a WatchResponse:
 *
 *   frame  = 0x5a | length | mvccpb.Event          field 11 of WatchResponse
 *   Event  = [0x08 0x01] | 0x12 len pair | [0x1a len previous pair]
 *            DELETE only                   with prev_kv, if there is one
 */
import { type Change, DELETE, type History } from '../mvcc/types.ts';
import { allocate } from '../wire/arena.ts';

const EVENTS_TAG = (11 << 3) | 2;
const TYPE_TAG = (1 << 3) | 0;
const KV_TAG = (2 << 3) | 2;
const PREV_KV_TAG = (3 << 3) | 2;

/** What a watcher wants to see of a change; the sum picks one of eight variants. */
export const Variant = { PREV_KV: 1, NO_PUT: 2, NO_DELETE: 4 } as const;
export const VARIANTS = 8;

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}

function putVarint(buf: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    buf[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  buf[at++] = value;
  return at;
}

export function encodeFrame(change: Change, previous: Uint8Array | undefined): Uint8Array {
  const { pair } = change;
  const typeSize = change.type === DELETE ? 2 : 0;
  const previousSize = previous === undefined ? 0 : 1 + varintSize(previous.length) + previous.length;
  const size = typeSize + 1 + varintSize(pair.length) + pair.length + previousSize;
  const frame = allocate(1 + varintSize(size) + size);
  frame[0] = EVENTS_TAG;
  let at = putVarint(frame, 1, size);
  if (typeSize > 0) {
    frame[at++] = TYPE_TAG;
    frame[at++] = DELETE;
  }
  frame[at++] = KV_TAG;
  at = putVarint(frame, at, pair.length);
  frame.set(pair, at);
  if (previous !== undefined) {
    at += pair.length;
    frame[at++] = PREV_KV_TAG;
    at = putVarint(frame, at, previous.length);
    frame.set(previous, at);
  }
  return frame;
}

/** The frames of a list of changes, each made when somebody first wants it. */
export class Frames {
  readonly changes: readonly Change[];
  readonly #history: History;
  readonly #plain: Uint8Array[] = [];
  readonly #withPrevious: Uint8Array[] = [];

  constructor(changes: readonly Change[], history: History) {
    this.changes = changes;
    this.#history = history;
  }

  /** The frame of change `i`; undefined if `variant` filters it out. */
  get(i: number, variant: number): Uint8Array | undefined {
    const change = this.changes[i];
    const filter = change.type === DELETE ? Variant.NO_DELETE : Variant.NO_PUT;
    if ((variant & filter) !== 0) return undefined;
    if ((variant & Variant.PREV_KV) === 0 || change.created)
      return (this.#plain[i] ??= encodeFrame(change, undefined));
    return (this.#withPrevious[i] ??= encodeFrame(change, this.#history.before(change.key, change.revision)));
  }
}

/** What one watcher gets in one response. Watchers that want the same events share the batch. */
export class EventBatch {
  /** For the response's header. */
  readonly revision: number;
  readonly frames: readonly Uint8Array[];
  /** Bytes of all frames. */
  readonly size: number;
  /** For whoever encodes: the last response made of this batch, in pieces. */
  response: readonly Uint8Array[] | undefined;

  constructor(revision: number, frames: readonly Uint8Array[], size: number) {
    this.revision = revision;
    this.frames = frames;
    this.size = size;
    this.response = undefined;
  }
}

/** The batch of the changes at `indexes[from..]`; undefined if the filters leave nothing. */
export function makeBatch(
  frames: Frames,
  indexes: readonly number[],
  { variant, from, revision }: { readonly variant: number; readonly from: number; readonly revision: number },
): EventBatch | undefined {
  const wanted: Uint8Array[] = [];
  let size = 0;
  for (let k = from; k < indexes.length; k++) {
    const frame = frames.get(indexes[k], variant);
    if (frame === undefined) continue;
    wanted.push(frame);
    size += frame.length;
  }
  return wanted.length === 0 ? undefined : new EventBatch(revision, wanted, size);
}
