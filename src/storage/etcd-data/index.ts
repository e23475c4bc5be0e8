/**
 * What etcd keeps in its database, read from a snapshot or from the data directory of a stopped member, and what kvctl
 * makes of it. The pages are storage/bbolt's; the keys and values are the same in kvctl's own backend, so nothing is
 * translated on the way, only checked, replaced (membership, progress) or left out.
 *
 * Who may call it: offline commands (`snapshot status`, `restore`, `hashkv`, `check data`), the composition root
 * (import), and whoever sends or saves a snapshot (the trailer).
 *
 * Laws: the source is never written to; a value that etcd cannot have written is a SchemaError with its bucket and key.
 */
export { type CopiedBatch, copyBuckets } from './copy.ts';
export { IntegrityError, keyTooLong, SchemaError, SnapshotHashError } from './errors.ts';
export {
  EtcdDatabase,
  type StoredAuth,
  type StoredChange,
  type StoredDowngrade,
  type StoredMeta,
} from './etcd-database.ts';
export { type FileHash, type HashSource, hashKV } from './hash-kv.ts';
export { type DatabaseExport, exportDatabase, hashDatabase, type LiveOptions } from './live.ts';
export { OwnDatabase } from './own-database.ts';
export {
  FIRST_TERM,
  type NewLog,
  newLog,
  type RestoreOptions,
  restoredBuckets,
} from './restore.ts';
export { hasTrailer, TRAILER_BYTES, verifyTrailer, withTrailer } from './snapshot-trailer.ts';
export { type SnapshotStatus, snapshotStatus, verifyPages } from './status.ts';
export { verifySchema } from './verify.ts';
