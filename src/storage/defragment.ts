/** Defragmentation of a stopped member's database. The directory is taken for this process first, as a member takes it. */
import type { BackendSizes } from '../core/ports/backend.ts';
import { DiskError } from '../core/ports/disk.ts';
import { type DataDirPaths, dataDirKind } from './data-dir.ts';
import { NodeDisk } from './disk/index.ts';
import { LmdbBackend } from './lmdb/backend.ts';

export interface Defragmented {
  readonly before: BackendSizes;
  readonly after: BackendSizes;
}

/** @throws DiskError if there is no database of kvctl, or a member runs on it */
export async function defragmentDataDir(paths: DataDirPaths): Promise<Defragmented> {
  const { root, database } = paths;
  if (dataDirKind(paths) === 'etcd')
    throw new DiskError(
      'EINVAL',
      'open',
      root,
      `${root} was written by etcd, whose database kvctl does not change: use etcdutl defrag`,
    );
  const disk = new NodeDisk();
  // LMDB would make the file that it does not find.
  await (await disk.open(database, 'read')).close();
  const lock = await disk.lock(root);
  try {
    const backend = new LmdbBackend({ path: database });
    try {
      const before = backend.sizes();
      await backend.defragment();
      return { before, after: backend.sizes() };
    } finally {
      await backend.close();
    }
  } finally {
    await lock.release();
  }
}
