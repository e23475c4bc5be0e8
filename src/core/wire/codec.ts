/**
 * Protocol Buffers wire format (encoding spec: https://protobuf.dev/programming-guides/encoding/), the part that
 * generated and hand-tuned codecs share. `Writer` grows one buffer for a whole message: a nested message is
 * written behind one reserved length byte and moved when its length needs more, so nothing is sized twice.
 * `Reader` walks a buffer without copying: `bytes` fields are views of the input, and whoever keeps one copies it.
 */
import { asBuffer } from './bytes.ts';

/** Input that is not a well-formed message. The transport answers INTERNAL, as gRPC servers do. */
export class WireError extends Error {
  override name = 'WireError';
}

const MAX_INT64 = 9223372036854775807n;
const MIN_INT64 = -9223372036854775808n;
const TWO_32 = 4294967296;
const TWO_63 = 2 ** 63;
/** Deepest nesting accepted; protects the stack from hostile nested transactions. */
export const MAX_NESTING = 100;

/** 64-bit integers change hands with their 32-bit halves here, without a BigInt on the way. */
const whole64 = new BigUint64Array(1);
const halves32 = new Uint32Array(whole64.buffer);
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

function clampInt64(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= TWO_63) return MAX_INT64;
  if (value <= -TWO_63) return MIN_INT64;
  return BigInt(Math.trunc(value));
}

export class Writer {
  buf: Buffer;
  pos = 0;

  constructor(capacity = 256) {
    this.buf = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for `n` more bytes. */
  need(n: number): void {
    if (this.pos + n <= this.buf.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.pos + n));
    this.buf.copy(grown, 0, 0, this.pos);
    this.buf = grown;
  }

  /** A tag or any other unsigned value below 2^32. */
  varint32(value: number): void {
    this.need(5);
    const buf = this.buf;
    let p = this.pos;
    while (value > 127) {
      buf[p++] = (value & 127) | 128;
      value >>>= 7;
    }
    buf[p++] = value;
    this.pos = p;
  }

  /** int32 and enums: negative values take ten bytes. */
  int32(value: number): void {
    if (value >= 0) this.varint32(value);
    else this.bigint(BigInt(value));
  }

