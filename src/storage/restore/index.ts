/**
 * `snapshot restore`: from a database file of etcd or kvctl, or the data directory of a stopped etcd, to a data directory
 * that `kvctl serve` starts on, as the first member of a new cluster. Called by the command, and by the composition root
 * for --import-etcd-dir; what goes in is etcd-data's decision, this room writes it.
 *
 * Laws
 * 1. The source is read, never written, and checked from its first byte to its last before anything is made.
 * 2. Everything is built in `<data-dir>/member.restoring`, made durable, and gets its name `member` in one step at the
 *    end. What a failure leaves is removed; what a crash leaves is not taken for a member by anybody.
 */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ClusterMember, hexId, memberJson } from '../../core/membership/member.ts';
import { SCHEDULED_COMPACT_REVISION } from '../../core/mvcc/compaction.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import { type Disk, DiskError } from '../../core/ports/disk.ts';
import type { LogIdentity, LogStore, LogStoreError } from '../../core/ports/log-store.ts';
import { EMPTY, utf8Bytes } from '../../core/wire/bytes.ts';
import { ConfChange, ConfChangeType, EntryType } from '../../core/wire/gen/raft.ts';
import { DATA_DIR_MODE, type DataDirPaths, RESTORING } from '../data-dir.ts';
import { NodeDisk } from '../disk/index.ts';
import {
  EtcdDatabase,
  keyTooLong,
  newLog,
  type RestoreOptions,
  restoredBuckets,
  verifyPages,
  verifySchema,
  verifyTrailer,
} from '../etcd-data/index.ts';
import { LmdbBackend } from '../lmdb/backend.ts';
import { fillDatabase } from '../lmdb/fill.ts';
import { v2StoreJson } from '../snapshot/v2-store.ts';
import { openLog } from '../wal/index.ts';
import { RestoreError } from './errors.ts';
import { type EtcdDir, type EtcdTail, lockEtcdDir, readTail } from './etcd-dir.ts';
import { applyTail } from './log-tail.ts';

export { RestoreError } from './errors.ts';
export { type EtcdDir, etcdDir } from './etcd-dir.ts';

export type RestoreStep = (message: string, fields: Readonly<Record<string, string | number>>) => void;

export interface RestoreDataDir extends RestoreOptions {
  /** A file that `snapshot save` wrote, or (with `skipHashCheck`) a copy of a database; or an etcd's directory. */
  readonly source: string | EtcdDir;
  readonly paths: DataDirPaths;
  readonly identity: LogIdentity;
  readonly skipHashCheck: boolean;
  /** Address space to reserve for the database while it is written. */
  readonly mapBytes: number;
  readonly now: () => number;
  /** What a person wants to follow, in etcd's words. */
  readonly onStep: RestoreStep;
  /** Bytes of keys and values put into the new database so far; they come to nearly the size of the old one. */
  readonly onWritten: (bytes: number) => void;
}

/** @throws RestoreError when something is there already. */
export function checkTarget({ root, member, wal }: DataDirPaths): void {
  if (existsSync(root) && !isEmptyDirectory(root))
    throw new RestoreError(`data-dir ${JSON.stringify(root)} not empty or could not be read`);
  const isOutside = dirname(wal) !== member;
  if (isOutside && existsSync(wal)) throw new RestoreError(`wal-dir ${JSON.stringify(wal)} exists`);
}

