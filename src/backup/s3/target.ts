/** Backups in a bucket of an S3-compatible store, each an object below a prefix. */
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from '../errors.ts';
import { parseName } from '../name.ts';
import type { StoredBackup, Target, TargetOptions } from '../target.ts';
import { s3Place } from './credentials.ts';
import { S3Requests } from './requests.ts';
import { uploadFile } from './upload.ts';
import { elements, text } from './xml.ts';

/** An upload that is older belongs to a run that was killed; its parts cost money until it is aborted. */
const STALE_UPLOAD_MS = 24 * 3_600_000;
const OWNER_ONLY = 0o700;

export interface BucketOptions extends TargetOptions {
  readonly bucket: string;
  readonly prefix: string;
}

/** @throws BackupError */
export function openBucket({ bucket, prefix, s3Endpoint, workDir, env }: BucketOptions): Target {
  const place = s3Place({ bucket, endpoint: s3Endpoint, env });
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  return new BucketTarget(new S3Requests(place), {
    place: `s3://${bucket}/${folder}`,
    keyPrefix: folder === '' ? '' : `${folder}/`,
    workDir,
  });
}

interface BucketTargetOptions {
  readonly place: string;
  readonly keyPrefix: string;
  readonly workDir: string;
}

class BucketTarget implements Target {
  readonly place: string;
  private readonly keyPrefix: string;
  private readonly workDir: string;
  private readonly requests: S3Requests;

  constructor(requests: S3Requests, { place, keyPrefix, workDir }: BucketTargetOptions) {
    this.requests = requests;
    this.place = place;
    this.keyPrefix = keyPrefix;
    this.workDir = workDir;
  }

  partPath(name: string): string {
    return join(this.workDir, `${name}.part`);
  }

  async prepare(): Promise<void> {
    try {
      await mkdir(this.workDir, { recursive: true, mode: OWNER_ONLY });
      await access(this.workDir, constants.W_OK);
    } catch (error) {
      throw new BackupError(`cannot work in ${this.workDir}: ${(error as Error).message}`);
    }
    // A bucket that is not there, or not ours, is known before a snapshot is taken for it.
    await this.abortStaleUploads();
  }

  private async abortStaleUploads(): Promise<void> {
    const query = { uploads: '', prefix: this.keyPrefix };
    const xml = await (await this.requests.send({ method: 'GET', query })).text();
    for (const upload of elements(xml, 'Upload')) {
      const key = text(upload, 'Key');
      const begun = Date.parse(text(upload, 'Initiated'));
      const isOurs = key.startsWith(this.keyPrefix) && parseName(key.slice(this.keyPrefix.length));
      if (!isOurs || !(Date.now() - begun > STALE_UPLOAD_MS)) continue;
      await this.requests.send({ method: 'DELETE', key, query: { uploadId: text(upload, 'UploadId') } });
    }
  }

  async publish(part: string, name: string, signal: AbortSignal): Promise<void> {
    await uploadFile(this.requests, { path: part, key: this.keyPrefix + name, signal });
  }

  async list(): Promise<StoredBackup[]> {
    const backups: StoredBackup[] = [];
    let token = '';
    do {
      const query: Record<string, string> = { 'list-type': '2', prefix: this.keyPrefix };
      if (token !== '') query['continuation-token'] = token;
      const xml = await (await this.requests.send({ method: 'GET', query })).text();
      for (const object of elements(xml, 'Contents')) {
        const name = text(object, 'Key').slice(this.keyPrefix.length);
        const parsed = parseName(name);
        if (parsed) backups.push({ name, bytes: Number(text(object, 'Size')), ...parsed });
      }
      token = text(xml, 'IsTruncated') === 'true' ? text(xml, 'NextContinuationToken') : '';
    } while (token !== '');
    return backups.sort((a, b) => a.time - b.time);
  }

  async *read(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const response = await this.requests.send({ method: 'GET', key: this.keyPrefix + name, signal });
    if (response.body === null) return;
    yield* response.body;
  }

  async remove(name: string): Promise<void> {
    await this.requests.send({ method: 'DELETE', key: this.keyPrefix + name });
  }
}
