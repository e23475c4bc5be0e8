/**
 * A file as an object, in parts: one part in memory at a time, each with its SHA-256 in the signature, so that the store
 * refuses what was damaged on the way. Nobody sees the object before the last step. The ETags of the parts are held
 * against their MD5, where the store says that they are that (it need not, with encryption of its own).
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BackupError } from '../errors.ts';
import type { S3Requests } from './requests.ts';
import { text } from './xml.ts';

const MEBIBYTE = 1024 ** 2;
const PART_BYTES = 8 * MEBIBYTE;
/** Amazon S3 User Guide, multipart upload limits. */
const MAX_PARTS = 10_000;

interface Part {
  readonly number: number;
  readonly etag: string;
}

export async function uploadFile(
  requests: S3Requests,
  { path, key, signal }: { readonly path: string; readonly key: string; readonly signal: AbortSignal },
): Promise<void> {
  const file = await open(path, 'r');
  try {
    const created = await requests.send({ method: 'POST', key, query: { uploads: '' }, signal });
    const uploadId = text(await created.text(), 'UploadId');
    if (uploadId === '') throw new BackupError(`s3: the store gave no id for the upload of ${key}`);
    try {
      const parts = await uploadParts(requests, { file, key, uploadId, signal });
      await complete(requests, { key, uploadId, parts, signal });
    } catch (error) {
      await requests.send({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly signal: AbortSignal;
}

async function uploadParts(requests: S3Requests, o: Upload & { readonly file: FileHandle }): Promise<Part[]> {
  const { size } = await o.file.stat();
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS / MEBIBYTE) * MEBIBYTE);
  const buffer = Buffer.allocUnsafeSlow(Math.min(partBytes, size));
  const parts: Part[] = [];
  for (let at = 0; at < size; ) {
    const body = buffer.subarray(0, Math.min(partBytes, size - at));
    await readAll(o.file, body, at);
    const number = parts.length + 1;
    const response = await requests.send({
      method: 'PUT',
      key: o.key,
      query: { partNumber: String(number), uploadId: o.uploadId },
      body,
      signal: o.signal,
    });
    await response.arrayBuffer();
    const etag = response.headers.get('etag') ?? '';
    checkEtag(etag, body, {
      number,
      key: o.key,
      encrypted: response.headers.has('x-amz-server-side-encryption'),
    });
    parts.push({ number, etag });
    at += body.length;
  }
  return parts;
}

async function readAll(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new BackupError('the file to be uploaded became shorter');
    done += bytesRead;
  }
}

function checkEtag(
  etag: string,
  body: Uint8Array,
  { number, key, encrypted }: { readonly number: number; readonly key: string; readonly encrypted: boolean },
): void {
  const digest = etag.replaceAll('"', '');
  if (digest === '') throw new BackupError(`s3: the store gave no ETag for part ${number} of ${key}`);
  if (encrypted || !/^[0-9a-f]{32}$/.test(digest)) return;
  if (digest !== createHash('md5').update(body).digest('hex'))
    throw new BackupError(`s3: part ${number} of ${key} was damaged on its way: its ETag is ${etag}`);
}

async function complete(
  requests: S3Requests,
  o: Upload & { readonly parts: readonly Part[] },
): Promise<void> {
  const list = o.parts
    .map(
      ({ number, etag }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
    )
    .join('');
  const response = await requests.send({
    method: 'POST',
    key: o.key,
    query: { uploadId: o.uploadId },
    body: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`,
    headers: { 'content-type': 'application/xml' },
    signal: o.signal,
  });
  // The store may begin to answer before it knows: 200, and an error in it.
  const xml = await response.text();
  if (text(xml, 'Code') !== '')
    throw new BackupError(`s3: completing ${o.key}: ${text(xml, 'Code')}: ${text(xml, 'Message')}`);
}