function isEmptyDirectory(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

/** Making directories says only that something is missing. @throws DiskError */
function checkWritable(root: string): void {
  let existing = resolve(root);
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch (error) {
    throw new DiskError((error as NodeJS.ErrnoException).code ?? 'EACCES', 'write', existing);
  }
}

/** @throws RestoreError, SnapshotHashError, IntegrityError, BoltError, SchemaError, DiskError */
export async function restoreDataDir(o: RestoreDataDir): Promise<void> {
  checkTarget(o.paths);
  const disk = new NodeDisk();
  const { source: from } = o;
  const isDirectory = typeof from !== 'string';
  const lock = isDirectory ? await lockEtcdDir(from) : undefined;
  if (lock?.held === false) o.onStep('cannot ask whether an etcd runs here: there is no flock(1)', {});
  const source = await disk.open(isDirectory ? from.database : from, 'read');
  try {
    if (typeof from === 'string' && !o.skipHashCheck) await verifyTrailer(source, from);
    const database = await EtcdDatabase.open(source);
    await verifyPages(database);
    await verifyEntries(database);
    const tail = isDirectory ? await readTail(disk, from, database) : undefined;
    await checkBump(database, o, tail);
    await build(disk, database, o, tail);
  } finally {
    await source.close();
    lock?.release();
  }
}

/** Buckets that are not etcd's are left out, not refused. @throws SchemaError */
async function verifyEntries(database: EtcdDatabase): Promise<void> {
  for await (const problem of verifySchema(database)) {
    const isStrangeBucket = problem.key.length === 0;
    if (!isStrangeBucket) throw problem;
  }
}

async function checkBump(
  database: EtcdDatabase,
  { bumpRevision = 0, onStep }: RestoreDataDir,
  tail: EtcdTail | undefined,
): Promise<void> {
  if (bumpRevision === 0) return;
  const latest = await database.lastRevision();
  // Each entry makes one revision at most.
  if (!Number.isSafeInteger(latest + (tail?.entries.length ?? 0) + bumpRevision))
    throw new RestoreError(`--bump-revision ${bumpRevision} is out of range: revisions go up to 2^53 - 1`);
  if (tail === undefined) announceBump(latest, bumpRevision, onStep);
}

function announceBump(latest: number, bump: number, onStep: RestoreStep): void {
  const next = latest + bump;
  onStep('bumping latest revision', {
    'latest-revision': latest,
    'bump-amount': bump,
    'new-latest-revision': next,
  });
  onStep('marking revision compacted', { revision: next });
}

async function build(
  disk: Disk,
  database: EtcdDatabase,
  o: RestoreDataDir,
  tail: EtcdTail | undefined,
): Promise<void> {
  const { root, member } = o.paths;
  const building = join(root, RESTORING);
  const isNew = !existsSync(root);
  checkWritable(root);
  const isWalOutside = dirname(o.paths.wal) !== member;
  const snap = join(building, 'snap');
  const wal = isWalOutside ? o.paths.wal : join(building, 'wal');
  try {
    await disk.makeDirectory(snap, DATA_DIR_MODE);
    const path = join(snap, basename(o.paths.database));
    if (tail === undefined) await writeDatabase(database, path, o);
    else {
      await writeDatabase(database, path, { ...o, bumpRevision: 0, markCompacted: false });
      await writeTail(tail, path, o);
    }
    await writeLog(disk, { wal, snap }, o);
    for (const directory of [snap, building]) await disk.syncDirectory(directory);
    await disk.rename(building, member);
    await disk.syncDirectory(root);
    await disk.syncDirectory(dirname(resolve(root)));
  } catch (error) {
    await disk.removeTree(isNew ? root : building).catch(() => {});
    if (isWalOutside) await disk.removeTree(wal).catch(() => {});
    throw error;
  }
}

async function writeDatabase(database: EtcdDatabase, path: string, o: RestoreDataDir): Promise<void> {
  o.onStep('Trimming membership information from the backend...', {});
  await fillDatabase({
    path,
    mapBytes: o.mapBytes,
    batches: restoredBuckets(database, o),
    tooLong: keyTooLong,
  });
}

/** What the log had ahead of the database; the revision is raised behind it. */
async function writeTail(tail: EtcdTail, path: string, o: RestoreDataDir): Promise<void> {
  const { onStep, mapBytes, bumpRevision = 0 } = o;
  if (tail.torn !== undefined)
    onStep('left out the end of the log, a write that was cut short', { why: tail.torn });
  if (tail.uncommitted > 0)
    onStep('left out entries that were not committed when the member stopped', { entries: tail.uncommitted });
  const backend = new LmdbBackend({ path, mapBytes });
  try {
    const { withoutPassword, ...report } = await applyTail(backend, tail.entries);
    onStep('applied the log behind the database', { entries: tail.entries.length, ...report });
    for (const user of withoutPassword)
      onStep('the log has the password of a user in a form that is not kept: set it again', { user });
    if (bumpRevision > 0) {
      announceBump(report.revision, bumpRevision, onStep);
      const newest = encodeRevision(report.revision + bumpRevision, 0);
      await backend.commit([
        { bucket: 'key', key: newest, value: EMPTY },
        { bucket: 'meta', key: SCHEDULED_COMPACT_REVISION, value: newest },
      ]);
    }
  } finally {
    await backend.close();
  }
}

/** One configuration change for each member, a snapshot behind them, and the commit index: a log that starts there. */
async function writeLog(
  disk: Disk,
  { wal, snap }: { readonly wal: string; readonly snap: string },
  { identity, members, now, onStep }: RestoreDataDir,
): Promise<void> {
  const { members: founders, hardState, snapshot } = newLog(identity, members);
  const { log } = await openLog({
    disk,
    directory: wal,
    snapDirectory: snap,
    identity,
    maxSegments: 0,
    maxSnapshots: 0,
    now,
    observer: { onWrite() {} },
  });
  const entries = founders.map((founder, i) => ({
    type: EntryType.EntryConfChange,
    term: snapshot.term,
    index: i + 1,
    data: ConfChange.encode(
      ConfChange.create({
        type: ConfChangeType.ConfChangeAddNode,
        nodeId: founder.id,
        context: utf8Bytes(memberJson(founder)),
      }),
    ),
  }));
  try {
    await settled((done) => log.append({ entries, hardState, mustSync: true }, done));
    for (const founder of founders) onStep('added member', memberFields(identity, founder));
    const data = v2StoreJson(founders, [], undefined);
    await settled((done) => log.saveSnapshot({ data, metadata: snapshot }, done));
  } finally {
    await log.close();
  }
}

function memberFields({ clusterId }: LogIdentity, { id, peerURLs }: ClusterMember): Record<string, string> {
  return {
    'cluster-id': hexId(clusterId),
    'local-member-id': '0',
    'added-peer-id': hexId(id),
    'added-peer-peer-urls': peerURLs.join(','),
  };
}

type Settle = Parameters<LogStore['append']>[1];

function settled(start: (done: Settle) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error: LogStoreError | null) => (error ? reject(error) : resolve()));
  });
}