  /** int64 and uint64 held as a number; what lies beyond the 64-bit range is clamped. */
  int64(value: number): void {
    if (value >= 0 && value < TWO_32) {
      this.varint32(value);
      return;
    }
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.bigint(clampInt64(value));
      return;
    }
    this.need(10);
    const buf = this.buf;
    let p = this.pos;
    while (value >= TWO_32) {
      buf[p++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    while (value > 127) {
      buf[p++] = (value & 127) | 128;
      value >>>= 7;
    }
    buf[p++] = value;
    this.pos = p;
  }

  bigint(value: bigint): void {
    this.need(10);
    const buf = this.buf;
    let p = this.pos;
    whole64[0] = value;
    let lo = halves32[LOW];
    let hi = halves32[HIGH];
    while (hi !== 0) {
      buf[p++] = (lo & 127) | 128;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    while (lo > 127) {
      buf[p++] = (lo & 127) | 128;
      lo >>>= 7;
    }
    buf[p++] = lo;
    this.pos = p;
  }

  /** Length-delimited bytes. */
  bytes(value: Uint8Array): void {
    const n = value.length;
    this.varint32(n);
    this.need(n);
    this.buf.set(value, this.pos);
    this.pos += n;
  }

  string(value: string): void {
    const n = Buffer.byteLength(value, 'utf8');
    this.varint32(n);
    this.need(n);
    this.buf.utf8Write(value, this.pos);
    this.pos += n;
  }

  /** Raw bytes, without a length. */
  raw(value: Uint8Array): void {
    this.need(value.length);
    this.buf.set(value, this.pos);
    this.pos += value.length;
  }

  /** Starts a nested message; give the result to `close`. */
  open(): number {
    this.need(1);
    return this.pos++;
  }

  /** Writes the length of what came since `open`. */
  close(mark: number): void {
    const n = this.pos - mark - 1;
    if (n < 128) {
      this.buf[mark] = n;
      return;
    }
    let extra = 0;
    for (let rest = n >>> 7; rest > 0; rest >>>= 7) extra++;
    this.need(extra);
    this.buf.copyWithin(mark + 1 + extra, mark + 1, this.pos);
    const end = this.pos + extra;
    this.pos = mark;
    this.varint32(n);
    this.pos = end;
  }

  /** A copy of what was written; the writer can be used again after `reset`. */
  finish(): Uint8Array {
    const out = Buffer.allocUnsafe(this.pos);
    this.buf.copy(out, 0, 0, this.pos);
    return out;
  }

  reset(): void {
    this.pos = 0;
  }
}

export class Reader {
  readonly buf: Buffer;
  pos = 0;
  end: number;
  depth = 0;

  constructor(bytes: Uint8Array) {
    this.buf = asBuffer(bytes);
    this.end = bytes.length;
  }

  varint32(): number {
    const buf = this.buf;
    let b = buf[this.pos++];
    if (b < 128) return b;
    let value = b & 127;
    for (let shift = 7; shift < 35; shift += 7) {
      b = buf[this.pos++];
      value |= (b & 127) << shift;
      if (b < 128) return value >>> 0;
    }
    for (let i = 0; i < 5; i++) if (buf[this.pos++] < 128) return value >>> 0;
    throw new WireError('varint is longer than 10 bytes');
  }

  /** The high half of the varint that `lo` read last. */
  hi = 0;
  /** Reads a varint into two 32-bit halves: the result is the low one, `hi` the high one. */
  lo(): number {
    const buf = this.buf;
    let lo = 0;
    let hi = 0;
    for (let i = 0; i < 10; i++) {
      const b = buf[this.pos++];
      const v = b & 127;
      if (i < 4) lo |= v << (7 * i);
      else if (i === 4) {
        lo |= v << 28;
        hi |= v >>> 4;
      } else hi |= v << (7 * i - 32);
      if (b < 128) {
        this.hi = hi >>> 0;
        return lo >>> 0;
      }
      if (b === undefined) break;
    }
    throw new WireError('varint is cut off or longer than 10 bytes');
  }

  int32(): number {
    return this.lo() | 0;
  }

  bool(): boolean {
    const lo = this.lo();
    return lo !== 0 || this.hi !== 0;
  }

  /** int64 as a number; beyond 2^53 it is the nearest double, which still compares the right way. */
  int64(): number {
    if (this.buf[this.pos] < 128) return this.buf[this.pos++];
    const lo = this.lo();
    const hi = this.hi;
    if (hi < 0x80000000) return hi * TWO_32 + lo;
    return Number(BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo)));
  }

  uint64(): number {
    const lo = this.lo();
    return this.hi * TWO_32 + lo;
  }

  bigint64(): bigint {
    const lo = this.lo();
    if (this.hi === 0) return BigInt(lo);
    return BigInt.asIntN(64, this.whole(lo));
  }

  biguint64(): bigint {
    const lo = this.lo();
    return this.hi === 0 ? BigInt(lo) : this.whole(lo);
  }

  private whole(lo: number): bigint {
    halves32[LOW] = lo;
    halves32[HIGH] = this.hi;
    return whole64[0];
  }

  private length(): number {
    const n = this.varint32();
    if (this.pos + n > this.end) throw new WireError(`field of ${n} bytes ends behind its message`);
    return n;
  }

  /** Passes over a length-delimited field; returns where it began. It ends at `pos`. */
  span(): number {
    const n = this.length();
    const start = this.pos;
    this.pos = start + n;
    return start;
  }

  /** A view of the input. */
  bytes(): Uint8Array {
    const n = this.length();
    const start = this.pos;
    this.pos = start + n;
    return this.buf.subarray(start, start + n);
  }

  string(): string {
    const n = this.length();
    const start = this.pos;
    this.pos = start + n;
    return this.buf.utf8Slice(start, start + n);
  }

