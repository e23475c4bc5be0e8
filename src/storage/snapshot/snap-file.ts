/**
 * .snap files: `<term>-<index>.snap`, a checksummed raftpb.Snapshot whose data is the membership (v2-store.ts). kvctl
 * goes on from the record in the log, as etcd 3.7 does; the file is there for older releases and tools.
 */
import type { Disk } from '../../core/ports/disk.ts';
import type { LogSnapshot } from '../../core/ports/log-store.ts';
import { crc32c } from '../../core/wire/crc32c.ts';
import { Snapshot } from '../../core/wire/gen/raft.ts';
import { SnapFile } from '../../core/wire/gen/wal.ts';
import { hex16 } from '../wal/format.ts';

const SNAP_MODE = 0o644;
const SUFFIX = '.snap';
const SNAP_NAME = /^[0-9a-f]{16}-[0-9a-f]{16}\.snap$/;

export function snapFileName(term: number, index: number): string {
  return `${hex16(term)}-${hex16(index)}${SUFFIX}`;
}

/** The highest index among the names of .snap files; 0 without one. Names only: nothing is read. */
export async function newestSnapIndex(disk: Disk, directory: string): Promise<number> {
  if (!(await disk.stat(directory))) return 0;
  const indexes = (await disk.list(directory)).map((name) =>
    SNAP_NAME.test(name) ? Number.parseInt(name.slice(17, 33), 16) : 0,
  );
  return Math.max(0, ...indexes);
}

/** Durable when it resolves, name included. @throws DiskError */
export async function writeSnapFile(disk: Disk, directory: string, snapshot: LogSnapshot): Promise<void> {
  const { index, term, confState } = snapshot.metadata;
  const data = Snapshot.encode({
    data: snapshot.data,
    metadata: {
      index,
      term,
      confState: {
        voters: [...confState.voters],
        learners: [...confState.learners],
        votersOutgoing: [...confState.votersOutgoing],
        learnersNext: [...confState.learnersNext],
        autoLeave: confState.autoLeave,
      },
    },
  });
  const path = `${directory}/${snapFileName(term, index)}`;
  const file = await disk.open(path, 'create', { mode: SNAP_MODE });
  await file.write(SnapFile.encode({ crc: crc32c(data), data }), 0);
  await file.sync();
  await file.close();
  await disk.syncDirectory(directory);
}

/** Removes the oldest files beyond `keep`; 0 keeps all. */
export async function purgeSnapFiles(disk: Disk, directory: string, keep: number): Promise<string[]> {
  if (keep === 0) return [];
  const names = (await disk.list(directory)).filter((name) => name.endsWith(SUFFIX)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep)).map((name) => `${directory}/${name}`);
  for (const path of old) await disk.remove(path);
  return old;
}
