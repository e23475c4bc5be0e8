/**
 * A small S3 server for tests: one bucket, objects and multipart uploads in memory. It refuses what is not signed as AWS
 * Signature Version 4 says (AWS General Reference, Create a signed request), written from that text and not from the
 * client's library, and whatever body does not have the SHA-256 that was signed.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export const ACCESS_KEY = 'AKIATEST';
export const SECRET_KEY = 'secret/of+the=test';
export const BUCKET = 'backups';
/** Objects on one page of a listing. */
const PAGE_OBJECTS = 2;

interface Upload {
  readonly key: string;
  readonly initiated: string;
  readonly parts: Map<number, Buffer>;
}

/** What goes wrong: consulted before a request is handled. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'cut' }
  /** A part is stored with a bit of it flipped, and its ETag says so. */
  | { readonly kind: 'flip' }
  /** 200, with an error as the body. */
  | { readonly kind: 'late-error' };

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const md5 = (data: Buffer): string => createHash('md5').update(data).digest('hex');

const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export class S3Server {
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, Upload>();
  /** `METHOD /path?query`, as they came. */
  readonly requests: string[] = [];
  readonly refused: string[] = [];
  largestBody = 0;
  /** The fault that this request meets, if any. */
  fault: (request: string) => Fault | undefined = () => undefined;
  sessionToken: string | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.largestBody = Math.max(this.largestBody, body.length);
    const line = `${request.method} ${request.url}`;
    this.requests.push(line);
    const fault = this.fault(line);
    if (fault?.kind === 'cut') return void request.socket.destroy();
    if (fault?.kind === 'status')
      return refuse(response, fault.status, 'SlowDown', 'Please reduce your request rate.');
    const wrong = this.wrongSignature(request, body);
    if (wrong !== undefined) {
      this.refused.push(wrong);
      return refuse(response, 403, 'SignatureDoesNotMatch', wrong);
    }
    if (fault?.kind === 'flip') body[0] ^= 1;
    if (fault?.kind === 'late-error') {
      response.end(
        '<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>',
      );
      return;
    }
    this.answer(request.method!, new URL(request.url!, this.endpoint), body, response);
  }

  private wrongSignature({ method, url, headers }: IncomingMessage, body: Buffer): string | undefined {
    const found =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? '',
      );
    if (!found) return 'no authorization of version 4';
    const [, id, day, region, signed, signature] = found;
    if (id !== ACCESS_KEY) return `no such key as ${id}`;
    if (headers['x-amz-security-token'] !== this.sessionToken) return 'wrong session token';
    const names = signed.split(';');
    for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256'])
      if (!names.includes(name)) return `${name} is not signed`;
    const at = headers['x-amz-date'] as string;
    if (!at.startsWith(day)) return 'the credential is of another day';
    if (headers['x-amz-content-sha256'] !== sha256(body)) return 'the body is not what was signed';
    const { pathname, searchParams } = new URL(url!, this.endpoint);
    const query = [...searchParams]
      .map(([name, value]) => `${strict(name)}=${strict(value)}`)
      .sort()
      .join('&');
    const canonical = [
      method,
      pathname
        .split('/')
        .map((part) => strict(decodeURIComponent(part)))
        .join('/'),
      query,
      ...names.map((name) => `${name}:${String(headers[name]).trim()}`),
      '',
      signed,
      sha256(body),
    ].join('\n');
    const scope = `${day}/${region}/s3/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
    const key = [region, 's3', 'aws4_request'].reduce(
      (k, part) => hmac(k, part),
      hmac(`AWS4${SECRET_KEY}`, day),
    );
    return hmac(key, text).toString('hex') === signature ? undefined : 'the signature is another';
  }

  private answer(
    method: string,
    { pathname, searchParams: q }: URL,
    body: Buffer,
    response: ServerResponse,
  ): void {
    const [, bucket, ...rest] = pathname.split('/').map(decodeURIComponent);
    if (bucket !== BUCKET)
      return refuse(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    const key = rest.join('/');
    if (method === 'GET' && q.has('uploads')) return this.listUploads(response);
    if (method === 'GET' && q.has('list-type')) return this.list(q, response);
    if (method === 'POST' && q.has('uploads')) {
      const id = randomBytes(8).toString('hex');
      this.uploads.set(id, { key, initiated: new Date().toISOString(), parts: new Map() });
      response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
      return;
    }
    if (q.has('uploadId')) return this.upload(method, key, q, body, response);
    if (method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    const object = this.objects.get(key);
    if (method === 'GET' && object) response.end(object);
    else refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
  }

  private upload(
    method: string,
    key: string,
    q: URLSearchParams,
    body: Buffer,
    response: ServerResponse,
  ): void {
    const id = q.get('uploadId')!;
    const upload = this.uploads.get(id);
    if (upload?.key !== key)
      return refuse(response, 404, 'NoSuchUpload', 'The specified upload does not exist.');
    if (method === 'DELETE') {
      this.uploads.delete(id);
      response.writeHead(204).end();
    } else if (method === 'PUT') {
      upload.parts.set(Number(q.get('partNumber')), body);
      response.setHeader('etag', `"${md5(body)}"`);
      response.end();
    } else {
      const wanted = [
        ...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&quot;(\w+)&quot;<\/ETag>/g),
      ];
      const parts = wanted.map(([, number, etag]) => {
        const part = upload.parts.get(Number(number));
        return part && md5(part) === etag ? part : undefined;
      });
      if (parts.length === 0 || parts.includes(undefined))
        return refuse(response, 400, 'InvalidPart', 'One or more of the specified parts could not be found.');
      this.objects.set(key, Buffer.concat(parts as Buffer[]));
      this.uploads.delete(id);
      response.end(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
    }
  }

  private list(q: URLSearchParams, response: ServerResponse): void {
    const prefix = q.get('prefix') ?? '';
    const from = q.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > from).sort();
    const page = keys.slice(0, PAGE_OBJECTS);
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key><Size>${this.objects.get(key)!.length}</Size></Contents>`,
    );
    const more = keys.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    response.end(
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  private listUploads(response: ServerResponse): void {
    const uploads = [...this.uploads].map(
      ([id, { key, initiated }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`,
    );
    response.end(`<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`);
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
