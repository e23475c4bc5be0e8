/**
 * A file that is there whole or not at all: written under another name, synced, renamed, and its name synced. Readable
 * by its owner only.
 */
import { type Disk, type DiskFile, parentOf } from '../../core/ports/disk.ts';

export const PART_SUFFIX = '.part';

/** What a failed attempt wrote is removed. An older part file is replaced. @throws DiskError and what `fill` throws */
export async function createWhole<T>(
  disk: Disk,
  path: string,
  fill: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const part = path + PART_SUFFIX;
  const file = await disk.open(part, 'create', { mode: 0o600 });
  let result: T;
  try {
    try {
      result = await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(part, path);
  } catch (error) {
    await disk.remove(part).catch(() => {});
    throw error;
  }
  await disk.syncDirectory(parentOf(path));
  return result;
}

/** Appends chunks from `position` on; the result is the end. */
export async function writeChunks(
  file: Pick<DiskFile, 'write'>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  position = 0,
): Promise<number> {
  for await (const chunk of chunks) {
    await file.write(chunk, position);
    position += chunk.length;
  }
  return position;
}
