/** Where backups are kept: a port, with a directory and a bucket behind it. */
import { resolve } from 'node:path';
import type { PageFile } from '../storage/bbolt/index.ts';
import { BackupError } from './errors.ts';
import type { NamedBackup } from './name.ts';

export interface StoredBackup extends NamedBackup {
  readonly name: string;
  readonly bytes: number;
}

/** A file that is read at any place, and closed. */
export interface OpenedFile extends PageFile {
  close(): Promise<void>;
}

export interface Target {
  /** For messages. */
  readonly place: string;
  /** A file for what is being saved, where `publish` can take it from; its name is no backup's. */
  partPath(name: string): string;
  /** Makes sure that the place is there and can be written, and removes what runs that were killed left. */
  prepare(): Promise<void>;
  /** Gives the checked part file its name in the place, whole or not at all; the part file is gone afterwards. */
  publish(part: string, name: string, signal: AbortSignal): Promise<void>;
  /** Whole backups in order of time. */
  list(): Promise<StoredBackup[]>;
  /** Where the file lies, if it is one. */
  pathOf?(name: string): string;
  /** The content from its beginning, for reading back. */
  read(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
}

export interface TargetOptions {
  /** A directory, or `s3://bucket/prefix`. */
  readonly to: string;
  /** URL of an S3-compatible server; empty: AWS. */
  readonly s3Endpoint: string;
  /** Directory for files that are on their way to a bucket. */
  readonly workDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const S3_URL = /^s3:\/\/([^/]*)\/?(.*)$/;

/** @throws BackupError */
export async function openTarget(o: TargetOptions): Promise<Target> {
  const bucketAndPrefix = S3_URL.exec(o.to);
  if (bucketAndPrefix) {
    const { openBucket } = await import('./s3/target.ts');
    return openBucket({ ...o, bucket: bucketAndPrefix[1], prefix: bucketAndPrefix[2] });
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(o.to))
    throw new BackupError(`--to ${o.to}: only a directory or s3://bucket/prefix can hold backups`);
  const { DirectoryTarget } = await import('./directory.ts');
  return new DirectoryTarget(resolve(o.to));
}
