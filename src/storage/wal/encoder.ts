/**
 * Records, framed and checksummed, into one growing buffer: the bytes of a whole batch leave in one write. Entries,
 * the hot kind, are written straight into place, with no object or buffer of their own. Scalars are written even when
 * zero: releases before 3.7 demand it, and all accept it.
 */
import type { LogEntry, LogHardState } from '../../core/ports/log-store.ts';
import { Writer } from '../../core/wire/codec.ts';
import { crc32cRange } from '../../core/wire/crc32c.ts';
import { HardState } from '../../core/wire/gen/raft.ts';
import { FRAME_HEADER_BYTES, RecordType } from './format.ts';

const INITIAL_BYTES = 64 * 1024;
/** A buffer that one big batch blew up is not kept. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Frame header, type, crc and data tags with the longest varints, padding; and an entry's own tags and varints. */
const RECORD_OVERHEAD_BYTES = FRAME_HEADER_BYTES + 2 + 6 + 6 + 7;
const ENTRY_OVERHEAD_BYTES = 2 + 11 + 11 + 6;
/** Record type and crc, with the five-byte crc that fifteen records out of sixteen have. */
const TYPE_AND_CRC_BYTES = 2 + 6;
const TWO_32 = 4294967296;

export class RecordEncoder {
  buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** Bytes in use. */
  length = 0;
  private readonly scratch = new Writer(64);

  reset(): void {
    this.length = 0;
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  private need(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }

  /** Appends an entry record; returns the running crc behind it. */
  entry(entry: LogEntry, crc: number): number {
    const { type, term, index, data } = entry;
    const bytes = data.length;
    this.need(RECORD_OVERHEAD_BYTES + ENTRY_OVERHEAD_BYTES + bytes);
    let size = 1 + varintSize(type) + 1 + varintSize(term) + 1 + varintSize(index);
    if (bytes > 0) size += 1 + varintSize(bytes) + bytes;

    const { buffer } = this;
    const start = this.length;
    const body = start + FRAME_HEADER_BYTES + TYPE_AND_CRC_BYTES + 1 + varintSize(size);
    let p = body;
    buffer[p++] = 0x08;
    p = putVarint(buffer, p, type);
    buffer[p++] = 0x10;
    p = putVarint(buffer, p, term);
    buffer[p++] = 0x18;
    p = putVarint(buffer, p, index);
    if (bytes > 0) {
      buffer[p++] = 0x22;
      p = putVarint(buffer, p, bytes);
      buffer.set(data, p);
    }
    return this.frame(RecordType.Entry, body, size, crc);
  }

  state(state: LogHardState, crc: number): number {
    this.scratch.reset();
    HardState.write(this.scratch, state);
    return this.record(RecordType.State, this.scratch.buf.subarray(0, this.scratch.pos), crc);
  }

  /** A record of any type around encoded `data`; returns the running crc behind it. */
  record(type: number, data: Uint8Array, crc: number): number {
    this.need(RECORD_OVERHEAD_BYTES + data.length);
    const body = this.length + FRAME_HEADER_BYTES + TYPE_AND_CRC_BYTES + 1 + varintSize(data.length);
    this.buffer.set(data, body);
    return this.frame(type, body, data.length, crc);
  }

  /** A record without data: what opens a segment. */
  crcRecord(crc: number): void {
    this.need(RECORD_OVERHEAD_BYTES);
    const end = this.typeAndCrc(this.length + FRAME_HEADER_BYTES, RecordType.Crc, crc);
    this.close(end);
  }

  /** Puts record and frame around a body that lies in place for a five-byte crc, and moves it if the crc is shorter. */
  private frame(type: number, body: number, size: number, crcBefore: number): number {
    const { buffer } = this;
    const crc = crc32cRange(buffer, body, body + size, crcBefore);
    let p = this.typeAndCrc(this.length + FRAME_HEADER_BYTES, type, crc);
    buffer[p++] = 0x1a;
    p = putVarint(buffer, p, size);
    if (p !== body) buffer.copyWithin(p, body, body + size);
    this.close(p + size);
    return crc;
  }

  private typeAndCrc(at: number, type: number, crc: number): number {
    this.buffer[at++] = 0x08;
    this.buffer[at++] = type;
    this.buffer[at++] = 0x10;
    return putVarint(this.buffer, at, crc);
  }

  /** Writes padding and the frame's header. */
  private close(end: number): void {
    const { buffer } = this;
    const size = end - this.length - FRAME_HEADER_BYTES;
    const padding = (8 - (size % 8)) % 8;
    for (let i = 0; i < padding; i++) buffer[end + i] = 0;
    const start = this.length;
    buffer[start] = size;
    buffer[start + 1] = size >>> 8;
    buffer[start + 2] = size >>> 16;
    buffer[start + 3] = size >>> 24;
    buffer[start + 4] = 0;
    buffer[start + 5] = 0;
    buffer[start + 6] = 0;
    buffer[start + 7] = padding === 0 ? 0 : 0x80 | padding;
    this.length = end + padding;
  }
}

function varintSize(value: number): number {
  if (value < 128) return 1;
  if (value < TWO_32) return ((38 - Math.clz32(value)) / 7) | 0;
  let n = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    n++;
  }
  return n;
}

/** Writes a safe, non-negative integer; returns the position behind it. */
function putVarint(buffer: Uint8Array, p: number, value: number): number {
  while (value >= TWO_32) {
    buffer[p++] = (value % 128) | 128;
    value = Math.floor(value / 128);
  }
  while (value > 127) {
    buffer[p++] = (value & 127) | 128;
    value >>>= 7;
  }
  buffer[p++] = value;
  return p;
}
