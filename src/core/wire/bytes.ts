/**
 * Bytes and the strings that stand for them. The one place where core/ touches `Buffer`: as a byte type only
 * (no pool that outlives a call, no I/O), because its latin1 and compare routines are native.
 */

export const EMPTY: Uint8Array = Buffer.alloc(0);

/** A Buffer view over the same memory; no copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** One char per byte: keeps byte order under `<`, and makes a key usable in a Map. */
export function toLatin1(bytes: Uint8Array): string {
  const n = bytes.length;
  if (n < 12) {
    let s = '';
    for (let i = 0; i < n; i++) s += String.fromCharCode(bytes[i]);
    return s;
  }
  return asBuffer(bytes).latin1Slice(0, n);
}

/** `toLatin1` of bytes[start, end), without a view of them. */
export function latin1Range(bytes: Uint8Array, start: number, end: number): string {
  return asBuffer(bytes).latin1Slice(start, end);
}

export function fromLatin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export function utf8Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

export function utf8Text(bytes: Uint8Array): string {
  return asBuffer(bytes).utf8Slice(0, bytes.length);
}

/** A copy that does not keep a larger buffer alive (a view of a socket's chunk does). */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && asBuffer(a).compare(b) === 0;
}

/** Byte-wise order: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return asBuffer(a).compare(b);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts as Uint8Array[]);
}
