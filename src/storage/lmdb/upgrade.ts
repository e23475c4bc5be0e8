/**
 * Databases made before entries had checksums: the same buckets, unsealed. A member that starts on one writes it anew,
 * beside the old file, and puts it in its place when it is whole and durable.
 */
import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BackendEntry, BUCKETS } from '../../core/ports/backend.ts';
import { DamagedEntry } from './errors.ts';
import { checkFile, formatOf } from './file/check.ts';
import { DatabaseFile } from './file/database-file.ts';
import { removeFiles, syncFile } from './files.ts';
import { type FilledBatch, fillDatabase } from './fill.ts';

const UPGRADE_SUFFIX = '.upgrade';
const BATCH_ENTRIES = 1_000;
/** Address space while the new file is written. */
const MAP_BYTES = 16 * 1024 ** 3;

/** True if the database was of the old format, and is of the new one now. @throws DamagedDatabase */
export async function upgradeDatabase(path: string): Promise<boolean> {
  const upgraded = path + UPGRADE_SUFFIX;
  removeFiles(upgraded);
  if (!existsSync(path) || statSync(path).size === 0) return false;
  const file = DatabaseFile.open(path);
  try {
    if (formatOf(file.trees()) !== 'unsealed') return false;
    for (const problem of checkFile(file, { thorough: false })) throw problem;
    await fillDatabase({
      path: upgraded,
      mapBytes: MAP_BYTES,
      batches: entriesOf(file),
      tooLong: (bucket, key) => new DamagedEntry(bucket, key, 'key is too long'),
    });
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

async function* entriesOf(file: DatabaseFile): AsyncGenerator<FilledBatch> {
  const trees = file.trees();
  for (const bucket of BUCKETS) {
    let entries: BackendEntry[] = [];
    for (const entry of file.entries(trees.get(bucket)!)) {
      entries.push(entry);
      if (entries.length < BATCH_ENTRIES) continue;
      yield { bucket, entries };
      entries = [];
    }
    yield { bucket, entries };
  }
}
