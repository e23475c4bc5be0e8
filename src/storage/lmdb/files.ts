/** The files of a database, handled off the event loop: syncing or removing a large one takes as long as it is large. */
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DiskError } from '../../core/ports/disk.ts';
import { isFull } from './commit-error.ts';
import { LOCK_SUFFIX } from './environment.ts';

/** So much is cut off at a time, so that nothing that needs the file system waits for the whole. */
const CUT_BYTES = 32 * 1024 ** 2;
/** LMDB's two meta pages, and more: what closing an environment may look at. */
const KEPT_BYTES = 64 * 1024;

/** A file or a directory. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Why LMDB could not write a file. */
export function writeFailure(path: string, error: unknown): DiskError {
  if (isFull(path)) return new DiskError('ENOSPC', 'write', path, `write ${path}: no space left on device`);
  const { message, cause } = error as Error;
  return new DiskError(
    'EIO',
    'write',
    path,
    `write ${path}: ${(cause as Error | undefined)?.message ?? message}`,
  );
}

export function removeFiles(path: string): void {
  for (const file of [path, path + LOCK_SUFFIX]) rmSync(file, { force: true });
}

/**
 * Takes a file to its end whose name is gone and whose pages nobody reads any more, before the one who maps it lets go
 * of it: unmapping and freeing all of it at once would hold the event loop, a tenth of a second for 400 MB.
 */
export async function emptyFile(file: FileHandle): Promise<void> {
  let { size } = await file.stat();
  while (size > KEPT_BYTES) {
    size = Math.max(KEPT_BYTES, size - CUT_BYTES);
    await file.truncate(size);
  }
}
