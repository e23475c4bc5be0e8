/**
 * `snapshot restore`: from a database file of etcd or kvctl to a data directory that `kvctl serve` starts on, as the
 * first member of a new cluster. Called by the command; what goes in is etcd-data's decision, this room writes it.
 *
 * Laws
 * 1. The source is read, never written, and checked from its first byte to its last before anything is made.
 * 2. Everything is built in `<data-dir>/member.restoring`, made durable, and gets its name `member` in one step at the
 *    end. What a failure leaves is removed; what a crash leaves is not taken for a member by anybody.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ClusterMember, hexId, memberJson } from '../../core/membership/member.ts';
import type { Disk } from '../../core/ports/disk.ts';
import type { LogIdentity, LogStore, LogStoreError } from '../../core/ports/log-store.ts';
import { utf8Bytes } from '../../core/wire/bytes.ts';
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
import { fillDatabase } from '../lmdb/fill.ts';
import { v2StoreJson } from '../snapshot/v2-store.ts';
import { openLog } from '../wal/index.ts';

/** The target cannot take a data directory, or the source cannot become one. Messages are etcd's where it has one. */
export class RestoreError extends Error {
  override name = 'RestoreError';
}

export type RestoreStep = (message: string, fields: Readonly<Record<string, string | number>>) => void;

export interface RestoreDataDir extends RestoreOptions {
  /** A file that `snapshot save` wrote, or (with `skipHashCheck`) a copy of a database. */
  readonly source: string;
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

/** @throws RestoreError, SnapshotHashError, IntegrityError, BoltError, SchemaError, DiskError */
export async function restoreDataDir(o: RestoreDataDir): Promise<void> {
  checkTarget(o.paths);
  const disk = new NodeDisk();
  const source = await disk.open(o.source, 'read');
  try {
    if (!o.skipHashCheck) await verifyTrailer(source, o.source);
    const database = await EtcdDatabase.open(source);
    await verifyPages(database);
    await verifyEntries(database);
    await checkBump(database, o);
    await build(disk, database, o);
  } finally {
    await source.close();
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
): Promise<void> {
  if (bumpRevision === 0) return;
  const latest = await database.lastRevision();
  const next = latest + bumpRevision;
  if (!Number.isSafeInteger(next))
    throw new RestoreError(`--bump-revision ${bumpRevision} is out of range: revisions go up to 2^53 - 1`);
  onStep('bumping latest revision', {
    'latest-revision': latest,
    'bump-amount': bumpRevision,
    'new-latest-revision': next,
  });
  onStep('marking revision compacted', { revision: next });
}

async function build(disk: Disk, database: EtcdDatabase, o: RestoreDataDir): Promise<void> {
  const { root, member } = o.paths;
  const building = join(root, RESTORING);
  const isNew = !existsSync(root);
  const isWalOutside = dirname(o.paths.wal) !== member;
  const snap = join(building, 'snap');
  const wal = isWalOutside ? o.paths.wal : join(building, 'wal');
  try {
    await disk.makeDirectory(snap, DATA_DIR_MODE);
    await writeDatabase(database, join(snap, basename(o.paths.database)), o);
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