  /** Enters a nested message: narrows `end` to it and returns the end to give to `leave`. */
  enter(): number {
    const n = this.length();
    if (++this.depth > MAX_NESTING)
      throw new WireError(`message is nested deeper than ${MAX_NESTING} levels`);
    const outer = this.end;
    this.end = this.pos + n;
    return outer;
  }

  leave(outer: number): void {
    if (this.pos !== this.end) throw new WireError('field ends behind its message');
    this.depth--;
    this.end = outer;
  }

  /**
   * Steps over a field that is not known here, or that is known with another wire type: protobuf's own runtime, which
   * etcd has used since 3.7, makes no difference between them.
   */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.lo();
        break;
      case 1:
        this.pos += 8;
        break;
      case 2: {
        const n = this.length();
        this.pos += n;
        break;
      }
      case 3:
        this.skipGroup(tag);
        break;
      case 5:
        this.pos += 4;
        break;
      default:
        throw new WireError(`wire type ${tag & 7} is not known`);
    }
    if (this.pos > this.end) throw new WireError('field ends behind its message');
  }

  /** Fields up to the group's own end. Nobody writes groups any more; old messages may hold one. */
  private skipGroup(start: number): void {
    if (++this.depth > MAX_NESTING)
      throw new WireError(`message is nested deeper than ${MAX_NESTING} levels`);
    const end = start + 1;
    for (let tag = this.tag(); tag !== end; tag = this.tag()) {
      if (tag === 0) throw new WireError('group has no end');
      this.skip(tag);
    }
    this.depth--;
  }

  /** The next tag, or 0 at the end of the message. */
  tag(): number {
    if (this.pos >= this.end) {
      if (this.pos > this.end) throw new WireError('field ends behind its message');
      return 0;
    }
    const tag = this.varint32();
    if (tag >>> 3 === 0) throw new WireError('field number 0');
    return tag;
  }

  /** A repeated scalar may come packed or one by one; calls `read` for each. */
  repeated(tag: number, read: () => void): void {
    if ((tag & 7) !== 2) {
      read();
      return;
    }
    const outer = this.enter();
    while (this.pos < this.end) read();
    this.leave(outer);
  }
}

export type FieldKind =
  | 'bool'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bigint64'
  | 'biguint64'
  | 'string'
  | 'bytes'
  | 'enum'
  | 'message';

/** What a printer or a JSON mapping has to know of a field. `property` is its name in the TypeScript object. */
export interface FieldDescriptor {
  readonly name: string;
  readonly property: string;
  readonly number: number;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  readonly oneof?: string;
  readonly message?: () => MessageCodec<unknown>;
  readonly enumValues?: Readonly<Record<string, number>>;
}

/** A message's codec and shape. */
export interface MessageCodec<T> {
  readonly typeName: string;
  readonly fields: readonly FieldDescriptor[];
  create(partial?: Partial<T>): T;
  /** @throws WireError */
  decode(bytes: Uint8Array): T;
  encode(message: T): Uint8Array;
  write(writer: Writer, message: T): void;
  read(reader: Reader): T;
}

/** A method of a service as the wire knows it. */
export interface MethodDescriptor<Req = unknown, Res = unknown> {
  readonly service: string;
  readonly name: string;
  readonly path: string;
  readonly kind: 'unary' | 'serverStream' | 'clientStream' | 'bidi';
  readonly request: MessageCodec<Req>;
  readonly response: MessageCodec<Res>;
}

const shared = new Writer(64 * 1024);
let busy = false;

/** Runs `write` on the shared writer and returns a copy of the result. */
export function encodeWith<T>(write: (writer: Writer, message: T) => void, message: T): Uint8Array {
  if (busy) {
    const own = new Writer();
    write(own, message);
    return own.finish();
  }
  busy = true;
  shared.reset();
  try {
    write(shared, message);
    return shared.finish();
  } finally {
    busy = false;
  }
}
