/**
 * One page of a B+tree: a leaf or a branch. It is verified as a whole when it is made, so that later reads of its
 * elements need no checks. bbolt has no checksums on these pages; what can be told is told: header, element table,
 * that keys and values lie packed (as every writer of the format lays them), and that keys ascend.
 */
import { asBuffer } from '../../core/wire/bytes.ts';
import { DamagedPageError } from './errors.ts';
import {
  BRANCH,
  BUCKET_HEADER_BYTES,
  compareWithin,
  ELEMENT_BYTES,
  ELEMENT_IS_BUCKET,
  LEAF,
  MAX_KEY_BYTES,
  PAGE_HEADER_BYTES,
  readPageHeader,
  readUint32,
  readUint64,
} from './layout.ts';

export class TreePage {
  /** 0 for an inline page. */
  readonly id: number;
  readonly kind: 'branch' | 'leaf';
  readonly count: number;
  /** Pages that follow and belong to this one. */
  readonly overflow: number;
  private readonly bytes: Buffer;
  /** What errors name: for an inline page the one it lies in. */
  private readonly holder: number;

  /**
   * @param id the number under which the page was found; 0 for an inline page
   * @param holder page that an inline page lies in
   * @throws DamagedPageError
   */
  constructor(bytes: Uint8Array, id: number, holder = id) {
    this.bytes = asBuffer(bytes);
    this.id = id;
    this.holder = holder;
    if (bytes.length < PAGE_HEADER_BYTES) throw this.damaged('inline page is cut off');
    const header = readPageHeader(bytes, 0);
    if (header.id !== id) throw this.damaged(`carries the number of page ${header.id}`);
    if (header.flags !== BRANCH && header.flags !== LEAF)
      throw this.damaged(`invalid type: flags ${header.flags.toString(16)}`);
    this.kind = header.flags === BRANCH ? 'branch' : 'leaf';
    this.count = header.count;
    this.overflow = header.overflow;
    this.verify();
  }

  key(i: number): Uint8Array {
    const start = this.keyStart(i);
    return this.bytes.subarray(start, start + this.keySize(i));
  }

  /** Leaf only. */
  value(i: number): Uint8Array {
    const start = this.keyStart(i) + this.keySize(i);
    return this.bytes.subarray(start, start + this.valueSize(i));
  }

  /** Leaf only: the value is a bucket. */
  isBucket(i: number): boolean {
    return readUint32(this.bytes, this.element(i)) === ELEMENT_IS_BUCKET;
  }

  /** Branch only: the page below. */
  child(i: number): number {
    return readUint64(this.bytes, this.element(i) + 8);
  }

  /** Index of the first element whose key is not less than `key`; `count` if there is none. */
  lowerBound(key: Uint8Array): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareKey(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Branch only: the child that `key` is in. The first child also takes what is less than its key. */
  childFor(key: Uint8Array): number {
    const i = this.lowerBound(key);
    if (i < this.count && this.compareKey(i, key) === 0) return i;
    return Math.max(0, i - 1);
  }

  compareKey(i: number, key: Uint8Array): number {
    const start = this.keyStart(i);
    return this.bytes.compare(key, 0, key.length, start, start + this.keySize(i));
  }

  damaged(problem: string): DamagedPageError {
    return new DamagedPageError(
      this.holder,
      this.id === this.holder ? problem : `inline bucket in it: ${problem}`,
    );
  }

  private element(i: number): number {
    return PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
  }

  private keyStart(i: number): number {
    const at = this.element(i);
    return at + readUint32(this.bytes, this.kind === 'leaf' ? at + 4 : at);
  }

  private keySize(i: number): number {
    return readUint32(this.bytes, this.element(i) + (this.kind === 'leaf' ? 8 : 4));
  }

  private valueSize(i: number): number {
    return this.kind === 'leaf' ? readUint32(this.bytes, this.element(i) + 12) : 0;
  }

  private verify(): void {
    const { bytes, count } = this;
    if (this.kind === 'branch' && count === 0) throw this.damaged('branch without elements');
    let end = this.element(count);
    if (end > bytes.length) throw this.damaged(`${count} elements do not fit`);
    let keyStart = 0;
    let keyEnd = 0;
    for (let i = 0; i < count; i++) {
      const start = this.keyStart(i);
      if (start !== end) throw this.damaged(`data of element ${i} is at byte ${start}, not ${end}`);
      const size = this.keySize(i);
      if (size === 0 || size > MAX_KEY_BYTES) throw this.damaged(`key of element ${i} has ${size} bytes`);
      end = start + size + this.valueSize(i);
      if (end > bytes.length) throw this.damaged(`element ${i} ends at byte ${end} of ${bytes.length}`);
      if (i > 0 && compareWithin(bytes, keyStart, keyEnd, start, start + size) >= 0)
        throw this.damaged(`key of element ${i} is not greater than the one before`);
      keyStart = start;
      keyEnd = start + size;
      if (this.kind === 'leaf') this.verifyFlags(i);
    }
    if (this.id === 0 && end !== bytes.length)
      throw this.damaged(`elements end at byte ${end} of ${bytes.length}`);
  }

  private verifyFlags(i: number): void {
    const flags = readUint32(this.bytes, this.element(i));
    if (flags === 0) return;
    if (flags !== ELEMENT_IS_BUCKET) throw this.damaged(`element ${i} has flags ${flags.toString(16)}`);
    if (this.valueSize(i) < BUCKET_HEADER_BYTES) throw this.damaged(`bucket in element ${i} is cut off`);
  }
}
