/**
 * `kvctl check data`: everything that can be verified of a data directory, of kvctl or of etcd, or of one file out of it.
 * Called by the command.
 *
 * Laws: nothing is written, and nobody can start on a directory while it is read; what cannot be read is a finding, not
 * the end of the check; a directory in use is refused, because what is read would change meanwhile.
 */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BUCKETS } from '../../core/ports/backend.ts';
import { type Disk, readWholeFile } from '../../core/ports/disk.ts';
import type { LogContents } from '../../core/ports/log-store.ts';
import { check } from '../bbolt/index.ts';
import { dataDirKind, dataDirPaths } from '../data-dir.ts';
import { lockForReading } from '../disk/dir-lock.ts';
import { NodeDisk } from '../disk/index.ts';
import { EtcdDatabase, hasTrailer, verifyTrailer } from '../etcd-data/index.ts';
import { checkFile, formatOf } from '../lmdb/file/check.ts';
import { DatabaseFile } from '../lmdb/file/database-file.ts';
import { MAGIC as LMDB_MAGIC } from '../lmdb/file/layout.ts';
import { SEAL_BYTES, sealedName } from '../lmdb/seal.ts';
import { RestoreError } from '../restore/errors.ts';
import { etcdDir, lockEtcdDir } from '../restore/etcd-dir.ts';
import { scanSegment } from '../wal/segment-reader.ts';
import { adviceFor } from './advice.ts';
import { checkLog, checkSnapFiles, snapProblem } from './log.ts';
import { type CheckReport, Findings } from './report.ts';
import { checkState, type Entry, type ReadBucket, type StoredProgress } from './state.ts';

export type { CheckReport, Finding } from './report.ts';

const HEAD_BYTES = 64;
const BOLT_MAGIC = 0xed0cdaed;
const BATCH_ENTRIES = 1_000;

/** @throws RestoreError, DiskError: there is nothing to check, or it is in use */
export async function checkPath(path: string, walDir = ''): Promise<CheckReport> {
  const disk = new NodeDisk();
  const stat = await disk.stat(path);
  if (stat === undefined) throw new RestoreError(`${path}: no such file or directory`);
  if (stat.kind !== 'directory') return checkOneFile(disk, path);
  const paths = dataDirPaths(path, walDir);
  switch (dataDirKind(paths)) {
    case 'member':
      return checkKvctlDir(disk, paths);
    case 'restoring':
      throw new RestoreError(`${path} holds a restore that was cut short: remove it and restore again`);
    default:
      return checkEtcdDir(disk, path, walDir);
  }
}

async function checkKvctlDir(disk: Disk, paths: ReturnType<typeof dataDirPaths>): Promise<CheckReport> {
  const lock = await lockForReading(paths.root);
  try {
    const findings = new Findings();
    const log = await checkLog(disk, paths.wal, findings);
    await checkSnapFiles(disk, paths.snap, findings);
    let progress: StoredProgress | undefined;
    if (await disk.stat(paths.database)) progress = await checkLmdb(paths.database, findings);
    else if (log?.snapshot)
      findings.add(
        'damage',
        'database',
        paths.database,
        'is missing, and the log does not begin with the first entry',
      );
    else
      findings.add(
        'warning',
        'database',
        paths.database,
        'is missing: built anew from the log at the next start',
      );
    if (log && progress) checkTogether(log, progress, paths.database, findings);
    const members = progress?.members.length ?? 0;
    const advice = adviceFor({
      findings,
      root: paths.root,
      database: paths.database,
      kind: 'kvctl',
      log,
      members,
    });
    return findings.report(paths.root, 'data directory of kvctl', advice);
  } finally {
    await lock.release();
  }
}

async function checkEtcdDir(disk: Disk, root: string, walDir: string): Promise<CheckReport> {
  const from = etcdDir(root, walDir);
  const lock = await lockEtcdDir(from);
  try {
    const findings = new Findings();
    const log = await checkLog(disk, from.wal, findings);
    await checkSnapFiles(disk, dirname(from.database), findings);
    const progress = await checkBolt(disk, from.database, findings);
    if (log && progress) checkTogether(log, progress, from.database, findings);
    const members = progress?.members.length ?? 0;
    const advice = adviceFor({ findings, root, database: from.database, kind: 'etcd', log, members });
    return findings.report(root, 'data directory of etcd', advice);
  } finally {
    lock.release();
  }
}

/** The log goes on where the database ends, and the member that wrote it is one of those in the database. */
function checkTogether(
  log: LogContents,
  { consistentIndex, members }: StoredProgress,
  path: string,
  findings: Findings,
): void {
  const start = log.snapshot?.metadata.index ?? 0;
  const last = log.entries.at(-1)?.index ?? start;
  if (consistentIndex < start)
    findings.add(
      'damage',
      'database',
      path,
      `is at entry ${consistentIndex}, and the log begins behind ${start}`,
    );
  if (consistentIndex > last)
    findings.add(
      'damage',
      'log',
      path,
      `ends at entry ${last}, and the database is at ${consistentIndex}: entries are lost`,
    );
  const { nodeId } = log.identity;
  if (members.length > 0 && !members.some((m) => m.id === nodeId))
    findings.add(
      'warning',
      'membership',
      path,
      `the log is of member ${nodeId.toString(16)}, which is not among the members`,
    );
}

