/** Elements to the bytes of a page: the one place that lays out leaves and branches. */
import {
  BRANCH,
  BUCKET_HEADER_BYTES,
  ELEMENT_BYTES,
  ELEMENT_IS_BUCKET,
  LEAF,
  PAGE_HEADER_BYTES,
  writePageHeader,
  writeUint64,
} from './layout.ts';
import type { BranchElement, LeafElement } from './tree-packer.ts';

interface Place {
  /** Page number; 0 inline. */
  readonly id: number;
  readonly overflow: number;
}

/** Writes from `at` on; the result is the end of the data. What lies behind is the caller's to clear. */
export function encodeLeaf(
  target: Buffer,
  at: number,
  elements: readonly LeafElement<Uint8Array>[],
  place: Place,
): number {
  writePageHeader(target, at, { ...place, flags: LEAF, count: elements.length });
  let element = at + PAGE_HEADER_BYTES;
  let data = element + elements.length * ELEMENT_BYTES;
  for (const { key, value, isBucket } of elements) {
    target.writeUInt32LE(isBucket ? ELEMENT_IS_BUCKET : 0, element);
    target.writeUInt32LE(data - element, element + 4);
    target.writeUInt32LE(key.length, element + 8);
    target.writeUInt32LE(value.length, element + 12);
    target.set(key, data);
    data += key.length;
    target.set(value, data);
    data += value.length;
    element += ELEMENT_BYTES;
  }
  return data;
}

/** As `encodeLeaf`. */
export function encodeBranch(
  target: Buffer,
  at: number,
  elements: readonly BranchElement<Uint8Array>[],
  place: Place,
): number {
  writePageHeader(target, at, { ...place, flags: BRANCH, count: elements.length });
  let element = at + PAGE_HEADER_BYTES;
  let data = element + elements.length * ELEMENT_BYTES;
  for (const { key, child } of elements) {
    target.writeUInt32LE(data - element, element);
    target.writeUInt32LE(key.length, element + 4);
    writeUint64(target, element + 8, child);
    target.set(key, data);
    data += key.length;
    element += ELEMENT_BYTES;
  }
  return data;
}

/** The value that names a bucket with a tree of its own. */
export function bucketAt(root: number): Uint8Array {
  const value = Buffer.alloc(BUCKET_HEADER_BYTES);
  writeUint64(value, 0, root);
  return value;
}

/** The value of an inline bucket; `bytes` is the size of its page. */
export function inlineBucket(elements: readonly LeafElement<Uint8Array>[], bytes: number): Uint8Array {
  const value = Buffer.alloc(BUCKET_HEADER_BYTES + bytes);
  encodeLeaf(value, BUCKET_HEADER_BYTES, elements, { id: 0, overflow: 0 });
  return value;
}
