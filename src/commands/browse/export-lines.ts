/**
 * The lines of an export (docs/export.md): one JSON object each.
 *
 *     {"kvctl_export":1,"cluster_id":"cdf818194e3a8c32","revision":42,"prefix":"config/","count":2}
 *     {"lease":"694d8f2a3b4c5d6e","ttl":60}
 *     {"key":"config/a","value":"1"}
 *     {"key":"config/b","value":{"base64":"/wA="},"lease":"694d8f2a3b4c5d6e"}
 *     {"end":true,"keys":2}
 *
 * Bytes are a string where they are UTF-8, and `{"base64": ...}` where they are not. A lease comes before the first key
 * that has it. Without the last line, the file is cut short.
 */
import { jsonOfBytes } from '../../printer/decode.ts';
import { leaseHex } from '../../printer/words.ts';

const FORMAT = 1;

export interface ExportHeader {
  /** Hexadecimal. */
  readonly clusterId: string;
  readonly revision: number;
  readonly prefix: Uint8Array;
  readonly count: number;
}

export interface ExportedPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: bigint;
}

export type ExportLine =
  | { readonly kind: 'header'; readonly header: ExportHeader }
  | { readonly kind: 'lease'; readonly lease: bigint; readonly ttlSeconds: number }
  | { readonly kind: 'pair'; readonly pair: ExportedPair }
  | { readonly kind: 'end'; readonly keys: number };

/** A line that is none of an export; the message says why. */
export class ExportLineError extends Error {
  override name = 'ExportLineError';
}

const bytesJson = (bytes: Uint8Array) => jsonOfBytes(bytes, 'utf8', 'value');

export function headerLine({ clusterId, revision, prefix, count }: ExportHeader): string {
  return `{"kvctl_export":${FORMAT},"cluster_id":"${clusterId}","revision":${revision},"prefix":${bytesJson(prefix)},"count":${count}}`;
}

export const leaseLine = (lease: bigint, ttlSeconds: number) =>
  `{"lease":"${leaseHex(lease)}","ttl":${ttlSeconds}}`;

export function pairLine({ key, value, lease }: ExportedPair): string {
  const last = lease === 0n ? '' : `,"lease":"${leaseHex(lease)}"`;
  return `{"key":${bytesJson(key)},"value":${bytesJson(value)}${last}}`;
}

export const endLine = (keys: number) => `{"end":true,"keys":${keys}}`;

type Fields = Readonly<Record<string, unknown>>;

function readBytes(fields: Fields, name: string): Uint8Array {
  const field = fields[name];
  if (typeof field === 'string') {
    const bytes = Buffer.from(field, 'utf8');
    if (bytes.toString('utf8') === field) return bytes;
    throw new ExportLineError(`"${name}" has half a surrogate pair, which is no text`);
  }
  const base64 = (field as Fields | null | undefined)?.base64;
  if (typeof base64 !== 'string')
    throw new ExportLineError(`"${name}" must be a string or {"base64": "..."}`);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw new ExportLineError(`"${name}" is no base64`);
  return bytes;
}

function readCount(fields: Fields, name: string): number {
  const field = fields[name];
  if (typeof field === 'number' && Number.isSafeInteger(field) && field >= 0) return field;
  throw new ExportLineError(`"${name}" must be a number`);
}

function readLease(fields: Fields): bigint {
  const field = fields.lease;
  if (typeof field === 'string' && /^[0-9a-f]{1,16}$/i.test(field)) return BigInt(`0x${field}`);
  throw new ExportLineError('"lease" must be a hexadecimal number of at most 16 digits');
}

function readHeader(fields: Fields): ExportHeader {
  if (fields.kvctl_export !== FORMAT) {
    throw new ExportLineError(`format ${String(fields.kvctl_export)} is not known here, only ${FORMAT}`);
  }
  return {
    clusterId: String(fields.cluster_id),
    revision: readCount(fields, 'revision'),
    prefix: readBytes(fields, 'prefix'),
    count: readCount(fields, 'count'),
  };
}

/** @throws ExportLineError */
export function readExportLine(text: string): ExportLine {
  let fields: Fields;
  try {
    fields = JSON.parse(text) as Fields;
  } catch {
    throw new ExportLineError('it is no JSON');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ExportLineError('it is no JSON object');
  }
  if ('kvctl_export' in fields) return { kind: 'header', header: readHeader(fields) };
  if ('end' in fields) return { kind: 'end', keys: readCount(fields, 'keys') };
  if ('key' in fields) {
    const key = readBytes(fields, 'key');
    if (key.length === 0) throw new ExportLineError('"key" is empty');
    const lease = 'lease' in fields ? readLease(fields) : 0n;
    return { kind: 'pair', pair: { key, value: readBytes(fields, 'value'), lease } };
  }
  if ('ttl' in fields)
    return { kind: 'lease', lease: readLease(fields), ttlSeconds: readCount(fields, 'ttl') };
  throw new ExportLineError('it has neither "key" nor "lease" nor "end"');
}
