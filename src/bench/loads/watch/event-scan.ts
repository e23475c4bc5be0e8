/**
 * Reads of a WatchResponse what a load has to know, without making objects: with a thousand watchers on a key the
 * client has a thousand events to read for each put. Field numbers are those of rpc.proto and kv.proto.
 *
 *   WatchResponse { created = 3, canceled = 4, cancel_reason = 6, events = 11 { kv = 2 { value = 5 } } }
 */

const CREATED = 3;
const CANCELED = 4;
const CANCEL_REASON = 6;
const EVENTS = 11;
/** kv, and value in it. */
const VALUE_OF_EVENT = [2, 5];

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

export interface WatchSink {
  created(): void;
  canceled(reason: string): void;
  /** The value is buffer[start, end). */
  event(buffer: Buffer, start: number, end: number): void;
}

/** Low 32 bits are enough: of 64-bit values none is looked at. */
function varintAt(buffer: Buffer, at: number): number {
  let byte = buffer[at];
  if (byte < 128) return byte;
  let value = byte & 127;
  for (let shift = 7; byte > 127; shift += 7) {
    byte = buffer[++at];
    if (shift < 32) value |= (byte & 127) << shift;
  }
  return value >>> 0;
}

/** Behind the varint. */
function varintEnd(buffer: Buffer, at: number): number {
  while (buffer[at] > 127) at++;
  return at + 1;
}

/** Behind a field that is no byte string. */
function fieldEnd(buffer: Buffer, tag: number, at: number): number {
  if ((tag & 7) === VARINT) return varintEnd(buffer, at);
  return at + ((tag & 7) === FIXED64 ? 8 : 4);
}

/**
 * Scans the WatchResponse buffer[at, end). What is not well formed is passed over, and nothing behind `end` is read as a
 * part of it.
 */
export function scanResponse(buffer: Buffer, at: number, end: number, sink: WatchSink): void {
  let created = false;
  let canceled = false;
  let reason = '';
  while (at < end) {
    const tag = varintAt(buffer, at);
    const field = tag >>> 3;
    at = varintEnd(buffer, at);
    if ((tag & 7) === BYTES) {
      const start = Math.min(varintEnd(buffer, at), end);
      at = Math.min(start + varintAt(buffer, at), end);
      if (field === EVENTS) scanPath(buffer, start, at, VALUE_OF_EVENT, 0, sink);
      else if (field === CANCEL_REASON) reason = buffer.utf8Slice(start, at);
      continue;
    }
    if (field === CREATED) created = varintAt(buffer, at) !== 0;
    else if (field === CANCELED) canceled = varintAt(buffer, at) !== 0;
    at = fieldEnd(buffer, tag, at);
  }
  if (canceled) sink.canceled(reason);
  else if (created) sink.created();
}

/** Finds what `path` leads to, from `depth` on, in the message buffer[at, end). */
function scanPath(
  buffer: Buffer,
  at: number,
  end: number,
  path: readonly number[],
  depth: number,
  sink: WatchSink,
): void {
  while (at < end) {
    const tag = varintAt(buffer, at);
    at = varintEnd(buffer, at);
    if ((tag & 7) !== BYTES) {
      at = fieldEnd(buffer, tag, at);
      continue;
    }
    const start = Math.min(varintEnd(buffer, at), end);
    at = Math.min(start + varintAt(buffer, at), end);
    if (tag >>> 3 !== path[depth]) continue;
    if (depth === path.length - 1) sink.event(buffer, start, at);
    else scanPath(buffer, start, at, path, depth + 1, sink);
  }
}
