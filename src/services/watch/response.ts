/**
 * WatchResponse by hand, for the path of events. The parts that many responses share are encoded once and copied:
 *
 *   header (one per revision) | watch_id | [fragment] | frame | frame | ...        frames: core/watch/event.ts
 *
 * Fields come in the order of their numbers, so the bytes are those of the generated codec.
 */
import type { EventBatch } from '../../core/watch/index.ts';
import { EMPTY } from '../../core/wire/bytes.ts';
import { Writer } from '../../core/wire/codec.ts';
import { ResponseHeader } from '../../core/wire/gen/rpc.ts';

const HEADER_TAG = (1 << 3) | 2;
const REVISION_TAG = (3 << 3) | 0;
const TERM_TAG = (4 << 3) | 0;
const WATCH_ID_TAG = (2 << 3) | 0;
/** `fragment` (field 7) set to true. */
const FRAGMENT = Uint8Array.of((7 << 3) | 0, 1);

/** Where headers come from. */
export interface HeaderSource {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  term(): number;
}

/** The encoded header of the last revision, shared by all streams of a member. */
export class Headers {
  readonly #source: HeaderSource;
  readonly #ids: Uint8Array;
  readonly #writer = new Writer(64);
  #revision = -1;
  #term = -1;
  #bytes = EMPTY;

  constructor(source: HeaderSource) {
    this.#source = source;
    this.#ids = ResponseHeader.encode(
      ResponseHeader.create({ clusterId: source.clusterId, memberId: source.memberId }),
    );
  }

  object(revision: number): ResponseHeader {
    const { clusterId, memberId } = this.#source;
    return { clusterId, memberId, revision, raftTerm: this.#source.term() };
  }

  /** Tag and length included. */
  bytes(revision: number): Uint8Array {
    const term = this.#source.term();
    if (revision === this.#revision && term === this.#term) return this.#bytes;
    const w = this.#writer;
    w.reset();
    w.varint32(HEADER_TAG);
    const mark = w.open();
    w.raw(this.#ids);
    w.varint32(REVISION_TAG);
    w.int64(revision);
    if (term !== 0) {
      w.varint32(TERM_TAG);
      w.int64(term);
    }
    w.close(mark);
    this.#revision = revision;
    this.#term = term;
    this.#bytes = w.finish();
    return this.#bytes;
  }
}

const SMALL_IDS: Uint8Array[] = [EMPTY];
const SMALL_ID_LIMIT = 1024n;

/** Field 2 of the response. The same id gives the same array as long as it is small: responses are shared by it. */
export function encodeWatchId(id: bigint): Uint8Array {
  if (id < 0n || id >= SMALL_ID_LIMIT) return writeWatchId(id);
  return (SMALL_IDS[Number(id)] ??= writeWatchId(id));
}

function writeWatchId(id: bigint): Uint8Array {
  const w = new Writer(11);
  w.varint32(WATCH_ID_TAG);
  w.bigint(id);
  return w.finish();
}

/** A message in the pieces it is put together from; they are shared and never change. */
export type Pieces = readonly Uint8Array[];

/**
 * One response with all events of the batch: the header and the events are the same bytes for everybody, and only the
 * id stands between them. A watcher costs a list of three, and with the id of the watcher before it nothing.
 */
export function encodeEvents(header: Uint8Array, id: Uint8Array, batch: EventBatch): Pieces {
  const last = batch.response;
  if (last !== undefined && last[0] === header && last[1] === id) return last;
  const events = last === undefined ? join(batch.frames, batch.size) : last[2];
  batch.response = [header, id, events];
  return batch.response;
}

/**
 * The response in pieces below `limit` bytes each, as far as single events allow; all but the last are marked as
 * fragments. One piece if the whole response is below the limit, or holds a single event.
 */
export function encodeFragments(
  header: Uint8Array,
  id: Uint8Array,
  batch: EventBatch,
  limit: number,
): Pieces[] {
  const { frames } = batch;
  const base = header.length + id.length;
  if (base + batch.size < limit || frames.length < 2) return [encodeEvents(header, id, batch)];
  const pieces: Pieces[] = [];
  for (let from = 0; from < frames.length; ) {
    let to = from + 1;
    let size = frames[from].length;
    while (to < frames.length && base + FRAGMENT.length + size + frames[to].length < limit)
      size += frames[to++].length;
    const mark = to < frames.length ? FRAGMENT : EMPTY;
    pieces.push([header, id, mark].concat(frames.slice(from, to)));
    from = to;
  }
  return pieces;
}

function join(frames: readonly Uint8Array[], size: number): Uint8Array {
  if (frames.length === 1) return frames[0];
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

export function sizeOf(pieces: Pieces): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}
