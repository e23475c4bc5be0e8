/**
 * A database made in one go, from batches of etcd's buckets: nobody reads it before it is whole, so it is synced every
 * few megabytes and at its end, not with every transaction.
 */
import {
  type BackendEntry,
  type BackendWrite,
  type Bucket,
  MAX_BACKEND_KEY_BYTES,
} from '../../core/ports/backend.ts';
import { openEnvironment, writeTo } from './environment.ts';
import { syncFile, writeFailure } from './files.ts';

/** One transaction takes about so much. */
const COMMIT_BYTES = 512 * 1024;
const COMMIT_WRITES = 2_000;
/** So much is written between two syncs: one large one would hold up the log, which shares the disk. */
const SYNC_BYTES = 8 * 1024 ** 2;

export interface FilledBatch {
  readonly bucket: Bucket;
  readonly entries: readonly BackendEntry[];
}

export interface FillOptions {
  /** A file that is not there yet. */
  readonly path: string;
  /** Address space to reserve for it while it is written. */
  readonly mapBytes: number;
  readonly batches: AsyncIterable<FilledBatch>;
  /** What to throw for a key that is longer than `MAX_BACKEND_KEY_BYTES`. */
  tooLong(bucket: Bucket, key: Uint8Array): Error;
}

/** Durable when it resolves, but for its name. @throws DiskError @returns bytes of keys and values */
export async function fillDatabase({ path, mapBytes, batches, tooLong }: FillOptions): Promise<number> {
  const environment = openEnvironment(path, mapBytes, true);
  let writes: BackendWrite[] = [];
  let bytes = 0;
  let total = 0;
  let synced = 0;
  const commit = async (): Promise<void> => {
    await writeTo(environment, writes).catch(async (error: unknown) => {
      throw writeFailure(path, error);
    });
    total += bytes;
    writes = [];
    bytes = 0;
    if (total - synced < SYNC_BYTES) return;
    synced = total;
    await syncFile(path);
  };
  try {
    for await (const { bucket, entries } of batches) {
      for (const { key, value } of entries) {
        if (key.length > MAX_BACKEND_KEY_BYTES) throw tooLong(bucket, key);
        writes.push({ bucket, key, value });
        bytes += key.length + value.length;
      }
      if (bytes >= COMMIT_BYTES || writes.length >= COMMIT_WRITES) await commit();
    }
    await commit();
    // Off the event loop, before closing finds that anything is left to write.
    await syncFile(path);
  } finally {
    // After a commit that failed it may have nothing to close.
    await environment.root.close().catch(() => undefined);
  }
  await syncFile(path);
  return total;
}
