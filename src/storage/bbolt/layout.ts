/**
 * The bytes of a bbolt file (bbolt's format version 2). All integers are little endian; a page number is u64.
 *
 *   file     page 0 (meta) | page 1 (meta) | page 2 | ...          pages of `pageSize` bytes
 *
 *   page     0 id u64 | 8 flags u16 | 10 count u16 | 12 overflow u32 | 16 content
 *            overflow: how many pages follow that belong to this one
 *   meta     0 magic u32 | 4 version u32 | 8 pageSize u32 | 12 flags u32 | 16 root u64 | 24 sequence u64
 *            32 freelist u64 | 40 high-water mark u64 | 48 txid u64 | 56 checksum u64 (FNV-1a of bytes 0..55)
 *   leaf     count x (flags u32 | pos u32 | ksize u32 | vsize u32), then keys and values
 *   branch   count x (pos u32 | ksize u32 | child u64), then keys
 *            pos counts from the start of its element; data lies packed, in the order of the elements
 *   bucket   the value of a leaf element with flag 1: root u64 | sequence u64; with root 0 a leaf page follows inline
 */
import { asBuffer } from '../../core/wire/bytes.ts';

export const MAGIC = 0xed0cdaed;
export const FORMAT_VERSION = 2;

export const PAGE_HEADER_BYTES = 16;
export const ELEMENT_BYTES = 16;
export const META_BYTES = 64;
export const META_CHECKED_BYTES = 56;
/** root and sequence, in front of an inline page. */
export const BUCKET_HEADER_BYTES = 16;

export const BRANCH = 0x01;
export const LEAF = 0x02;
export const META = 0x04;
export const FREELIST = 0x10;

export const ELEMENT_IS_BUCKET = 1;

/** In a meta page: the free pages are not stored, but are those that nothing refers to. */
export const NO_FREELIST = 0xffffffffffffffffn;
/** In a freelist page: the count does not fit, the first entry is the count. */
export const COUNT_ELSEWHERE = 0xffff;

export const DEFAULT_PAGE_BYTES = 4096;
export const MIN_PAGE_BYTES = 512;
export const MAX_PAGE_BYTES = 65536;

export const MAX_KEY_BYTES = 32768;
export const MAX_VALUE_BYTES = 2 ** 31 - 2;
/** A page with its overflow that claims more is taken for damaged: nothing that etcd stores comes near it. */
export const MAX_PAGE_RUN_BYTES = 2 ** 30;
/** A tree of 4 KiB pages with two keys to a branch would hold more than fits on any disk. */
export const MAX_TREE_DEPTH = 64;

const TWO_32 = 4294967296;

export interface PageHeader {
  readonly id: number;
  readonly flags: number;
  readonly count: number;
  readonly overflow: number;
}

export function readPageHeader(bytes: Uint8Array, at: number): PageHeader {
  return {
    id: readUint64(bytes, at),
    flags: bytes[at + 8] | (bytes[at + 9] << 8),
    count: bytes[at + 10] | (bytes[at + 11] << 8),
    overflow: readUint32(bytes, at + 12),
  };
}

export function writePageHeader(bytes: Buffer, at: number, header: PageHeader): void {
  writeUint64(bytes, at, header.id);
  bytes.writeUInt16LE(header.flags, at + 8);
  bytes.writeUInt16LE(header.count, at + 10);
  bytes.writeUInt32LE(header.overflow, at + 12);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** Beyond 2^53 the result is rounded: still larger than any page number of a real file. */
export function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at + 4) * TWO_32 + readUint32(bytes, at);
}

export function writeUint64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value % TWO_32, at);
  bytes.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

/** FNV-1a, 64 bits. Only for the 56 bytes of a meta page. */
export function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** Bytewise order of bytes[aStart, aEnd) and bytes[bStart, bEnd). Keys differ early: a native call costs more. */
export function compareWithin(
  bytes: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): number {
  const n = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < n; i++) {
    const difference = bytes[aStart + i] - bytes[bStart + i];
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** For messages: text where it is printable, else hex; cut off when long. */
export function showKey(key: Uint8Array): string {
  const shown = asBuffer(key.subarray(0, 40));
  const text = shown.toString('latin1');
  const name = /^[ -~]+$/.test(text) ? JSON.stringify(text) : `0x${shown.toString('hex')}`;
  return key.length > shown.length ? `${name}... (${key.length} bytes)` : name;
}
