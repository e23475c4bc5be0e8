/** What can be wrong with the content of an etcd database or snapshot, above its pages. */
import { MAX_BACKEND_KEY_BYTES } from '../../core/ports/backend.ts';
import { type BoltError, type DamagedPageError, showKey } from '../bbolt/index.ts';

/** An entry that etcd cannot have written. */
export class SchemaError extends Error {
  override name = 'SchemaError';
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly problem: string;

  constructor(bucket: string, key: Uint8Array, problem: string) {
    super(`bucket ${bucket}, key ${showKey(key)}: ${problem}`);
    this.bucket = bucket;
    this.key = key;
    this.problem = problem;
  }
}

/** Of a key that etcd can store and kvctl's own database can't: nothing but the name of a user or role is so long. */
export function keyTooLong(bucket: string, key: Uint8Array): SchemaError {
  const problem = `is longer than the ${MAX_BACKEND_KEY_BYTES} bytes that kvctl can store`;
  return new SchemaError(bucket, key, problem);
}

/** The consistency check found damage. The first line of the message is etcd's. */
export class IntegrityError extends Error {
  override name = 'IntegrityError';
  readonly problems: readonly (DamagedPageError | BoltError)[];

  constructor(problems: readonly (DamagedPageError | BoltError)[]) {
    const lines = problems.map((p) => p.message);
    super([`snapshot file integrity check failed. ${problems.length} errors found.`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/** The SHA-256 behind a snapshot is missing or does not match. The messages are etcd's. */
export class SnapshotHashError extends Error {
  override name = 'SnapshotHashError';
  readonly reason: 'missing' | 'mismatch' | 'too-short';

  constructor(reason: 'missing' | 'mismatch' | 'too-short', message: string) {
    super(message);
    this.reason = reason;
  }
}
