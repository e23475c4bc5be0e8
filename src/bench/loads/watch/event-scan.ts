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
const EVENT_KV = 2;
const KV_VALUE = 5;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

export interface WatchSink {
  created(): void;
  canceled(reason: string): void;
  /** The value is buffer[start, end). */
  event(buffer: Buffer, start: number, end: number): void;
}

export class EventScan {
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;

  /** Scans the message buffer[start, end). A message that is not well formed ends the scan. */
  scan(buffer: Buffer, start: number, end: number, sink: WatchSink): void {
    this.buffer = buffer;
    this.at = start;
    let created = false;
    let canceled = false;
    let reason = '';
    while (this.at < end) {
      const tag = this.varint();
      const field = tag >>> 3;
      if ((tag & 7) === BYTES) {
        const next = this.varint() + this.at;
        if (field === EVENTS) this.event(next, sink);
        else if (field === CANCEL_REASON) reason = buffer.utf8Slice(this.at, next);
        this.at = next;
      } else if ((tag & 7) === VARINT) {
        const value = this.varint();
        if (field === CREATED) created = value !== 0;
        else if (field === CANCELED) canceled = value !== 0;
      } else this.skip(tag);
    }
    if (canceled) sink.canceled(reason);
    else if (created) sink.created();
  }

  private event(end: number, sink: WatchSink): void {
    while (this.at < end) {
      const tag = this.varint();
      if ((tag & 7) !== BYTES) {
        this.skip(tag);
        continue;
      }
      const next = this.varint() + this.at;
      if (tag >>> 3 === EVENT_KV) this.pair(next, sink);
      this.at = next;
    }
  }

  private pair(end: number, sink: WatchSink): void {
    while (this.at < end) {
      const tag = this.varint();
      if ((tag & 7) !== BYTES) {
        this.skip(tag);
        continue;
      }
      const next = this.varint() + this.at;
      if (tag >>> 3 === KV_VALUE) sink.event(this.buffer, this.at, next);
      this.at = next;
    }
  }

  /** Low 32 bits are enough: of 64-bit values none is looked at. */
  private varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.buffer[this.at++];
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128 || byte === undefined) return value >>> 0;
    }
  }

  private skip(tag: number): void {
    if ((tag & 7) === VARINT) this.varint();
    else this.at += (tag & 7) === FIXED64 ? 8 : 4;
  }
}
