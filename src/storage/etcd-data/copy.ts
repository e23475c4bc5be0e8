/** Buckets of a database as they are, batch by batch. */
import { type BackendEntry, BUCKETS, type Bucket } from '../../core/ports/backend.ts';
import type { EtcdDatabase } from './etcd-database.ts';

export interface CopiedBatch {
  readonly bucket: Bucket;
  readonly entries: readonly BackendEntry[];
}

/** Begins with an empty batch: the bucket is there even if nothing is in it. */
export async function* copyBucket(database: EtcdDatabase, bucket: Bucket): AsyncGenerator<CopiedBatch> {
  yield { bucket, entries: [] };
  for await (const entries of database.entries(bucket)) yield { bucket, entries };
}

/** All of etcd's buckets in name order; others are left out. @throws DamagedPageError */
export async function* copyBuckets(database: EtcdDatabase): AsyncGenerator<CopiedBatch> {
  for (const bucket of [...BUCKETS].sort()) yield* copyBucket(database, bucket);
}
