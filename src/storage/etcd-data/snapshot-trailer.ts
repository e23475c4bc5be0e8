/**
 * The SHA-256 behind a snapshot: `snapshot save` appends the 32 bytes to the database, whose length is a multiple of
 * 512, so a file of 512 n + 32 bytes has one. It is the only thing that covers every byte of the file.
 */
import { createHash } from 'node:crypto';
import type { PageFile } from '../bbolt/index.ts';
import { SnapshotHashError } from './errors.ts';

export const TRAILER_BYTES = 32;
const SECTOR_BYTES = 512;
const READ_BYTES = 256 * 1024;

/** Whether a file of this size ends with a SHA-256. */
export function hasTrailer(fileBytes: number): boolean {
  return fileBytes % SECTOR_BYTES === TRAILER_BYTES;
}

/** Passes the chunks of a database through, and its SHA-256 behind them as a chunk of its own. */
export async function* withTrailer(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  yield hash.digest();
}

/**
 * Reads the whole file.
 * @param path for messages
 * @throws SnapshotHashError
 */
export async function verifyTrailer(file: PageFile, path: string): Promise<void> {
  const size = await file.size();
  if (size < TRAILER_BYTES) throw new SnapshotHashError('too-short', `seek ${path}: invalid argument`);
  if (!hasTrailer(size))
    throw new SnapshotHashError('missing', 'snapshot missing hash but --skip-hash-check=false');
  const end = size - TRAILER_BYTES;
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  for (let position = 0; position < end; ) {
    const wanted = Math.min(READ_BYTES, end - position);
    const n = await file.read(buffer.subarray(0, wanted), position);
    if (n === 0) throw new SnapshotHashError('mismatch', `unexpected end of ${path}`);
    hash.update(buffer.subarray(0, n));
    position += n;
  }
  const expected = Buffer.alloc(TRAILER_BYTES);
  await file.read(expected, end);
  const got = hash.digest();
  if (!got.equals(expected))
    throw new SnapshotHashError(
      'mismatch',
      `expected sha256 [${expected.join(' ')}], got [${got.join(' ')}]`,
    );
}