async function checkLmdb(path: string, findings: Findings): Promise<StoredProgress | undefined> {
  let file: DatabaseFile;
  try {
    file = DatabaseFile.open(path);
  } catch (error) {
    findings.add('damage', 'database', path, (error as Error).message);
    return undefined;
  }
  try {
    for (const problem of checkFile(file, { thorough: true }))
      findings.add('damage', 'database', path, problem.message);
    findings.facts['database pages'] = file.meta.lastPage + 1;
    if (findings.hasDamage('database')) return undefined;
    return await checkState(lmdbBuckets(file), path, findings);
  } finally {
    file.close();
  }
}

function lmdbBuckets(file: DatabaseFile): ReadBucket {
  const trees = file.trees();
  const sealed = formatOf(trees) === 'sealed';
  return async function* (bucket) {
    const tree = trees.get(sealed ? sealedName(bucket) : bucket);
    if (tree === undefined) return;
    let batch: Entry[] = [];
    for (const { key, value } of file.entries(tree)) {
      batch.push({ key, value: sealed ? value.subarray(0, value.length - SEAL_BYTES) : value });
      if (batch.length < BATCH_ENTRIES) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  };
}

async function checkBolt(disk: Disk, path: string, findings: Findings): Promise<StoredProgress | undefined> {
  const file = await disk.open(path, 'read');
  try {
    const database = await EtcdDatabase.open(file);
    const { damagedMeta, meta } = database.file;
    if (damagedMeta) findings.add('damage', 'database', path, damagedMeta.message);
    for await (const problem of check(database.file))
      findings.add('damage', 'database', path, problem.message);
    findings.facts['database pages'] = meta.pages;
    for await (const bucket of database.file.buckets())
      if (!(BUCKETS as readonly string[]).includes(bucket.name))
        findings.add(
          'warning',
          'database',
          path,
          `bucket ${JSON.stringify(bucket.name)} is not one of etcd's`,
        );
    return await checkState((bucket) => database.entries(bucket), path, findings);
  } catch (error) {
    findings.add('damage', 'database', path, (error as Error).message);
    return undefined;
  } finally {
    await file.close();
  }
}

async function checkOneFile(disk: Disk, path: string): Promise<CheckReport> {
  const findings = new Findings();
  const kind = await kindOfFile(disk, path);
  if (kind === 'snapshot') await checkSnapshotFile(disk, path, findings);
  else if (kind === 'database of kvctl') await checkLmdb(path, findings);
  else if (kind === '.snap file') {
    const problem = snapProblem(await readWholeFile(disk, path), basename(path));
    if (problem) findings.add('damage', 'snapshot file', path, problem);
  } else if (kind === 'log segment') await checkSegment(disk, path, findings);
  else findings.add('damage', 'file', path, 'is not a file of kvctl or etcd');
  const advice = findings.hasDamage() ? ['Do not use this file. Nothing in it was changed.'] : [];
  return findings.report(path, kind, advice);
}

async function kindOfFile(disk: Disk, path: string): Promise<string> {
  if (path.endsWith('.wal')) return 'log segment';
  if (path.endsWith('.snap')) return '.snap file';
  const file = await disk.open(path, 'read');
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0).finally(() => file.close());
  if (head.readUInt32LE(24) === LMDB_MAGIC || path.endsWith('.mdb')) return 'database of kvctl';
  if (head.readUInt32LE(16) === BOLT_MAGIC || path.endsWith('.db') || basename(path) === 'db')
    return 'snapshot';
  return 'unknown file';
}

async function checkSnapshotFile(disk: Disk, path: string, findings: Findings): Promise<void> {
  if (hasTrailer(statSync(path).size)) {
    const file = await disk.open(path, 'read');
    try {
      await verifyTrailer(file, path);
      findings.facts.sha256 = 'matches';
    } catch (error) {
      findings.add('damage', 'file', path, (error as Error).message);
    } finally {
      await file.close();
    }
  } else
    findings.add(
      'warning',
      'file',
      path,
      'has no SHA-256 behind it: a changed byte inside a value would not be found',
    );
  await checkBolt(disk, path, findings);
}

async function checkSegment(disk: Disk, path: string, findings: Findings): Promise<void> {
  const file = await disk.open(path, 'read');
  let records = 0;
  try {
    const { end, torn } = await scanSegment(file, { crc: 0, last: true }, () => {
      records++;
    });
    Object.assign(findings.facts, { records, bytes: end });
    if (torn) findings.add('warning', 'log', path, `its last write was cut short: ${torn}`);
    if (records === 0) findings.add('damage', 'log', path, 'holds no record');
  } catch (error) {
    findings.add('damage', 'log', path, (error as Error).message);
  } finally {
    await file.close();
  }
}
