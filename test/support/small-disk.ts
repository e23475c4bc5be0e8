/** A file system that is soon full, for tests of what happens then: a tmpfs, where mounting one is permitted. */
import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './processes.ts';

export interface SmallDisk {
  readonly path: string;
  /** Takes all but so many bytes. */
  fill(leaveBytes: number): void;
  /** Gives back what `fill` took. */
  empty(): void;
  dispose(): void;
}

/** undefined after printing why, where nothing can be mounted. */
export function mountSmallDisk(bytes: number): SmallDisk | undefined {
  const path = temporaryDirectory('small-disk');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    const why = (mounted.stderr ?? mounted.error?.message ?? '').trim();
    console.log(`      skipped: a small file system cannot be mounted here (${why})`);
    return undefined;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(path);
      const take = bavail * bsize - leaveBytes;
      if (take > 0) writeFileSync(ballast, Buffer.alloc(take), { flag: 'a' });
    },
    empty: () => rmSync(ballast, { force: true }),
    dispose() {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
