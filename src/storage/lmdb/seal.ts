/**
 * LMDB has no checksums, and what a disk gives back changed would be served. So each value is stored with one:
 *
 *   | value | CRC-32C of bucket, key and value, 4 bytes little endian |
 *
 * It is checked whenever an entry is read. The bucket and the key are in it, so that a value that turns up in another
 * place is found too. Databases made before that have the same buckets without `SEALED` in their names; they are
 * rewritten when a member starts on them (upgrade.ts).
 */
import { BUCKETS, type Bucket, type EntryCursor } from '../../core/ports/backend.ts';
import { allocate } from '../../core/wire/arena.ts';
import { fromLatin1 } from '../../core/wire/bytes.ts';
import { crc32c, crc32cRange } from '../../core/wire/crc32c.ts';
import { DamagedEntry } from './errors.ts';

export const SEAL_BYTES = 4;

/** Behind a bucket's name: which format its values have. */
const SEALED = '+crc32c';

export const sealedName = (bucket: Bucket): string => bucket + SEALED;

const SEEDS = Object.fromEntries(BUCKETS.map((name) => [name, crc32c(fromLatin1(name))])) as Readonly<
  Record<Bucket, number>
>;

export function seal(bucket: Bucket, key: Uint8Array, value: Uint8Array): Uint8Array {
  const size = value.length;
  const stored = allocate(size + SEAL_BYTES);
  stored.set(value);
  const crc = crc32c(value, crc32c(key, SEEDS[bucket]));
  stored[size] = crc;
  stored[size + 1] = crc >>> 8;
  stored[size + 2] = crc >>> 16;
  stored[size + 3] = crc >>> 24;
  return stored;
}

/** Where an entry lies. */
export type EntryPlaces = Omit<EntryCursor, 'next' | 'close'>;

/** The seal at the end of the value holds. @throws DamagedEntry */
export function verifySeal(bucket: Bucket, entry: EntryPlaces): void {
  const { keyBytes, keyAt, keyEnd, valueBytes, valueAt, valueEnd } = entry;
  const at = valueEnd - SEAL_BYTES;
  const fail = (problem: string): never => {
    throw new DamagedEntry(bucket, keyBytes.slice(keyAt, keyEnd), problem);
  };
  if (at < valueAt) fail(`${valueEnd - valueAt} bytes are too few`);
  if (!holds(crc32cRange(keyBytes, keyAt, keyEnd, SEEDS[bucket]), valueBytes, valueAt, at)) fail(MISMATCH);
}

/** Length of the value in `stored`, whose checksum holds. @throws DamagedEntry */
export function checkedLength(bucket: Bucket, key: Uint8Array, stored: Uint8Array): number {
  const size = stored.length - SEAL_BYTES;
  if (size < 0) throw new DamagedEntry(bucket, key, `${stored.length} bytes are too few`);
  if (!holds(crc32c(key, SEEDS[bucket]), stored, 0, size)) throw new DamagedEntry(bucket, key, MISMATCH);
  return size;
}

const MISMATCH = 'checksum mismatch';

/** Whether the seal behind bytes[start, end) is that of the key whose checksum is `seed`, and of these bytes. */
function holds(seed: number, bytes: Uint8Array, start: number, end: number): boolean {
  const said = (bytes[end] | (bytes[end + 1] << 8) | (bytes[end + 2] << 16) | (bytes[end + 3] << 24)) >>> 0;
  return crc32cRange(bytes, start, end, seed) === said;
}

/** The value, a view. @throws DamagedEntry */
export function unseal(bucket: Bucket, key: Uint8Array, stored: Uint8Array): Uint8Array {
  return stored.subarray(0, checkedLength(bucket, key, stored));
}
