/** Why a commit failed, in words that say what is to be done. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** errno(3) */
const EIO = 5;
const ENOSPC = 28;
const NO_SPACE = 'no space left on device';
/** A disk with less than this left is full, whatever the error was called: a commit takes more. */
const FULL_BYTES = 1024 * 1024;

/** lmdb-js rejects at once and tells why in a second promise, which nobody else waits for. */
export async function explainCommit(
  error: Error & { commitError?: Promise<never> },
  path: string,
): Promise<never> {
  const told = await error.commitError?.catch((reason: Error) => reason);
  const cause: Error & { code?: unknown } = told ?? error;
  throw new Error(`the backend could not commit: ${reasonOf(cause, path)}`, { cause });
}

/** LMDB calls it an input/output error when the disk takes only a part of a page. */
function reasonOf({ code, message }: Error & { code?: unknown }, path: string): string {
  return code === ENOSPC || (code === EIO && isFull(path)) ? NO_SPACE : message;
}

/** Whether the disk that `path` lies on is. LMDB says of such a disk no more than that a write was short. */
export function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < FULL_BYTES;
  } catch {
    return false;
  }
}
