/**
 * The data directory of an etcd that is stopped: what it is, its database, and the entries of its log that the database
 * does not have yet. Read only, and held with the lock that keeps etcd from starting on it meanwhile.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from '../../core/ports/disk.ts';
import { type LogEntry, LogStoreError } from '../../core/ports/log-store.ts';
import type { EtcdDatabase } from '../etcd-data/index.ts';
import { readLog } from '../wal/index.ts';
import { RestoreError } from './errors.ts';

export interface EtcdDir {
  readonly root: string;
  readonly database: string;
  readonly wal: string;
}

/** @param walDir etcd's --wal-dir. @throws RestoreError that says what the directory is instead */
export function etcdDir(root: string, walDir = ''): EtcdDir {
  const quoted = JSON.stringify(root);
  const member = join(root, 'member');
  const database = join(member, 'snap', 'db');
  const wal = walDir || join(member, 'wal');
  if (!existsSync(root)) throw new RestoreError(`${quoted} does not exist`);
  if (existsSync(join(root, 'proxy')) && !existsSync(member))
    throw new RestoreError(`${quoted} is the directory of a v2 proxy, which holds no data`);
  if (existsSync(join(root, 'snap', 'db')))
    throw new RestoreError(`${quoted} is the inside of a data directory: give the directory above it`);
  if (existsSync(join(member, 'snap', 'kvctl.mdb')))
    throw new RestoreError(
      `${quoted} is a data directory of kvctl, not of etcd: kvctl serve --data-dir starts on it as it is`,
    );
  if (!existsSync(database)) throw new RestoreError(whyNoDatabase(quoted, member, wal));
  if (!hasSegments(wal))
    throw new RestoreError(
      `${quoted} has no write-ahead log in ${JSON.stringify(wal)}, so the newest changes are missing. If etcd ran with ` +
        '--wal-dir, give it with --from-wal-dir; to do without the log: ' +
        `kvctl snapshot restore --skip-hash-check ${JSON.stringify(database)}`,
    );
  return { root, database, wal };
}

function whyNoDatabase(quoted: string, member: string, wal: string): string {
  const snap = join(member, 'snap');
  const snapshots = existsSync(snap) && readdirSync(snap).some((name) => name.endsWith('.snap'));
  if (snapshots || hasSegments(wal))
    return `${quoted} has no database (member/snap/db): it is of etcd 2, whose v2 keys kvctl does not read, or of a member that stopped before it had one`;
  return `${quoted} is not a data directory of etcd: there is no member/snap/db`;
}

function hasSegments(wal: string): boolean {
  return existsSync(wal) && readdirSync(wal).some((name) => name.endsWith('.wal'));
}

export interface EtcdTail {
  /** Behind the database's, as far as they are committed. */
  readonly entries: readonly LogEntry[];
  /** Not applied: it could not be told whether they were committed. */
  readonly uncommitted: number;
  /** What was left out at the end of the log, if its last write was cut short. */
  readonly torn: string | undefined;
}

/** @throws RestoreError, LogStoreError, SchemaError */
export async function readTail(
  disk: Disk,
  { wal, root }: EtcdDir,
  database: EtcdDatabase,
): Promise<EtcdTail> {
  const { consistentIndex } = await database.meta();
  const { contents, tail } = await readLog(disk, wal).catch((error: unknown) => {
    if (error instanceof LogStoreError)
      throw new RestoreError(`the log of ${JSON.stringify(root)}: ${error.message}`);
    throw error;
  });
  const start = contents.snapshot?.metadata.index ?? 0;
  if (consistentIndex < start)
    throw new RestoreError(
      `the database of ${JSON.stringify(root)} ends at entry ${consistentIndex}, and the log begins behind ${start}: they do not belong together`,
    );
  const last = contents.entries.at(-1)?.index ?? start;
  if (last < consistentIndex)
    throw new RestoreError(
      `the log of ${JSON.stringify(root)} ends at entry ${last}, and its database is at ${consistentIndex}: they do not belong together`,
    );
  const voters = (await database.members()).filter((m) => !m.isLearner).length;
  // Alone, a member commits what it has written; with others, only what it knows to be on most of them.
  const committed = voters === 1 ? last : Math.max(contents.hardState.commit, consistentIndex);
  const behind = contents.entries.filter((e) => e.index > consistentIndex);
  const entries = behind.filter((e) => e.index <= committed);
  return { entries, uncommitted: behind.length - entries.length, torn: tail.torn };
}

export interface EtcdLock {
  /** False where there is no flock(1): nobody could ask. */
  readonly held: boolean;
  release(): void;
}

/**
 * etcd holds flock(2) on its database while it runs. A shared one is taken by flock(1), on a descriptor that it
 * inherits and that stays open here (see storage/disk/dir-lock.ts). @throws RestoreError
 */
export async function lockEtcdDir({ root, database }: EtcdDir): Promise<EtcdLock> {
  const file = openSync(database, 'r');
  const code = await new Promise<number | null | undefined>((resolve) => {
    const child = spawn('flock', ['-s', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
    child.once('error', () => resolve(undefined));
    child.once('close', resolve);
  });
  if (code === 0 || code === undefined) return { held: code === 0, release: () => closeSync(file) };
  closeSync(file);
  throw new RestoreError(
    `${JSON.stringify(root)} is in use: an etcd runs on it. Stop it first, or save a snapshot of it while it runs ` +
      '(kvctl --endpoints=<etcd> snapshot save etcd.db) and restore that',
  );
}
