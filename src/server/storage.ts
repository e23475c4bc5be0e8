/** Opens what a member keeps: takes the data directory for this process, then the database and the log in it. */
import type { Backend } from '../core/ports/backend.ts';
import { DiskError, type DiskLock } from '../core/ports/disk.ts';
import type { LogIdentity } from '../core/ports/log-store.ts';
import {
  type DataDirPaths,
  dataDirKind,
  dataDirPaths,
  looseMode,
  prepareDataDir,
  RESTORING,
  strangersIn,
} from '../storage/data-dir.ts';
import { NodeDisk } from '../storage/disk/index.ts';
import { DatabaseFiles } from '../storage/inbox/index.ts';
import { LmdbBackend } from '../storage/lmdb/backend.ts';
import { checkApart } from '../storage/lmdb/file/check-apart.ts';
import { upgradeDatabase } from '../storage/lmdb/upgrade.ts';
import { type OpenedLog, openLog } from '../storage/wal/index.ts';
import type { ServerConfig } from './config/index.ts';
import { explainDamage } from './damage.ts';
import { goDuration, type Logger } from './logging/index.ts';
import type { Metrics } from './metrics/index.ts';
import { StartError } from './start-error.ts';

export interface OpenedStorage extends OpenedLog {
  readonly paths: DataDirPaths;
  readonly backend: Backend;
  /** The database is being checked, while it is read. Nothing of it may be served before; it is rejected with the damage. */
  readonly verdict: Promise<void> | undefined;
  /** Databases that leaders send. */
  readonly inbox: DatabaseFiles;
  release(): Promise<void>;
}

/** A sync slower than this is worth a line. */
const SLOW_SYNC_MS = 1000;

/** Says what the directory is, and refuses one that is not ours without touching it. @throws StartError */
export function inspectDataDir(config: ServerConfig, logger: Logger): DataDirPaths {
  const paths = dataDirPaths(config.dataDir, config.walDir);
  const kind = dataDirKind(paths);
  if (kind === 'proxy') throw new StartError('invalid datadir; both member and proxy directories exist');
  if (kind === 'restoring') {
    throw new StartError(
      `data directory "${config.dataDir}" holds a restore that was cut short (${RESTORING}). Remove the directory and restore again`,
    );
  }
  if (kind === 'etcd') {
    throw new StartError(
      `data directory "${config.dataDir}" was written by etcd (member/snap/db is a bbolt database), and kvctl does not open or change it. ` +
        `Give kvctl another one and let it take over what etcd has: kvctl serve --data-dir=<another> --import-etcd-dir=${config.dataDir}`,
    );
  }
  const fields = { 'data-dir': config.dataDir, 'dir-type': kind === 'empty' ? 'empty' : 'member' };
  const known = kind !== 'empty';
  logger.info(known ? 'server has already been initialized' : 'Initialize and start etcd server', fields);
  for (const filename of strangersIn(paths)) {
    if (filename === '.lock' || filename === 'fixtures') continue;
    logger.warn('found invalid file under data directory', { filename, 'data-dir': config.dataDir });
  }
  const mode = looseMode(config.dataDir);
  if (mode !== undefined) {
    const permission = `d${[6, 3, 0].map((shift) => bits((mode >> shift) & 7)).join('')}`;
    const error = `directory "${config.dataDir}" exist, but the permission is "${permission}". The recommended permission is "-rwx------" to prevent possible unprivileged access to the data`;
    logger.warn('check file permission', { error });
  }
  return paths;
}

const bits = (three: number): string =>
  `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`;

/** --bootstrap-defrag-threshold-megabytes */
async function defragmentIfWorth(backend: Backend, config: ServerConfig, logger: Logger): Promise<void> {
  const thresholdBytes = config.bootstrapDefragThresholdMegabytes * 1024 ** 2;
  const { allocated, inUse } = backend.sizes();
  if (thresholdBytes === 0 || allocated - inUse < thresholdBytes) return;
  await backend.defragment();
  const after = backend.sizes();
  logger.info('defragmented', { 'size-bytes-before': allocated, 'size-bytes': after.allocated });
}

/** @throws StartError */
export async function openStorage(
  paths: DataDirPaths,
  o: { config: ServerConfig; identity: LogIdentity; logger: Logger; metrics: Metrics; now: () => number },
): Promise<OpenedStorage> {
  const { config, logger, metrics, now } = o;
  try {
    prepareDataDir(paths);
  } catch (error) {
    throw new StartError(`cannot access data directory: ${(error as Error).message}`);
  }
  const disk = new NodeDisk({ unsafeNoFsync: config.unsafeNoFsync });
  const locks: DiskLock[] = [];
  try {
    locks.push(await disk.lock(paths.root));
    const since = now();
    if (await upgradeDatabase(paths.database))
      logger.info('the database has got checksums', {
        path: paths.database,
        took: goDuration(now() - since),
      });
    const verdict = checkApart(paths.database);
    const backend = new LmdbBackend({ path: paths.database, verdict });
    logger.info('opened backend db', { path: paths.database, took: goDuration(now() - since) });
    await defragmentIfWorth(backend, config, logger);
    const opened = await openLog({
      disk,
      directory: paths.wal,
      snapDirectory: paths.snap,
      identity: o.identity,
      maxSegments: config.maxWals,
      maxSnapshots: config.maxSnapshots,
      now,
      observer: {
        onWrite(milliseconds, bytes) {
          metrics.disk.walFsync.observe(milliseconds / 1000);
          metrics.disk.walWriteBytes.add(bytes);
          if (milliseconds < SLOW_SYNC_MS) return;
          logger.warn('slow fdatasync', { took: goDuration(milliseconds), 'expected-duration': '1s' });
        },
      },
    });
    if (opened.repaired !== undefined)
      logger.info('repaired WAL', { path: paths.wal, error: opened.repaired });
    return {
      ...opened,
      paths,
      backend,
      verdict,
      inbox: new DatabaseFiles({ disk, directory: paths.snap, backend }),
      async release() {
        await backend.close();
        for (const lock of locks) await lock.release();
      },
    };
  } catch (failure) {
    for (const lock of locks) await lock.release();
    const error = explainDamage(failure, paths);
    if (error instanceof StartError) throw error;
    const cause = error as Error;
    throw new StartError(error instanceof DiskError ? cause.message : `failed to open WAL: ${cause.message}`);
  }
}
