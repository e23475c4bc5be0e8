/**
 * Long reads in slices. A range that could hold the event loop is read a slice a turn at one revision; a short one is
 * answered at once. RangeStream (3.7) sends its slices as messages, growing and shrinking with the size of the pairs.
 */
import type { EtcdError } from '../core/errors.ts';
import type { RangeCursor } from '../core/mvcc/store.ts';
import { executeRange } from '../core/mvcc/txn.ts';
import { Writer } from '../core/wire/codec.ts';
import { type RangeRequest, RangeStreamResponse, SortOrder, SortTarget } from '../core/wire/gen/rpc.ts';
import { StoredRangeResponse } from '../core/wire/gen/stored.ts';
import { attempt } from './failure.ts';
import type { Reply, StreamCall } from './method.ts';
import type { ServiceNode } from './node.ts';

/** Pairs read in one turn: about 5 ms of work. */
const SLICE_PAIRS = 2000;
/** First chunk of a stream, in pairs. */
const FIRST_CHUNK_PAIRS = 10;

export function rangeInSlices(
  node: ServiceNode,
  request: RangeRequest,
  endOfTurn: (run: () => void) => void,
  reply: Reply<StoredRangeResponse>,
): void {
  if (!isPlainAndUnbounded(request)) {
    let response: StoredRangeResponse | undefined;
    const refused = attempt(() => (response = executeRange(node.store, request)));
    if (refused || !response) return reply(refused);
    response.header = node.header(response.header?.revision);
    return reply(undefined, response);
  }
  let cursor: RangeCursor;
  const refused = attempt(() => (cursor = node.store.openRange(request)));
  if (refused) return reply(refused);
  const kvs: Uint8Array[] = [];
  const revision = node.store.currentRevision;
  const limit = request.limit > 0 ? request.limit : Infinity;
  const step = (): void => {
    let slice: Uint8Array[] = [];
    const failed = attempt(() => (slice = cursor.next(Math.min(SLICE_PAIRS, limit - kvs.length))));
    if (failed) return reply(failed);
    for (const pair of slice) kvs.push(pair);
    if (slice.length === SLICE_PAIRS && kvs.length < limit) return endOfTurn(step);
    const left = cursor.remaining();
    const header = node.header(revision);
    reply(undefined, StoredRangeResponse.create({ header, kvs, count: kvs.length + left, more: left > 0 }));
  };
  step();
}

/** Only key order and no filter: such a range can be read piece by piece. Small limits need no slicing. */
function isPlainAndUnbounded(r: RangeRequest): boolean {
  if (r.rangeEnd.length === 0 || r.countOnly || r.keysOnly) return false;
  if (r.limit > 0 && r.limit <= SLICE_PAIRS) return false;
  if (r.sortTarget !== SortTarget.KEY || r.sortOrder === SortOrder.DESCEND) return false;
  return !(r.minModRevision || r.maxModRevision || r.minCreateRevision || r.maxCreateRevision);
}

/** One message: field 1 of RangeStreamResponse holds the stored form of a RangeResponse. */
function chunk(response: StoredRangeResponse): Uint8Array {
  const w = new Writer(4096);
  const { number } = RangeStreamResponse.fields[0];
  w.varint32((number << 3) | 2);
  const mark = w.open();
  StoredRangeResponse.write(w, response);
  w.close(mark);
  return w.finish();
}

export function streamRange(
  node: ServiceNode,
  request: RangeRequest,
  call: StreamCall<RangeRequest>,
  maxRequestBytes: number,
  endOfTurn: (run: () => void) => void,
): void {
  const revision = node.store.currentRevision;
  if (request.countOnly) {
    let counted: StoredRangeResponse | undefined;
    const refused = attempt(() => (counted = executeRange(node.store, request)));
    if (refused || !counted) return call.end(refused);
    call.send(chunk(StoredRangeResponse.create({ header: node.header(revision), count: counted.count })));
    return call.end();
  }
  let cursor: RangeCursor;
  const refused = attempt(() => (cursor = node.store.openRange(request)));
  if (refused) return call.end(refused);
  let left = request.limit > 0 ? request.limit : Infinity;
  let size = Math.min(FIRST_CHUNK_PAIRS, left);
  let sent = 0;
  let waiting = false;
  const next = (): void => {
    if (call.context.cancelled) return;
    let kvs: Uint8Array[] = [];
    const failed: EtcdError | undefined = attempt(() => (kvs = cursor.next(size)));
    if (failed) return call.end(failed);
    sent += kvs.length;
    left -= kvs.length;
    const remaining = cursor.remaining();
    const last = left <= 0 || remaining === 0;
    const response = StoredRangeResponse.create({ kvs });
    if (last)
      Object.assign(response, {
        header: node.header(revision),
        more: remaining > 0,
        count: sent + remaining,
      });
    const message = chunk(response);
    const room = call.send(message);
    if (last) return call.end();
    if (message.length < maxRequestBytes / 2) size *= 2;
    else if (message.length > maxRequestBytes * 2) size = Math.max(1, Math.floor(size / 2));
    size = Math.min(size, SLICE_PAIRS, left);
    if (room) endOfTurn(next);
    else waiting = true;
  };
  call.onDrain(() => {
    if (!waiting) return;
    waiting = false;
    endOfTurn(next);
  });
  next();
}
