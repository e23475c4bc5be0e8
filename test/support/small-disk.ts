/** A file system that is soon full, for tests of what happens then: a tmpfs, where mounting one is permitted. */
import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
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
  const free = (): number => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  return {
    path,
    fill(leaveBytes) {
      const take = free() - leaveBytes;
      if (take > 0) append(ballast, take);
      // Somebody wrote meanwhile, and took of what was to be left.
      const missing = leaveBytes - free();
      if (missing > 0) truncateSync(ballast, Math.max(0, statSync(ballast).size - missing));
    },
    empty: () => rmSync(ballast, { force: true }),
    dispose() {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** As much of it as there is room for. */
function append(file: string, bytes: number): void {
  try {
    writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
