/**
 * What a request's header block says, checked against RFC 9113, sections 8.1.1, 8.2 and 8.3. Heads are shared:
 * requests with the same block get the same object (see hpack/block-cache.ts), so a layer above may keep what it
 * made of a head in `attachment`.
 */
import type { HeaderField } from './hpack/index.ts';

export class RequestHead {
  readonly method: string;
  /** Empty for CONNECT, as is `path`. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** Bytes; -1 when the request doesn't say. */
  readonly contentLength: number;
  /** The fields after the pseudo-header fields. */
  readonly fields: readonly HeaderField[];
  /** What the layer above derived from this head. */
  attachment: unknown = undefined;

  constructor(pseudo: PseudoFields, fields: readonly HeaderField[], contentLength: number) {
    this.method = pseudo[':method'] ?? '';
    this.scheme = pseudo[':scheme'] ?? '';
    this.authority = pseudo[':authority'] ?? '';
    this.path = pseudo[':path'] ?? '';
    this.contentLength = contentLength;
    this.fields = fields;
  }

  /** The first value of a field, or undefined. `name` in lower case. */
  get(name: string): string | undefined {
    for (const field of this.fields) if (field.name === name) return field.value;
    return undefined;
  }
}

interface PseudoFields {
  ':method'?: string;
  ':scheme'?: string;
  ':authority'?: string;
  ':path'?: string;
}
const pseudoNames = new Set([':method', ':scheme', ':authority', ':path']);

/** Fields of HTTP/1.1 connections, which HTTP/2 forbids (section 8.2.2). */
const connectionFields = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Reads a decoded block; null when the request is malformed. */
export function readRequestHead(list: readonly HeaderField[]): RequestHead | null {
  const pseudo: PseudoFields = {};
  let first = 0;
  for (; first < list.length && list[first].name.charCodeAt(0) === 0x3a; first++) {
    const { name, value, malformed } = list[first];
    if (malformed || !pseudoNames.has(name) || pseudo[name as keyof PseudoFields] !== undefined) return null;
    pseudo[name as keyof PseudoFields] = value;
  }
  if (!isComplete(pseudo)) return null;
  const fields = first === 0 ? list : list.slice(first);
  if (!areRegular(fields)) return null;
  const contentLength = readContentLength(fields);
  return contentLength === null ? null : new RequestHead(pseudo, fields, contentLength);
}

/** Section 8.3.1, and 8.5 for CONNECT. */
function isComplete(pseudo: PseudoFields): boolean {
  if (pseudo[':method'] === 'CONNECT') {
    return pseudo[':scheme'] === undefined && pseudo[':path'] === undefined && !!pseudo[':authority'];
  }
  return !!pseudo[':method'] && !!pseudo[':scheme'] && !!pseudo[':path'];
}

/** No pseudo-header field after the first regular one (or in trailers), nothing that belongs to HTTP/1.1. */
export function areRegular(fields: readonly HeaderField[]): boolean {
  for (const { name, value, malformed } of fields) {
    if (malformed || name.charCodeAt(0) === 0x3a || connectionFields.has(name)) return false;
    if (name === 'te' && value !== 'trailers') return false;
  }
  return true;
}

function readContentLength(fields: readonly HeaderField[]): number | null {
  let length = -1;
  for (const { name, value } of fields) {
    if (name !== 'content-length') continue;
    if (!/^\d{1,15}$/.test(value) || (length >= 0 && length !== Number(value))) return null;
    length = Number(value);
  }
  return length;
}
