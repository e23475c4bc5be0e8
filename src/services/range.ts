/**
 * Long reads in slices. A range that could hold the event loop is read a slice a turn at one revision; a short one is
 * answered at once. RangeStream (3.7) sends its slices as messages, growing and shrinking with the size of the pairs.
 */
import type { EtcdError } from '../core/errors.ts';
import { attempt } from '../core/failure.ts';
import type { RangeResult } from '../core/mvcc/requests.ts';
import type { RangeCursor, SlicedWork } from '../core/mvcc/store.ts';
import { executeRange } from '../core/mvcc/txn.ts';
import { Writer } from '../core/wire/codec.ts';
import { type RangeRequest, RangeStreamResponse } from '../core/wire/gen/rpc.ts';
import { StoredRangeResponse } from '../core/wire/gen/stored.ts';
import type { Reply, SendingCall } from './method.ts';
import type { ServiceNode } from './node.ts';
import type { ReadTurns } from './read-turns.ts';

/** Largest chunk of a stream, in pairs: it is read in one turn. */
const MAX_CHUNK_PAIRS = 2000;
/** First chunk of a stream, in pairs. */
const FIRST_CHUNK_PAIRS = 10;

export function rangeInSlices(
  node: ServiceNode,
  request: RangeRequest,
  reads: ReadTurns,
  reply: Reply<StoredRangeResponse>,
): void {
  let work: SlicedWork<RangeResult>;
  const refused = attempt(() => (work = node.store.rangeSliced(request)));
  if (refused) return reply(refused);
  const step = (): void => {
    let finished = false;
    const failed = attempt(() => (finished = work.step()));
    if (failed) return reply(failed);
    if (!finished) return reads.later(step);
    const { kvs, count, more, revision } = work.result;
    reply(undefined, { header: node.header(revision), kvs, more, count });
  };
  step();
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
  call: SendingCall,
  maxRequestBytes: number,
  reads: ReadTurns,
): void {
  const revision = node.store.currentRevision;
  if (request.countOnly) {
    let counted: StoredRangeResponse | undefined;
    const refused = attempt(() => (counted = executeRange(node.store, request)));
    if (refused || !counted) return call.end(refused);
    call.sendEncoded(
      chunk(StoredRangeResponse.create({ header: node.header(revision), count: counted.count })),
    );
    return call.end();
  }
  let cursor: RangeCursor;
  const refused = attempt(() => (cursor = node.store.openRange(request)));
  if (refused) return call.end(refused);
  let left = request.limit > 0 ? request.limit : Infinity;
  let size = Math.min(FIRST_CHUNK_PAIRS, left);
  let sent = 0;
  const next = (): void => {
    if (call.cancelled) return;
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
    const room = call.sendEncoded(message);
    if (last) return call.end();
    if (message.length < maxRequestBytes / 2) size *= 2;
    else if (message.length > maxRequestBytes * 2) size = Math.max(1, Math.floor(size / 2));
    size = Math.min(size, MAX_CHUNK_PAIRS, left);
    if (room) reads.later(next);
    else call.whenDrained(() => reads.later(next));
  };
  next();
}
