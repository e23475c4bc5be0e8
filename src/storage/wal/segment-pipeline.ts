/**
 * Makes segments. The next one is made ahead of time under a temporary name, so that a cut in the middle of a load is a
 * rename and not the making of a file.
 */
import type { Disk, DiskFile } from '../../core/ports/disk.ts';

export class SegmentPipeline {
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly bytes: number;
  private made = 0;
  private next: Promise<DiskFile> | undefined;

  constructor(disk: Disk, directory: string, bytes: number) {
    this.disk = disk;
    this.directory = directory;
    this.bytes = bytes;
  }

  /** Starts making the next one. */
  prepare(): void {
    if (this.next) return;
    this.next = this.make();
    // Its failure is reported to whoever takes it.
    this.next.catch(() => {});
  }

  /** The next segment, under its temporary name. */
  take(): Promise<DiskFile> {
    this.prepare();
    const taken = this.next!;
    this.next = undefined;
    return taken;
  }

  async close(): Promise<void> {
    const file = await this.next?.catch(() => undefined);
    if (!file) return;
    await file.close();
    await this.disk.remove(file.path);
  }

  private async make(): Promise<DiskFile> {
    const file = await this.disk.open(`${this.directory}/${this.made++ % 2}.tmp`, 'create', { mode: 0o600 });
    await file.truncate(this.bytes);
    return file;
  }
}
