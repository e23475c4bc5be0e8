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

export interface StoredRevision {
  readonly main: number;
  readonly sub: number;
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

/** Writes a put's key at `at`; a tombstone's has one byte more, see `encodeRevision`. */
export function writeRevision(target: Uint8Array, at: number, main: number, sub: number): void {
  writeUint64(target, at, main);
  target[at + 8] = SEPARATOR;
  writeUint64(target, at + 9, sub);
}

export function writeTombstoneMark(target: Uint8Array, at: number): void {
  target[at + REVISION_BYTES] = TOMBSTONE_MARK;
}

export function encodeRevision(main: number, sub: number, tombstone = false): Uint8Array {
  const key = new Uint8Array(tombstone ? TOMBSTONE_BYTES : REVISION_BYTES);
  writeRevision(key, 0, main, sub);
  if (tombstone) writeTombstoneMark(key, 0);
  return key;
}

/** Main revision of a key of bucket `key`, or of a stored compact revision. */
export function mainOf(key: Uint8Array): number {
  return readUint64(key, 0);
}

export function subOf(key: Uint8Array): number {
  return readUint64(key, 9);
}

export function isTombstone(key: Uint8Array): boolean {
  return key.length === TOMBSTONE_BYTES && key[REVISION_BYTES] === TOMBSTONE_MARK;
}

export function decodeRevision(key: Uint8Array): StoredRevision {
  return { main: mainOf(key), sub: subOf(key), tombstone: isTombstone(key) };
}
