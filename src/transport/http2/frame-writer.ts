/** Puts frames into a connection's output. Knows layouts (RFC 9113, section 6), no rules. */
import type { Socket } from 'node:net';
import { defaultFrameBytes, Flag, FrameType, frameHeaderBytes } from './constants.ts';
import { HpackEncoder, type OutgoingField } from './hpack/index.ts';
import { Output, writeFrameHeader } from './output.ts';
import { encodeSettings, type SettingEntry } from './settings.ts';

/** Header lists up to this many bytes are encoded straight into the output, in one frame. */
const smallListBytes = 8 * 1024;

export abstract class FrameWriter {
  readonly socket: Socket;
  readonly output: Output;
  readonly encoder: HpackEncoder;
  /** Control frames written since the socket was last empty. */
  protected unsentControlFrames = 0;

  constructor(socket: Socket, encoder: HpackEncoder) {
    this.socket = socket;
    this.encoder = encoder;
    this.output = new Output(socket, () => this.onFlushed());
  }

  protected abstract onFlushed(): void;
  abstract answered: boolean;

  /** HEADERS, with CONTINUATION where one frame is too small. `flags`: END_STREAM or nothing. */
  writeHeaders(streamId: number, fields: readonly OutgoingField[], flags: number): void {
    this.answered = true;
    const bound = HpackEncoder.bound(fields);
    if (bound > smallListBytes) return this.writeLargeHeaders(streamId, fields, flags);
    const at = this.output.reserve(frameHeaderBytes + bound);
    const buffer = this.output.buffer;
    const end = this.encoder.encode(fields, buffer, at + frameHeaderBytes);
    const length = end - at - frameHeaderBytes;
    writeFrameHeader(buffer, at, length, FrameType.headers, flags | Flag.endHeaders, streamId);
    this.output.trim(end);
  }

  private writeLargeHeaders(streamId: number, fields: readonly OutgoingField[], flags: number): void {
    const scratch = Buffer.allocUnsafe(HpackEncoder.bound(fields));
    const block = scratch.subarray(0, this.encoder.encode(fields, scratch, 0));
    let type: number = FrameType.headers;
    for (let at = 0; at < block.length || type === FrameType.headers; at += defaultFrameBytes) {
      const fragment = block.subarray(at, at + defaultFrameBytes);
      const last = at + defaultFrameBytes >= block.length ? Flag.endHeaders : 0;
      this.writeFrame(type, (type === FrameType.headers ? flags : 0) | last, streamId, fragment);
      type = FrameType.continuation;
    }
  }

  writeEmptyData(streamId: number): void {
    this.writeFrame(FrameType.data, Flag.endStream, streamId, noBytes);
  }

  writeWindowUpdate(streamId: number, increment: number): void {
    this.writeNumber(FrameType.windowUpdate, streamId, increment);
  }

  writeReset(streamId: number, code: number): void {
    this.unsentControlFrames++;
    this.writeNumber(FrameType.rstStream, streamId, code);
  }

  writePing(payload: Uint8Array, flags: number = Flag.none): void {
    this.unsentControlFrames++;
    this.writeFrame(FrameType.ping, flags, 0, payload);
  }

  writeSettings(entries: readonly SettingEntry[]): void {
    this.writeFrame(FrameType.settings, Flag.none, 0, encodeSettings(entries));
  }

  writeSettingsAck(): void {
    this.unsentControlFrames++;
    this.writeFrame(FrameType.settings, Flag.ack, 0, noBytes);
  }

  writeGoaway(lastStreamId: number, code: number, debug: string): void {
    const text = Buffer.from(debug, 'utf8');
    const payload = Buffer.allocUnsafe(8 + text.length);
    payload.writeUInt32BE(lastStreamId, 0);
    payload.writeUInt32BE(code, 4);
    text.copy(payload, 8);
    this.writeFrame(FrameType.goaway, Flag.none, 0, payload);
  }

  private writeNumber(type: number, streamId: number, value: number): void {
    const at = this.output.reserve(frameHeaderBytes + 4);
    const buffer = this.output.buffer;
    const payload = writeFrameHeader(buffer, at, 4, type, Flag.none, streamId);
    buffer.writeUInt32BE(value, payload);
  }

  private writeFrame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const at = this.output.reserve(frameHeaderBytes);
    writeFrameHeader(this.output.buffer, at, payload.length, type, flags, streamId);
    if (payload.length > 0) this.output.append(payload);
  }
}

const noBytes = new Uint8Array(0);
