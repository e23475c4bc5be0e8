/**
 * One request to an S3-compatible store: signed (AWS Signature Version 4, by aws4fetch), bounded in time, tried again when
 * the store or the way to it was at fault. Amazon S3 API Reference, Error responses.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { BackupError } from '../errors.ts';
import type { S3Place } from './credentials.ts';
import { text } from './xml.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Absent: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** Until the answer begins, with the body of the request sent: a part of 8 MiB on a slow line included. */
const TIMEOUT_MS = 180_000;

class Refused extends BackupError {
  readonly mayRetry: boolean;

  constructor(message: string, mayRetry: boolean) {
    super(message);
    this.mayRetry = mayRetry;
  }
}

export class S3Requests {
  private readonly place: S3Place;
  private readonly aws: AwsClient;

  constructor(place: S3Place) {
    this.place = place;
    const { accessKeyId, secretAccessKey, sessionToken, region } = place;
    this.aws = new AwsClient({
      accessKeyId,
      secretAccessKey,
      sessionToken,
      region,
      service: 's3',
      retries: 0,
    });
  }

  /** An answer of 2xx, its body unread. @throws BackupError */
  async send(request: S3Request): Promise<Response> {
    const { signal } = request;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(request);
      } catch (error) {
        if (signal?.aborted || attempt === ATTEMPTS || !(error instanceof Refused) || !error.mayRetry)
          throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  private async once({ method, key, query = {}, body, headers, signal }: S3Request): Promise<Response> {
    const path = key === undefined ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`;
    const url = `${this.place.bucketUrl}${path}?${new URLSearchParams(query)}`;
    const what = `${method} ${this.place.bucketUrl}${path}`;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
    let response: Response;
    try {
      const signed = await this.aws.sign(url, {
        method,
        body,
        headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? '') },
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      response = await fetch(signed);
    } catch (error) {
      if (signal?.aborted) throw error;
      const { message, cause } = error as Error;
      const why = late.signal.aborted
        ? `no answer for ${TIMEOUT_MS / 1000} s`
        : (cause as Error)?.message || message;
      throw new Refused(`s3: ${what}: ${why}`, true);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    throw await refusal(what, response);
  }
}

async function refusal(what: string, response: Response): Promise<Refused> {
  const xml = await response.text().catch(() => '');
  const said = [text(xml, 'Code'), text(xml, 'Message')].filter((word) => word !== '').join(': ');
  const { status } = response;
  const mayRetry = status >= 500 || status === 429 || status === 408;
  return new Refused(`s3: ${what}: ${status} ${said || response.statusText}`, mayRetry);
}

function sha256(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}
