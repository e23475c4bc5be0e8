/**
 * Meta pages. Page 0 and page 1 are written in turns, one per transaction, so that a torn write leaves the other
 * intact: the valid one with the larger transaction id is the database.
 */
import { asBuffer } from '../../core/wire/bytes.ts';
import { DamagedPageError, InvalidDatabaseError } from './errors.ts';
import {
  DEFAULT_PAGE_BYTES,
  FORMAT_VERSION,
  fnv1a64,
  MAGIC,
  MAX_PAGE_BYTES,
  META,
  META_BYTES,
  META_CHECKED_BYTES,
  MIN_PAGE_BYTES,
  NO_FREELIST,
  PAGE_HEADER_BYTES,
  readUint32,
  readUint64,
  writePageHeader,
  writeUint64,
} from './layout.ts';
import type { PageFile } from './page-cache.ts';

export interface Meta {
  readonly pageSize: number;
  /** Page of the root bucket. */
  readonly root: number;
  /** Page of the freelist; undefined: not stored. */
  readonly freelist: number | undefined;
  /** High-water mark: pages 0 to this one, exclusive, are in use or free. */
  readonly pages: number;
  readonly transaction: number;
}

export interface FoundMeta {
  readonly meta: Meta;
  /** The other meta page, if it is damaged: harmless after a power cut, but worth a word. */
  readonly damaged: DamagedPageError | undefined;
}

/** Page size candidates to look for meta page 1 at, when page 0 is damaged. */
const MIN_PROBED_PAGE_BYTES = 1024;
const PROBES = 15;

/** @throws InvalidDatabaseError when neither meta page is intact. */
export async function findMeta(file: PageFile): Promise<FoundMeta> {
  const first = await metaAt(file, 0, 0);
  if (typeof first !== 'string') {
    const second = await metaAt(file, first.pageSize, 1);
    if (typeof second === 'string') return { meta: first, damaged: new DamagedPageError(1, second) };
    return { meta: second.transaction > first.transaction ? second : first, damaged: undefined };
  }
  let second: Meta | string = 'no meta page at any page size';
  for (let i = 0; i < PROBES && typeof second === 'string'; i++) {
    const position = MIN_PROBED_PAGE_BYTES * 2 ** i;
    const probed = await metaAt(file, position, 1);
    if (typeof probed !== 'string' && probed.pageSize === position) second = probed;
    else if (position === DEFAULT_PAGE_BYTES && typeof probed === 'string') second = probed;
  }
  if (typeof second !== 'string') return { meta: second, damaged: new DamagedPageError(0, first) };
  throw new InvalidDatabaseError([`page 0: ${first}`, `page 1: ${second}`]);
}

/** The meta page, or what is wrong with it. */
async function metaAt(file: PageFile, position: number, page: number): Promise<Meta | string> {
  const bytes = new Uint8Array(PAGE_HEADER_BYTES + META_BYTES);
  const n = await file.read(bytes, position);
  if (n < bytes.length) return `the file ends in its meta page`;
  const at = PAGE_HEADER_BYTES;
  const magic = readUint32(bytes, at);
  if (magic !== MAGIC) return `magic number is ${magic.toString(16)}, not ${MAGIC.toString(16)}`;
  const version = readUint32(bytes, at + 4);
  if (version !== FORMAT_VERSION) return `format version is ${version}, not ${FORMAT_VERSION}`;
  const body = asBuffer(bytes).subarray(at);
  if (body.readBigUInt64LE(META_CHECKED_BYTES) !== fnv1a64(body.subarray(0, META_CHECKED_BYTES)))
    return 'checksum of the meta page does not match';
  return checkedMeta(body, page);
}

function checkedMeta(body: Buffer, page: number): Meta | string {
  const pageSize = readUint32(body, 8);
  if (pageSize < MIN_PAGE_BYTES || pageSize > MAX_PAGE_BYTES || (pageSize & (pageSize - 1)) !== 0)
    return `page size of meta page ${page} is ${pageSize} bytes`;
  const freelist = body.readBigUInt64LE(32);
  const meta: Meta = {
    pageSize,
    root: readUint64(body, 16),
    freelist: freelist === NO_FREELIST ? undefined : Number(freelist),
    pages: readUint64(body, 40),
    transaction: readUint64(body, 48),
  };
  if (!Number.isSafeInteger(meta.pages * pageSize)) return `high-water mark is ${meta.pages}`;
  return meta;
}

/** Writes meta page `page` (0 or 1), header included, to the first 80 bytes of `target`. */
export function writeMeta(target: Buffer, page: 0 | 1, meta: Meta): void {
  writePageHeader(target, 0, { id: page, flags: META, count: 0, overflow: 0 });
  const body = target.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + META_BYTES);
  body.fill(0);
  body.writeUInt32LE(MAGIC, 0);
  body.writeUInt32LE(FORMAT_VERSION, 4);
  body.writeUInt32LE(meta.pageSize, 8);
  writeUint64(body, 16, meta.root);
  body.writeBigUInt64LE(meta.freelist === undefined ? NO_FREELIST : BigInt(meta.freelist), 32);
  writeUint64(body, 40, meta.pages);
  writeUint64(body, 48, meta.transaction);
  body.writeBigUInt64LE(fnv1a64(body.subarray(0, META_CHECKED_BYTES)), META_CHECKED_BYTES);
}
