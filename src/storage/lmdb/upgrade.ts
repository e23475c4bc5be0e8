/**
 * Databases made before entries had checksums: the same buckets, unsealed. A member that starts on one writes it anew,
 * beside the old file, and puts it in its place when it is whole and durable.
 */
import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BackendWrite, BUCKETS } from '../../core/ports/backend.ts';
import { LmdbBackend } from './backend.ts';
import { checkFile, formatOf } from './file/check.ts';
import { DatabaseFile } from './file/database-file.ts';
import { removeFiles, syncFile } from './files.ts';

const UPGRADE_SUFFIX = '.upgrade';
/** One transaction takes about so much. */
const COMMIT_BYTES = 1024 * 1024;
const COMMIT_WRITES = 5_000;

/** True if the database was of the old format, and is of the new one now. @throws DamagedDatabase */
export async function upgradeDatabase(path: string): Promise<boolean> {
  const upgraded = path + UPGRADE_SUFFIX;
  removeFiles(upgraded);
  if (!existsSync(path) || statSync(path).size === 0) return false;
  const file = DatabaseFile.open(path);
  try {
    if (formatOf(file.trees()) !== 'unsealed') return false;
    for (const problem of checkFile(file, { thorough: false })) throw problem;
    await copy(file, upgraded);
  } catch (error) {
    removeFiles(upgraded);
    throw error;
  } finally {
    file.close();
  }
  renameSync(upgraded, path);
  removeFiles(upgraded);
  await syncFile(dirname(path));
  return true;
}

async function copy(file: DatabaseFile, path: string): Promise<void> {
  const backend = new LmdbBackend({ path });
  try {
    const trees = file.trees();
    let writes: BackendWrite[] = [];
    let bytes = 0;
    for (const bucket of BUCKETS) {
      for (const { key, value } of file.entries(trees.get(bucket)!)) {
        writes.push({ bucket, key, value });
        bytes += key.length + value.length;
        if (bytes < COMMIT_BYTES && writes.length < COMMIT_WRITES) continue;
        await backend.commit(writes);
        writes = [];
        bytes = 0;
      }
    }
    await backend.commit(writes);
  } finally {
    await backend.close();
  }
}
