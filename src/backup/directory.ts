/** Backups in a directory: written beside their names, synced, renamed. */
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './errors.ts';
import { parseName } from './name.ts';
import type { StoredBackup, Target } from './target.ts';

const PART = '.part';
/** A part file that nobody has written to for so long belongs to a run that was killed. */
const STALE_PART_MS = 3_600_000;
const OWNER_ONLY_DIRECTORY = 0o700;
const READ_BYTES = 256 * 1024;

export class DirectoryTarget implements Target {
  readonly place: string;

  constructor(directory: string) {
    this.place = directory;
  }

  partPath(name: string): string {
    return join(this.place, name + PART);
  }

  pathOf(name: string): string {
    return join(this.place, name);
  }

  async prepare(): Promise<void> {
    try {
      await mkdir(this.place, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
      await access(this.place, constants.W_OK);
      await this.removeStaleParts();
    } catch (error) {
      throw new BackupError(`cannot keep backups in ${this.place}: ${(error as Error).message}`);
    }
  }

  private async removeStaleParts(): Promise<void> {
    for (const name of await readdir(this.place)) {
      if (!name.endsWith(PART) || !parseName(name.slice(0, -PART.length))) continue;
      const path = join(this.place, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > STALE_PART_MS) await unlink(path).catch(() => undefined);
    }
  }

  async publish(part: string, name: string): Promise<void> {
    await rename(part, join(this.place, name));
    const directory = await open(this.place, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  async list(): Promise<StoredBackup[]> {
    const names = await readdir(this.place).catch((error: Error) => {
      throw new BackupError(`cannot list backups in ${this.place}: ${error.message}`);
    });
    const backups: StoredBackup[] = [];
    for (const name of names) {
      const parsed = parseName(name);
      const found = parsed && (await stat(join(this.place, name)).catch(() => undefined));
      if (parsed && found?.isFile()) backups.push({ name, bytes: found.size, ...parsed });
    }
    return backups.sort((a, b) => a.time - b.time);
  }

  read(name: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.place, name), { highWaterMark: READ_BYTES, signal });
  }

  async remove(name: string): Promise<void> {
    await unlink(join(this.place, name)).catch((error: NodeJS.ErrnoException) => {
      // Somebody else was faster: it is gone, and that was wanted.
      if (error.code !== 'ENOENT') throw new BackupError(`cannot remove backup ${name}: ${error.message}`);
    });
  }
}
