/**
 * What the bytes of each frame type mean, and the rules that a frame breaks by itself or by its place: its size, its
 * padding, the stream it names (0 or not), a header block interrupted, SETTINGS not first (RFC 9113, sections 3.4,
 * 4.3, 6). What a frame means to the connection is for {@link FrameEvents}.
 */
import { BlockAssembler } from './block-assembler.ts';
import { ErrorCode, Flag, FrameType } from './constants.ts';
import { ConnectionError } from './errors.ts';
import type { FrameSink } from './frame-reader.ts';
import type { Http2Limits } from './limits.ts';
import { decodeSettings, type SettingEntry } from './settings.ts';

export interface FrameEvents {
  readonly reading: boolean;
  /** Data is buffer[start, end); `length` counts the padding too, as flow control does. */
  data(id: number, buffer: Buffer, start: number, end: number, length: number, endStream: boolean): void;
  /** A whole header block, to be decoded whatever it is for. */
  headerBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void;
  reset(id: number, code: number): void;
  /** Null: our settings are acknowledged. */
  settings(entries: readonly SettingEntry[] | null): void;
  ping(payload: Buffer, ack: boolean): void;
  goaway(lastStreamId: number, code: number, debug: Buffer): void;
  windowUpdate(id: number, increment: number): void;
  /** `valid`: 5 bytes, as it has to be. */
  priority(id: number, valid: boolean): void;
  /** A type we don't know, to be ignored (section 5.5). */
  unknown(): void;
  /** HEADERS or CONTINUATION without a byte of a block. */
  emptyFragment(): void;
}

export class FrameDecoder implements FrameSink {
  private readonly events: FrameEvents;
  private readonly assembler: BlockAssembler;
  private settingsSeen = false;

  constructor(events: FrameEvents, limits: Http2Limits) {
    this.events = events;
    this.assembler = new BlockAssembler(limits);
  }

  get reading(): boolean {
    return this.events.reading;
  }

  frame(type: number, flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (this.assembler.streamId !== 0 && type !== FrameType.continuation) {
      throw new ConnectionError(ErrorCode.protocolError, 'frame inside a header block');
    }
    if (!this.settingsSeen && type !== FrameType.settings) {
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame is not SETTINGS');
    }
    switch (type) {
      case FrameType.data:
        return this.data(flags, id, buffer, start, end);
      case FrameType.headers:
        return this.headers(flags, id, buffer, start, end);
      case FrameType.windowUpdate:
        requireLength(end - start === 4, 'WINDOW_UPDATE: not 4 bytes');
        return this.events.windowUpdate(id, buffer.readUInt32BE(start) & 0x7fffffff);
      case FrameType.rstStream:
        requireLength(end - start === 4, 'RST_STREAM: not 4 bytes');
        requireStream(id, 'RST_STREAM');
        return this.events.reset(id, buffer.readUInt32BE(start));
      case FrameType.settings:
        return this.settings(flags, id, buffer, start, end);
      case FrameType.ping:
        requireNoStream(id, 'PING');
        requireLength(end - start === 8, 'PING: not 8 bytes');
        return this.events.ping(buffer.subarray(start, end), (flags & Flag.ack) !== 0);
      case FrameType.continuation:
        return this.continuation(flags, id, buffer, start, end);
      case FrameType.priority:
        requireStream(id, 'PRIORITY');
        return this.events.priority(id, end - start === 5);
      case FrameType.goaway:
        return this.goaway(id, buffer, start, end);
      case FrameType.pushPromise:
        throw new ConnectionError(ErrorCode.protocolError, 'PUSH_PROMISE');
      default:
        return this.events.unknown();
    }
  }

  private data(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    requireStream(id, 'DATA');
    const length = end - start;
    if (flags & Flag.padded) {
      end -= paddingAt(buffer, start, end);
      start += 1;
    }
    this.events.data(id, buffer, start, end, length, (flags & Flag.endStream) !== 0);
  }

  private headers(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    requireStream(id, 'HEADERS');
    if (flags & (Flag.padded | Flag.priority)) {
      if (flags & Flag.padded) {
        end -= paddingAt(buffer, start, end);
        start += 1;
      }
      if (flags & Flag.priority) start += 5;
      requireLength(start <= end, 'HEADERS too short for its flags');
    }
    const endStream = (flags & Flag.endStream) !== 0;
    if (flags & Flag.endHeaders) return this.events.headerBlock(id, endStream, buffer, start, end);
    if (start === end) this.events.emptyFragment();
    this.assembler.begin(id, endStream, buffer.subarray(start, end));
  }

  private continuation(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    const assembler = this.assembler;
    if (id === 0 || assembler.streamId !== id) {
      throw new ConnectionError(ErrorCode.protocolError, 'CONTINUATION without its HEADERS');
    }
    const last = (flags & Flag.endHeaders) !== 0;
    if (start === end && !last) this.events.emptyFragment();
    assembler.append(buffer.subarray(start, end));
    if (!last) return;
    const block = assembler.finish();
    this.events.headerBlock(id, assembler.endStream, block, 0, block.length);
  }

  private settings(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    requireNoStream(id, 'SETTINGS');
    if (flags & Flag.ack) {
      requireLength(end === start, 'SETTINGS: acknowledgement with payload');
      if (this.settingsSeen) return this.events.settings(null);
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame acknowledges SETTINGS');
    }
    this.settingsSeen = true;
    this.events.settings(decodeSettings(buffer, start, end));
  }

  private goaway(id: number, buffer: Buffer, start: number, end: number): void {
    requireNoStream(id, 'GOAWAY');
    requireLength(end - start >= 8, 'GOAWAY: shorter than 8 bytes');
    const lastStreamId = buffer.readUInt32BE(start) & 0x7fffffff;
    this.events.goaway(lastStreamId, buffer.readUInt32BE(start + 4), buffer.subarray(start + 8, end));
  }
}

/** The pad length of a padded payload, which has to leave room for itself (sections 6.1, 6.2). */
function paddingAt(buffer: Buffer, start: number, end: number): number {
  requireLength(start < end, 'padded frame without a pad length');
  const padding = buffer[start];
  if (padding >= end - start)
    throw new ConnectionError(ErrorCode.protocolError, 'padding exceeds the payload');
  return padding;
}

function requireStream(id: number, name: string): void {
  if (id === 0) throw new ConnectionError(ErrorCode.protocolError, `${name} on stream 0`);
}

function requireNoStream(id: number, name: string): void {
  if (id !== 0) throw new ConnectionError(ErrorCode.protocolError, `${name} on a stream`);
}

function requireLength(right: boolean, message: string): void {
  if (!right) throw new ConnectionError(ErrorCode.frameSizeError, message);
}
