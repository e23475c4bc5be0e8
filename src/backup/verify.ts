/**
 * Whether a backup can be trusted: the SHA-256 over every byte, every page, every entry, and as a last proof a restore into
 * a data directory, whose database is opened and counted.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRevision } from '../core/mvcc/revision.ts';
import { after } from '../core/ports/backend.ts';
import { dataDirPaths } from '../storage/data-dir.ts';
import { NodeDisk } from '../storage/disk/index.ts';
import {
  EtcdDatabase,
  hasTrailer,
  TRAILER_BYTES,
  verifyPages,
  verifySchema,
  verifyTrailer,
} from '../storage/etcd-data/index.ts';
import { LmdbBackend } from '../storage/lmdb/backend.ts';
import { restoreDataDir } from '../storage/restore/index.ts';
import { BackupError } from './errors.ts';
import type { Target } from './target.ts';

export interface Verified {
  /** Revision of the last change. */
  readonly revision: number;
  /** Stored changes: puts and deletions that no compaction removed. */
  readonly changes: number;
  readonly bytes: number;
}

export interface VerifyOptions {
  /** Where the restore test makes its data directory; undefined: no restore test. */
  readonly restoreIn: string | undefined;
  readonly signal?: AbortSignal;
}

const OWNER_ONLY = 0o700;
const COUNT_ENTRIES = 2_000;
/** Nobody runs on what the test restores: any identity will do. */
const TESTER = {
  id: 1n,
  name: 'restore-test',
  peerURLs: ['http://localhost:2380'],
  clientURLs: [],
  isLearner: false,
};

/** @throws BackupError with what is wrong */
export async function verifyBackup(path: string, { restoreIn, signal }: VerifyOptions): Promise<Verified> {
  const file = await new NodeDisk().open(path, 'read');
  try {
    await verifyTrailer(file, path);
    signal?.throwIfAborted();
    const database = await EtcdDatabase.open(file);
    await verifyPages(database);
    // Buckets that are not etcd's are left out by a restore, and no damage.
    for await (const problem of verifySchema(database)) if (problem.key.length > 0) throw problem;
    signal?.throwIfAborted();
    const revision = await database.lastRevision();
    let changes = 0;
    for await (const entries of database.entries('key')) changes += entries.length;
    if (restoreIn !== undefined) await restoreTest(path, restoreIn, { revision, changes });
    signal?.throwIfAborted();
    return { revision, changes, bytes: await file.size() };
  } catch (error) {
    if (signal?.aborted || error instanceof BackupError) throw error;
    throw new BackupError(`backup ${path} is not good: ${(error as Error).message}`);
  } finally {
    await file.close();
  }
}

async function restoreTest(
  source: string,
  workDir: string,
  expected: Pick<Verified, 'revision' | 'changes'>,
): Promise<void> {
  await mkdir(workDir, { recursive: true, mode: OWNER_ONLY });
  const root = await mkdtemp(join(workDir, 'kvctl-restore-test-'));
  try {
    const paths = dataDirPaths(join(root, 'restored'));
    await restoreDataDir({
      source,
      paths,
      identity: { nodeId: TESTER.id, clusterId: 1n },
      members: [TESTER],
      // It has just been checked.
      skipHashCheck: true,
      mapBytes: 1024 ** 3,
      now: () => performance.now(),
      onStep() {},
      onWritten() {},
    });
    const found = await countRestored(paths.database);
    if (found.changes !== expected.changes || found.revision !== expected.revision)
      throw new Error(
        `restored, it holds ${found.changes} changes up to revision ${found.revision} instead of ${expected.changes} up to ${expected.revision}`,
      );
  } catch (error) {
    // The file itself was found good before: what fails here may also be the place of the test.
    throw new BackupError(`the restore test of ${source} in ${workDir} failed: ${(error as Error).message}`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function countRestored(path: string): Promise<Pick<Verified, 'revision' | 'changes'>> {
  const backend = new LmdbBackend({ path });
  try {
    let changes = 0;
    let last: Uint8Array | undefined;
    for (;;) {
      const entries = backend.scan({ bucket: 'key', from: last && after(last), limit: COUNT_ENTRIES });
      if (entries.length === 0) break;
      changes += entries.length;
      last = entries[entries.length - 1].key;
    }
    return { changes, revision: last === undefined ? 0 : decodeRevision(last).main };
  } finally {
    await backend.close();
  }
}

/** Reads what the target stores and holds it against the SHA-256 at its end. @throws BackupError */
export async function verifyStored(
  target: Target,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  // The last bytes may be the hash: they are held back until more has come.
  let held = Buffer.alloc(0);
  for await (const chunk of target.read(name, signal)) {
    bytes += chunk.length;
    const all = Buffer.concat([held, chunk]);
    const end = Math.max(0, all.length - TRAILER_BYTES);
    hash.update(all.subarray(0, end));
    held = Buffer.from(all.subarray(end));
  }
  if (!hasTrailer(bytes) || !hash.digest().equals(held))
    throw new BackupError(`backup ${name} in ${target.place} is damaged: its SHA-256 does not match`);
  return { bytes };
}

/** All that `verifyBackup` does, of a backup that is kept somewhere; what is no file is fetched first. @throws BackupError */
export async function verifyKept(
  target: Target,
  name: string,
  o: VerifyOptions & { readonly signal: AbortSignal },
): Promise<Verified> {
  if (target.pathOf !== undefined) return verifyBackup(target.pathOf(name), o);
  const fetched = target.partPath(name);
  try {
    await writeFile(fetched, target.read(name, o.signal), { flag: 'wx', mode: 0o600, signal: o.signal });
    return await verifyBackup(fetched, o);
  } finally {
    await rm(fetched, { force: true });
  }
}
