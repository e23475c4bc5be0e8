/** Statuses as the gateway tells them. */
import type { ServerResponse } from 'node:http';
import { Code, HTTP_STATUS } from '../../../core/errors.ts';
import type { Status } from '../../../services/method.ts';
import { reply } from '../reply.ts';

const JSON_TYPE = 'application/json';

function errorHeaders(status: Status): Record<string, string> {
  const headers: Record<string, string> = { 'Content-Type': JSON_TYPE };
  // A header cannot carry line breaks; no message of ours has any, but a client's text may be part of one.
  if (status.code === Code.Unauthenticated)
    headers['Www-Authenticate'] = status.message.replace(/[^\x20-\x7e]/g, ' ');
  return headers;
}

export function statusText({ code, message }: Status): string {
  return JSON.stringify({ code, message });
}

export function answerError(response: ServerResponse, status: Status, body = statusText(status)): void {
  if (response.headersSent || response.destroyed) return;
  reply(response, HTTP_STATUS[status.code] ?? 500, errorHeaders(status), body);
}

/** Headers of a success. */
export const SUCCESS_HEADERS = {
  'Content-Type': JSON_TYPE,
  'Grpc-Metadata-Content-Type': 'application/grpc',
} as const;

/** A request beyond the limit, in gRPC's words. */
export function tooLarge(size: number, limit: number): Status {
  return {
    code: Code.ResourceExhausted,
    message: `grpc: received message larger than max (${size} vs. ${limit})`,
  };
}

/** JSON of a request may be this many times its wire form, and a bit: base64, names, white space. */
const JSON_FACTOR = 4;
const MIN_JSON_BYTES = 1024 * 1024;

/** Longest JSON of a request whose wire form may have `maxReceiveBytes`. */
export function maxJsonBytes(maxReceiveBytes: number): number {
  return Math.max(MIN_JSON_BYTES, maxReceiveBytes * JSON_FACTOR);
}
