/**
 * What lies where in a data directory, and whose it is. The layout is etcd's but for the database: etcd keeps a bbolt
 * file `member/snap/db`, kvctl an LMDB file beside it under another name, so neither can take the other's for its own.
 *
 *   <data-dir>/member/wal/            the write-ahead log, in etcd's format
 *   <data-dir>/member/snap/*.snap     raft snapshots, in etcd's format
 *   <data-dir>/member/snap/kvctl.mdb  the database
 *   <data-dir>/member.restoring/      what a restore that was cut short leaves behind
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const DATA_DIR_MODE = 0o700;
/** In the data directory, while a restore builds it: becomes `member` when it is whole. */
export const RESTORING = 'member.restoring';

export interface DataDirPaths {
  readonly root: string;
  readonly member: string;
  readonly wal: string;
  readonly snap: string;
  readonly database: string;
}

/** @param walDir --wal-dir; empty: inside the data directory. */
export function dataDirPaths(root: string, walDir = ''): DataDirPaths {
  const member = join(root, 'member');
  const snap = join(member, 'snap');
  return { root, member, wal: walDir || join(member, 'wal'), snap, database: join(snap, 'kvctl.mdb') };
}

export type DataDirKind =
  /** Nothing there yet. */
  | 'empty'
  /** A member of ours, or one that stopped before its database was made. */
  | 'member'
  /** A real etcd wrote it. */
  | 'etcd'
  /** etcd's v2 proxy beside a member. */
  | 'proxy'
  /** A restore was cut short: nothing in there is whole. */
  | 'restoring';

/** bbolt's magic number, little endian, behind the 16 bytes of a page header (bbolt, page 0). */
const BBOLT_MAGIC = 0xed0cdaed;
const BBOLT_MAGIC_OFFSET = 16;

/** Looks, touches nothing. */
export function dataDirKind(paths: DataDirPaths): DataDirKind {
  if (existsSync(join(paths.root, 'proxy')) && existsSync(paths.member)) return 'proxy';
  if (existsSync(join(paths.root, RESTORING))) return 'restoring';
  if (isBbolt(join(paths.snap, 'db'))) return 'etcd';
  if (existsSync(paths.database)) return 'member';
  return hasLog(paths) ? 'member' : 'empty';
}

/** This member has been started before. */
export function hasLog(paths: DataDirPaths): boolean {
  return existsSync(paths.wal) && readdirSync(paths.wal).some((name) => name.endsWith('.wal'));
}

/** Entries of the data directory that neither etcd nor kvctl put there. */
export function strangersIn(paths: DataDirPaths): string[] {
  if (!existsSync(paths.root)) return [];
  return readdirSync(paths.root).filter((name) => name !== 'member');
}

/** Makes the directories, and finds out early whether they can be written. @throws NodeJS.ErrnoException */
export function prepareDataDir(paths: DataDirPaths): void {
  for (const directory of [paths.root, paths.member, paths.snap]) {
    if (existsSync(directory)) continue;
    mkdirSync(directory, { recursive: true, mode: DATA_DIR_MODE });
    chmodSync(directory, DATA_DIR_MODE);
    syncDirectory(dirname(resolve(directory)));
  }
  const probe = join(paths.snap, '.touch');
  writeFileSync(probe, '', { mode: 0o600 });
  rmSync(probe);
}

/** Permission bits if others than the owner have access, undefined if not or if there is no such directory. */
export function looseMode(directory: string): number | undefined {
  if (!existsSync(directory)) return undefined;
  const mode = statSync(directory).mode & 0o777;
  return mode & 0o077 ? mode : undefined;
}

/** A directory whose name is not on disk takes everything below with it when the power goes. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const opened = openSync(directory, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function isBbolt(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4);
    readSync(file, head, 0, 4, BBOLT_MAGIC_OFFSET);
    return head.readUInt32LE() === BBOLT_MAGIC;
  } finally {
    closeSync(file);
  }
}
