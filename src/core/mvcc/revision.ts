/**
 * Revisions as keys of bucket `key`. Byte order is revision order.
 *
 *   0        8   9        17
 *   | main   | _ | sub    |        a put
 *   | main   | _ | sub    | t |    a tombstone
 *
 * main and sub are 8 bytes big endian.
 */

export const REVISION_BYTES = 17;
export const TOMBSTONE_BYTES = 18;

const SEPARATOR = 0x5f;
const TOMBSTONE_MARK = 0x74;
const TWO_32 = 4294967296;

export interface RevisionPoint {
  readonly main: number;
  readonly sub: number;
}

export interface StoredRevision extends RevisionPoint {
  readonly tombstone: boolean;
}

function writeUint64(target: Uint8Array, at: number, value: number): void {
  const hi = Math.floor(value / TWO_32);
  const lo = value >>> 0;
  target[at] = hi >>> 24;
  target[at + 1] = hi >>> 16;
  target[at + 2] = hi >>> 8;
  target[at + 3] = hi;
  target[at + 4] = lo >>> 24;
  target[at + 5] = lo >>> 16;
  target[at + 6] = lo >>> 8;
  target[at + 7] = lo;
}

function readUint64(source: Uint8Array, at: number): number {
  const hi = ((source[at] << 24) | (source[at + 1] << 16) | (source[at + 2] << 8) | source[at + 3]) >>> 0;
  const lo = ((source[at + 4] << 24) | (source[at + 5] << 16) | (source[at + 6] << 8) | source[at + 7]) >>> 0;
  return hi * TWO_32 + lo;
}

/** Writes the first 17 bytes; returns the target. */
export function writeRevision(target: Uint8Array, main: number, sub: number): Uint8Array {
  writeUint64(target, 0, main);
  target[8] = SEPARATOR;
  writeUint64(target, 9, sub);
  return target;
}

export function encodeRevision(main: number, sub: number, tombstone = false): Uint8Array {
  const key = new Uint8Array(tombstone ? TOMBSTONE_BYTES : REVISION_BYTES);
  if (tombstone) key[REVISION_BYTES] = TOMBSTONE_MARK;
  return writeRevision(key, main, sub);
}

/** Main revision of a key of bucket `key`, or of a stored compact revision. */
export function mainOf(key: Uint8Array, at = 0): number {
  return readUint64(key, at);
}

export function subOf(key: Uint8Array, at = 0): number {
  return readUint64(key, at + 9);
}

/** Whether key[at, end) is that of a tombstone. */
export function isTombstone(key: Uint8Array, at = 0, end = key.length): boolean {
  return end - at === TOMBSTONE_BYTES && key[at + REVISION_BYTES] === TOMBSTONE_MARK;
}

/** The first place behind the entry with this key. */
export function pointAfter(key: Uint8Array): RevisionPoint {
  return { main: mainOf(key), sub: subOf(key) + 1 };
}

export function decodeRevision(key: Uint8Array): StoredRevision {
  return { main: mainOf(key), sub: subOf(key), tombstone: isTombstone(key) };
}
