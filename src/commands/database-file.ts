/** A database file that a command looks into, and what it says when it cannot. */
import type { PageFile } from '../storage/bbolt/index.ts';
import { CommandError, Exit } from './exit.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
};

/** Failures that are about the file or the disk, and no mistake in kvctl. */
const EXPECTED: ReadonlySet<string> = new Set([
  'BoltError',
  'InvalidDatabaseError',
  'TruncatedFileError',
  'DamagedPageError',
  'IntegrityError',
  'SchemaError',
  'SnapshotHashError',
  'RestoreError',
  'DiskError',
  'LogStoreError',
  'KvError',
  'DamagedDatabase',
  'DamagedEntry',
]);

/** What an expected failure says, a file that is missing in Go's words. Any other is thrown again. */
export function reasonOf(error: unknown, operation: string): string {
  const { name, message, code, path } = error as Error & { code?: string; path?: string };
  if (name === 'DiskError' && code !== undefined && code in REASONS)
    return `${operation} ${path}: ${REASONS[code]}`;
  if (EXPECTED.has(name)) return message;
  throw error;
}

/** An expected failure ends the command with its message and exit code 1. */
export function explain(error: unknown, operation: string): never {
  throw new CommandError(Exit.Error, reasonOf(error, operation));
}

/** Opens the file for reading, and closes it. @throws CommandError */
export async function withFile<T>(path: string, read: (file: PageFile) => Promise<T>): Promise<T> {
  const { NodeDisk } = await import('../storage/disk/index.ts');
  try {
    const file = await new NodeDisk().open(path, 'read');
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    return explain(error, 'stat');
  }
}
