/** SETTINGS payloads (RFC 9113, section 6.5): a list of 16-bit identifiers with 32-bit values. */
import { defaultFrameBytes, ErrorCode, largestFrameBytes, largestWindowBytes, Setting } from './constants.ts';
import { ConnectionError } from './errors.ts';

const settingBytes = 6;

export type SettingEntry = readonly [identifier: number, value: number];

export function encodeSettings(entries: readonly SettingEntry[]): Buffer {
  const payload = Buffer.allocUnsafe(entries.length * settingBytes);
  for (const [position, [identifier, value]] of entries.entries()) {
    payload.writeUInt16BE(identifier, position * settingBytes);
    payload.writeUInt32BE(value, position * settingBytes + 2);
  }
  return payload;
}

/** Reads and checks a payload; entries keep their order, which matters (6.5.3). Throws {@link ConnectionError}. */
export function decodeSettings(buffer: Buffer, start: number, end: number): SettingEntry[] {
  if ((end - start) % settingBytes !== 0) {
    throw new ConnectionError(ErrorCode.frameSizeError, 'SETTINGS: length is no multiple of 6');
  }
  const entries: SettingEntry[] = [];
  for (let at = start; at < end; at += settingBytes) {
    const entry: SettingEntry = [buffer.readUInt16BE(at), buffer.readUInt32BE(at + 2)];
    checkSetting(entry);
    entries.push(entry);
  }
  return entries;
}

/** Section 6.5.2; identifiers that we don't know are ignored. */
function checkSetting([identifier, value]: SettingEntry): void {
  if (identifier === Setting.enablePush && value > 1) {
    throw new ConnectionError(ErrorCode.protocolError, 'SETTINGS_ENABLE_PUSH is neither 0 nor 1');
  }
  if (identifier === Setting.initialWindowSize && value > largestWindowBytes) {
    throw new ConnectionError(ErrorCode.flowControlError, 'SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1');
  }
  if (identifier === Setting.maxFrameSize && (value < defaultFrameBytes || value > largestFrameBytes)) {
    throw new ConnectionError(ErrorCode.protocolError, 'SETTINGS_MAX_FRAME_SIZE out of range');
  }
}
