/** One page of a tree, verified before anything of it is believed. Views of the page's bytes: copy what is kept. */
import { DamagedDatabase } from '../errors.ts';
import {
  BIG_DATA_BYTES,
  HEADER_BYTES,
  NODE_BYTES,
  NodeFlag,
  PAGE_BYTES,
  PageFlag,
  readUint64,
} from './layout.ts';

export interface BigData {
  readonly page: number;
  readonly pages: number;
  readonly size: number;
}

/** Bytewise, or as numbers of 8 bytes, little endian: the tree of free pages. */
export type KeyOrder = 'bytes' | 'integer';

export class TreePage {
  readonly number: number;
  readonly kind: 'branch' | 'leaf';
  readonly count: number;
  readonly transaction: number;
  private memory: Buffer;
  private readonly order: KeyOrder;

  /** @throws DamagedDatabase */
  constructor(bytes: Buffer, number: number, order: KeyOrder) {
    this.memory = bytes;
    this.order = order;
    this.number = number;
    const flags = bytes.readUInt16LE(18);
    if (readUint64(bytes, 0) !== number) throw this.damaged(`says it is page ${readUint64(bytes, 0)}`);
    if (flags !== PageFlag.Branch && flags !== PageFlag.Leaf)
      throw this.damaged(`has flags ${flags.toString(16)}, which no page of a tree has`);
    this.kind = flags === PageFlag.Leaf ? 'leaf' : 'branch';
    this.transaction = readUint64(bytes, 8);
    this.count = bytes.readUInt16LE(20) >>> 1;
    this.verify();
  }

  key(i: number): Buffer {
    return this.bytes.subarray(this.keyAt(i), this.keyEnd(i));
  }

  get bytes(): Buffer {
    return this.memory;
  }

  /** Gives the page memory of its own: views from now on stay valid. */
  keep(): void {
    this.memory = Buffer.from(this.memory);
  }

  /** Where key `i` begins in `bytes`, and where it ends: there the value of a leaf begins. */
  keyAt(i: number): number {
    return this.node(i) + NODE_BYTES;
  }

  keyEnd(i: number): number {
    const at = this.node(i);
    return at + NODE_BYTES + this.keySize(at);
  }

  /** Leaf only: where what is in the page itself of value `i` ends. */
  nodeEnd(i: number): number {
    const at = this.node(i);
    return at + NODE_BYTES + this.keySize(at) + this.inPage(at);
  }

  /** Positive when key `i` is the greater one. */
  compareKey(i: number, key: Buffer): number {
    if (this.order === 'integer') return compareIntegers(this.key(i), key);
    const at = this.node(i) + NODE_BYTES;
    return this.bytes.compare(key, 0, key.length, at, at + this.bytes.readUInt16LE(at - 2));
  }

  /** Branch only. */
  child(i: number): number {
    const at = this.node(i);
    return this.bytes.readUInt16LE(at + 4) * 4294967296 + this.bytes.readUInt32LE(at);
  }

  /** Leaf only: what is in the page itself. */
  value(i: number): Buffer {
    return this.bytes.subarray(this.keyEnd(i), this.nodeEnd(i));
  }

  flags(i: number): number {
    return this.bytes.readUInt16LE(this.node(i) + 4);
  }

  /** Leaf only, of a node with NodeFlag.BigData. */
  bigData(i: number): BigData {
    const where = this.value(i);
    return {
      page: readUint64(where, 0),
      pages: readUint64(where, 16),
      size: this.bytes.readUInt32LE(this.node(i)),
    };
  }

  damaged(problem: string): DamagedDatabase {
    return new DamagedDatabase(problem, this.number);
  }

  private node(i: number): number {
    return HEADER_BYTES + this.bytes.readUInt16LE(HEADER_BYTES + 2 * i);
  }

  private keySize(at: number): number {
    return this.bytes.readUInt16LE(at + 6);
  }

  private inPage(at: number): number {
    if (this.kind === 'branch') return 0;
    return this.bytes.readUInt16LE(at + 4) === NodeFlag.BigData
      ? BIG_DATA_BYTES
      : this.bytes.readUInt32LE(at);
  }

  /** Nodes lie in the page without gaps and overlaps, and their keys ascend. */
  private verify(): void {
    const { bytes, count } = this;
    if (bytes.readUInt16LE(16) !== 0) throw this.damaged('is padded');
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    if (lower % 2 !== 0 || lower > upper || upper > PAGE_BYTES - HEADER_BYTES)
      throw this.damaged(`has its free space from ${lower} to ${upper}`);
    let used = 0;
    for (let i = 0; i < count; i++) used += this.verifyNode(i, upper);
    if (used !== PAGE_BYTES - HEADER_BYTES - upper)
      throw this.damaged(`its ${count} nodes have ${used} bytes of ${PAGE_BYTES - HEADER_BYTES - upper}`);
    // The first key of a branch is not looked at, and may be left out.
    for (let i = this.kind === 'branch' ? 2 : 1; i < count; i++)
      if (!this.isAscending(i)) throw this.damaged(`key of node ${i} is not greater than the one before`);
  }

  private isAscending(i: number): boolean {
    if (this.order === 'integer') return this.compareKey(i, this.key(i - 1)) > 0;
    const { bytes } = this;
    const before = this.node(i - 1) + NODE_BYTES;
    const beforeEnd = before + bytes.readUInt16LE(before - 2);
    const own = this.node(i) + NODE_BYTES;
    const ownEnd = own + bytes.readUInt16LE(own - 2);
    let a = before;
    let b = own;
    while (a < beforeEnd && b < ownEnd && bytes[a] === bytes[b]) {
      a++;
      b++;
    }
    if (a === beforeEnd) return b < ownEnd;
    return b < ownEnd && bytes[a] < bytes[b];
  }

  private verifyNode(i: number, upper: number): number {
    const at = this.node(i);
    if (at % 2 !== 0 || at < HEADER_BYTES + upper || at + NODE_BYTES > PAGE_BYTES)
      throw this.damaged(`node ${i} is at byte ${at}`);
    const keySize = this.keySize(at);
    const size = NODE_BYTES + keySize + this.inPage(at);
    if (at + size > PAGE_BYTES) throw this.damaged(`node ${i} ends at byte ${at + size}`);
    if (keySize === 0 && (this.kind === 'leaf' || i > 0)) throw this.damaged(`node ${i} has no key`);
    if (this.kind === 'leaf' && this.flags(i) > NodeFlag.Tree)
      throw this.damaged(`node ${i} has flags ${this.flags(i).toString(16)}`);
    return size + (size % 2);
  }
}

function compareIntegers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) return 0;
  return readUint64(a, 0) - readUint64(b, 0);
}
