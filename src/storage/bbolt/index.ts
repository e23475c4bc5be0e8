/**
 * bbolt files, the database format of etcd, without bbolt: read at any size in a few MiB, checked, and written in
 * one pass from sorted input. layout.ts draws the bytes; etcd's buckets and keys are another room's (etcd-data).
 *
 * Who may call it: etcd-data, the composition root, and the offline commands, which hand in a file and close it.
 *
 * Laws
 * 1. A file is only ever read; a file that is written is new. There is no transaction here.
 * 2. Memory does not grow with the file: a page cache, one page a tree level.
 * 3. Nothing of a page is trusted before it was verified, and nothing of a subtree before it was held against the
 *    branch above it. Damage is a typed error that names the page.
 * 4. What a writer gives out, bbolt's own check accepts.
 */
export { BoltFile, type OpenBoltOptions } from './bolt-file.ts';
export type { Bucket, Entry, ScanRange } from './bucket.ts';
export { check, problemsOf } from './check.ts';
export { BoltError, DamagedPageError, InvalidDatabaseError, TruncatedFileError } from './errors.ts';
export type { BucketBatch, BucketBatches, SizedEntry } from './file-packer.ts';
export { showKey } from './layout.ts';
export type { Meta } from './meta.ts';
export type { PageFile } from './page-cache.ts';
export { createWhole, PART_SUFFIX, writeChunks } from './part-file.ts';
export type { Sized } from './tree-packer.ts';
export { CHUNK_BYTES, type FilePlan, fileChunks, planFile, writeBoltFile } from './write.ts';
