/** One backup from beginning to end: save, check, keep, read back, thin out. */
import { open, unlink } from 'node:fs/promises';
import type { Client } from '../client/index.ts';
import { MaintenanceService } from '../core/wire/gen/rpc.ts';
import { BackupError } from './errors.ts';
import { formatName } from './name.ts';
import { receiveSnapshot } from './receive.ts';
import { superseded } from './retention.ts';
import type { Target } from './target.ts';
import { type Verified, verifyBackup, verifyStored } from './verify.ts';

export type BackupStep = (message: string, fields: Readonly<Record<string, string | number>>) => void;

export interface BackupsOptions {
  readonly target: Target;
  /** Newest backups of a cluster that are kept; 0: all. */
  readonly keep: number;
  /** Where the restore test makes its data directory; undefined: no restore test. */
  readonly restoreIn: string | undefined;
  /** How long the server may take for its first answer, in milliseconds. */
  readonly answerMs: number;
  /** The server's silence that is taken for its end, in milliseconds. */
  readonly stallMs: number;
  readonly now: () => number;
  readonly onStep: BackupStep;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Taken extends Verified {
  readonly name: string;
  readonly removed: readonly string[];
}

const OWNER_ONLY = 0o600;

export class Backups {
  private readonly o: BackupsOptions;

  constructor(options: BackupsOptions) {
    this.o = options;
  }

  /** Of the member that the client is connected to. Nothing is left behind when it fails or is stopped. */
  async take(client: Client, signal: AbortSignal): Promise<Taken> {
    const { target, now, onStep } = this.o;
    const time = now();
    const status = await client.call(
      MaintenanceService.status,
      {},
      { deadline: Date.now() + this.o.answerMs, signal },
    );
    const { clusterId } = status.header!;
    await target.prepare();
    const part = target.partPath(formatName({ clusterId, time, revision: 0 }));
    try {
      const received = await this.save(client, part, signal);
      onStep('saved snapshot', { path: part, bytes: received, took: `${now() - time}ms` });
      const verified = await verifyBackup(part, { restoreIn: this.o.restoreIn, signal });
      const name = formatName({ clusterId, time, revision: verified.revision });
      await target.publish(part, name, signal);
      await this.readBack(name, verified, signal);
      const removed = await this.thinOut(clusterId);
      return { name, removed, ...verified };
    } finally {
      await unlink(part).catch(() => undefined);
    }
  }

  private async save(client: Client, part: string, signal: AbortSignal): Promise<number> {
    const { stallMs, onProgress } = this.o;
    const stalled = new AbortController();
    const timeout = (): NodeJS.Timeout => setTimeout(() => stalled.abort(), stallMs);
    let timer = timeout();
    const file = await open(part, 'wx', OWNER_ONLY);
    try {
      const { bytes } = await receiveSnapshot(client, file, {
        deadline: Number.POSITIVE_INFINITY,
        signal: AbortSignal.any([signal, stalled.signal]),
        onProgress(done, total) {
          clearTimeout(timer);
          timer = timeout();
          onProgress(done, total);
        },
      });
      await file.datasync();
      return bytes;
    } catch (error) {
      if (stalled.signal.aborted && !signal.aborted)
        throw new BackupError(
          `the server has sent nothing for ${stallMs / 1000} s in the middle of the snapshot`,
        );
      throw error;
    } finally {
      clearTimeout(timer);
      await file.close();
    }
  }

  private async readBack(name: string, { bytes }: Verified, signal: AbortSignal): Promise<void> {
    const { target } = this.o;
    try {
      const stored = await verifyStored(target, name, signal);
      if (stored.bytes !== bytes)
        throw new BackupError(
          `backup ${name} in ${target.place} has ${stored.bytes} bytes instead of ${bytes}`,
        );
    } catch (error) {
      // What has a backup's name is to be trusted; this is not.
      await target.remove(name).catch(() => undefined);
      throw error;
    }
  }

  /** Only what has been read back makes an older one superfluous, so this comes last. */
  private async thinOut(clusterId: bigint): Promise<string[]> {
    const { target, keep } = this.o;
    if (keep === 0) return [];
    const own = (await target.list()).filter((backup) => backup.clusterId === clusterId);
    const gone = superseded(own, keep);
    for (const { name } of gone) await target.remove(name);
    return gone.map(({ name }) => name);
  }
}
