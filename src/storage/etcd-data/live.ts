/**
 * The way out: a fixed state of kvctl's own backend as the database file that etcd would have of it, and its hash.
 * Keys and values are etcd's already. What is added is the storage version, which kvctl does not store: it follows the
 * cluster version, and etcd 3.6 and newer look for it in the file.
 *
 * The backend is read twice, because a bbolt file begins with what is known last: once for lengths, once for bytes.
 * Between slices `pause` lets other work in.
 */
import { storageVersionFor } from '../../core/membership/storage-version.ts';
import {
  after,
  type BackendEntry,
  type BackendReader,
  BUCKETS,
  type Bucket,
} from '../../core/ports/backend.ts';
import { bytesEqual, compareBytes, fromLatin1, utf8Bytes, utf8Text } from '../../core/wire/bytes.ts';
import { crc32c } from '../../core/wire/crc32c.ts';
import { type BucketBatch, fileChunks, planFile } from '../bbolt/index.ts';
import { CLUSTER_KEYS, META_KEYS } from './schema.ts';
import { withTrailer } from './snapshot-trailer.ts';

/** Of one slice: about a millisecond of reading and packing. */
const SLICE_ENTRIES = 500;
const SLICE_BYTES = 256 * 1024;

const BY_NAME: readonly Bucket[] = [...BUCKETS].sort();

export interface LiveOptions {
  /** Gives way to other work. */
  pause(): Promise<void>;
}

export interface DatabaseExport {
  /** Length of the file, without its SHA-256. */
  readonly bytes: number;
  /** Storage version, `X.Y.0`; '' before 3.6. */
  readonly version: string;
  /** The file, and its SHA-256 behind it as a chunk of its own. One of the two is to be called, once. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** The file alone. */
  bareChunks(): AsyncGenerator<Uint8Array>;
}

/** `source` must not change until the last chunk is taken: a BackendSnapshot. */
export async function exportDatabase(source: BackendReader, options: LiveOptions): Promise<DatabaseExport> {
  const plan = await planFile(liveBuckets(source, options));
  const bareChunks = (): AsyncGenerator<Uint8Array> => fileChunks(liveBuckets(source, options), plan);
  return {
    bytes: plan.bytes,
    version: versionIn(source),
    chunks: () => withTrailer(bareChunks()),
    bareChunks,
  };
}

const NOT_HASHED: readonly Uint8Array[] = [
  META_KEYS.consistentIndex,
  META_KEYS.term,
  META_KEYS.storageVersion,
];

/** CRC-32C of all buckets, each its name and its keys and values; what members cannot agree on is left out. */
export async function hashDatabase(source: BackendReader, options: LiveOptions): Promise<number> {
  let hash = 0;
  for (const bucket of BY_NAME) {
    hash = crc32c(fromLatin1(bucket), hash);
    for await (const entries of slices(source, bucket, options)) {
      for (const { key, value } of entries) {
        if (bucket === 'meta' && NOT_HASHED.some((skipped) => bytesEqual(skipped, key))) continue;
        hash = crc32c(value, crc32c(key, hash));
      }
    }
  }
  return hash;
}

async function* liveBuckets(source: BackendReader, options: LiveOptions): AsyncGenerator<BucketBatch> {
  for (const bucket of BY_NAME) {
    yield { bucket, entries: [] };
    if (bucket === 'meta') yield { bucket, entries: metaOf(source) };
    else for await (const entries of slices(source, bucket, options)) yield { bucket, entries };
  }
}

function metaOf(source: BackendReader): BackendEntry[] {
  const stored = source.scan({ bucket: 'meta', limit: SLICE_ENTRIES });
  const version = versionIn(source);
  const kept = stored.filter(({ key }) => !bytesEqual(key, META_KEYS.storageVersion));
  if (version !== '') kept.push({ key: META_KEYS.storageVersion, value: utf8Bytes(version) });
  return kept.sort((a, b) => compareBytes(a.key, b.key));
}

function versionIn(source: BackendReader): string {
  const cluster = source.get('cluster', CLUSTER_KEYS.version);
  return storageVersionFor(cluster && utf8Text(cluster));
}

async function* slices(
  source: BackendReader,
  bucket: Bucket,
  { pause }: LiveOptions,
): AsyncGenerator<BackendEntry[]> {
  let from: Uint8Array | undefined;
  for (;;) {
    const entries = source.scan({ bucket, from, limit: SLICE_ENTRIES, maxBytes: SLICE_BYTES });
    if (entries.length === 0) return;
    yield entries;
    from = after(entries[entries.length - 1].key);
    await pause();
  }
}
