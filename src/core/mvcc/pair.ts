/**
 * Pairs: encoded mvccpb.KeyValue messages, written once by the put that makes them and handed out as they lie.
 *
 *   1 key | 2 create_revision | 3 mod_revision | 4 version | 5 value | 6 lease      zero fields are left out
 *
 * A tombstone stores the key alone. A deletion's event holds key and mod_revision: the tombstone is its prefix.
 */
import { allocate } from '../wire/arena.ts';
import { EMPTY, latin1Range } from '../wire/bytes.ts';
import { Reader } from '../wire/codec.ts';

const TAG_KEY = 10;
const TAG_CREATE = 16;
const TAG_MOD = 24;
const TAG_VERSION = 32;
const TAG_VALUE = 42;
const TAG_LEASE = 48;
const TWO_32 = 4294967296;

function varintSize(value: number): number {
  if (value < 128) return 1;
  if (value < 16384) return 2;
  if (value < 2097152) return 3;
  if (value < 268435456) return 4;
  let size = 4;
  for (value = Math.floor(value / 268435456); value > 0; value = Math.floor(value / 128)) size++;
  return size;
}

function writeVarint(target: Uint8Array, at: number, value: number): number {
  while (value >= TWO_32) {
    target[at++] = (value % 128) | 128;
    value = Math.floor(value / 128);
  }
  while (value > 127) {
    target[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  target[at++] = value;
  return at;
}

const MASK_64 = 0xffffffffffffffffn;

function bigVarintSize(value: bigint): number {
  let size = 1;
  for (let rest = (value & MASK_64) >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}

function writeBigVarint(target: Uint8Array, at: number, value: bigint): number {
  let rest = value & MASK_64;
  while (rest > 127n) {
    target[at++] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  target[at++] = Number(rest);
  return at;
}

export interface PairFields {
  readonly key: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Uint8Array;
  /** 0n: none. */
  readonly lease: bigint;
}

/** One exact allocation. Revisions and version are positive. */
export function encodePair(
  key: Uint8Array,
  createRevision: number,
  modRevision: number,
  version: number,
  value: Uint8Array,
  lease: bigint,
): Uint8Array {
  const keySize = key.length;
  const valueSize = value.length;
  let size =
    4 +
    varintSize(keySize) +
    keySize +
    varintSize(createRevision) +
    varintSize(modRevision) +
    varintSize(version);
  if (valueSize !== 0) size += 1 + varintSize(valueSize) + valueSize;
  if (lease !== 0n) size += 1 + bigVarintSize(lease);
  const pair = allocate(size);
  let at = writeHead(pair, key, createRevision, modRevision, version);
  if (valueSize !== 0) {
    pair[at] = TAG_VALUE;
    at = writeVarint(pair, at + 1, valueSize);
    pair.set(value, at);
    at += valueSize;
  }
  if (lease !== 0n) {
    pair[at] = TAG_LEASE;
    writeBigVarint(pair, at + 1, lease);
  }
  return pair;
}

/** Everything before the value; the place behind it. */
function writeHead(pair: Uint8Array, key: Uint8Array, create: number, mod: number, version: number): number {
  pair[0] = TAG_KEY;
  let at = writeVarint(pair, 1, key.length);
  pair.set(key, at);
  at += key.length;
  pair[at] = TAG_CREATE;
  at = writeVarint(pair, at + 1, create);
  pair[at] = TAG_MOD;
  at = writeVarint(pair, at + 1, mod);
  pair[at] = TAG_VERSION;
  return writeVarint(pair, at + 1, version);
}

/** A pair without value and lease. `key` is a latin1 string. */
export function encodeBarePair(key: string, create: number, mod: number, version: number): Uint8Array {
  const size =
    4 + varintSize(key.length) + key.length + varintSize(create) + varintSize(mod) + varintSize(version);
  const pair = allocate(size);
  pair[0] = TAG_KEY;
  let at = writeVarint(pair, 1, key.length);
  pair.latin1Write(key, at);
  at += key.length;
  pair[at] = TAG_CREATE;
  at = writeVarint(pair, at + 1, create);
  pair[at] = TAG_MOD;
  at = writeVarint(pair, at + 1, mod);
  pair[at] = TAG_VERSION;
  writeVarint(pair, at + 1, version);
  return pair;
}

/** Key and mod_revision: what a deletion's event shows. */
export function encodeDeletion(key: string, modRevision: number): Uint8Array {
  const pair = allocate(2 + varintSize(key.length) + key.length + varintSize(modRevision));
  pair[0] = TAG_KEY;
  let at = writeVarint(pair, 1, key.length);
  pair.latin1Write(key, at);
  at += key.length;
  pair[at] = TAG_MOD;
  writeVarint(pair, at + 1, modRevision);
  return pair;
}

/** The key field alone: what is stored for a deletion. A view of the event's pair. */
export function tombstonePair(deletion: Uint8Array, modRevision: number): Uint8Array {
  return deletion.subarray(0, deletion.length - 1 - varintSize(modRevision));
}

/**
 * Reads a pair's fields without copying or decoding what is not asked for. One reader serves many pairs, one after
 * the other; `load` fills the fields in place.
 */
export class PairReader {
  createRevision = 0;
  modRevision = 0;
  version = 0;
  private pair: Uint8Array = EMPTY;
  private start = 0;
  private end = 0;
  private keyStart = 0;
  private keyEnd = 0;
  private valueStart = 0;
  private valueEnd = 0;
  private leaseAt = 0;
  private at = 0;

  /** The pair is pair[start, end). */
  load(pair: Uint8Array, start = 0, end = pair.length): this {
    this.pair = pair;
    this.start = start;
    this.end = end;
    this.createRevision = this.modRevision = this.version = 0;
    this.keyStart = this.keyEnd = this.valueStart = this.valueEnd = this.leaseAt = 0;
    this.at = start;
    while (this.at < end) this.field(pair[this.at++]);
    return this;
  }

  private field(tag: number): void {
    switch (tag) {
      case TAG_KEY:
        this.keyEnd = this.varint() + (this.keyStart = this.at);
        this.at = this.keyEnd;
        break;
      case TAG_CREATE:
        this.createRevision = this.varint();
        break;
      case TAG_MOD:
        this.modRevision = this.varint();
        break;
      case TAG_VERSION:
        this.version = this.varint();
        break;
      case TAG_VALUE:
        this.valueEnd = this.varint() + (this.valueStart = this.at);
        this.at = this.valueEnd;
        break;
      case TAG_LEASE:
        this.leaseAt = this.at;
        this.varint();
        break;
      default:
        this.unknown();
    }
  }

  /** A field of a newer release: the general reader knows how to step over it. */
  private unknown(): void {
    const reader = new Reader(this.pair);
    reader.pos = this.at - 1;
    reader.skip(reader.tag());
    this.at = reader.pos;
  }

  /** Lengths and revisions are safe integers; of a lease, which may be larger, only the length in bytes counts. */
  private varint(): number {
    const pair = this.pair;
    let b = pair[this.at++];
    if (b < 128) return b;
    let value = b & 127;
    let unit = 128;
    do {
      b = pair[this.at++];
      value += (b & 127) * unit;
      unit *= 128;
    } while (b > 127);
    return value;
  }

  get keyText(): string {
    return latin1Range(this.pair, this.keyStart, this.keyEnd);
  }

  /** A view of the pair. */
  get value(): Uint8Array {
    return this.pair.subarray(this.valueStart, this.valueEnd);
  }

  get hasLease(): boolean {
    return this.leaseAt !== 0;
  }

  get lease(): bigint {
    if (this.leaseAt === 0) return 0n;
    const reader = new Reader(this.pair);
    reader.pos = this.leaseAt;
    return reader.bigint64();
  }

  /** The pair without its value; the lease stays. Fields come in number order, so what stays is a prefix and a suffix. */
  withoutValue(): Uint8Array {
    const { pair, start, end, valueEnd } = this;
    if (valueEnd === 0) return pair.subarray(start, end);
    const headEnd = this.valueStart - 1 - varintSize(valueEnd - this.valueStart);
    if (valueEnd === end) return pair.subarray(start, headEnd);
    const headSize = headEnd - start;
    const bare = allocate(headSize + end - valueEnd);
    bare.set(pair.subarray(start, headEnd));
    bare.set(pair.subarray(valueEnd, end), headSize);
    return bare;
  }
}
