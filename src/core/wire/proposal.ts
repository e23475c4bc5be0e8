/**
 * Hand-tuned codec of a proposal: the `InternalRaftRequest` that lies in a log entry. The generated codec knows all
 * of its thirty fields; on the path of a request only two are set, the header and one operation, so this one reads
 * the header's numbers and hands out the operation's bytes as a view.
 *
 *   entry data = field 100 (header: 1 ID, 2 username, 3 auth_revision) | field N (the request message)
 *
 * Request ids are u16 member << 48 | 40 bits of start time << 8 | counter. Only the member that proposed waits for
 * one, so the low 48 bits, a safe integer, are the waiter's key, and the high 16 bits say whose it is.
 */
import { Reader, WireError, Writer } from './codec.ts';

/** Field numbers of the operations in InternalRaftRequest. */
export const Op = {
  Range: 3,
  Put: 4,
  DeleteRange: 5,
  Txn: 6,
  Compaction: 7,
  LeaseGrant: 8,
  LeaseRevoke: 9,
  Alarm: 10,
  LeaseCheckpoint: 11,
  ClusterVersionSet: 1300,
  ClusterMemberAttrSet: 1301,
  DowngradeInfoSet: 1302,
} as const;

export interface RequestId {
  /** Low 16 bits of the proposing member's id. */
  readonly member: number;
  /** Low 48 bits of the request id. */
  readonly sequence: number;
}

/** A decoded entry. The request stays where it lies: where it was proposed, nobody looks at it. */
export class Proposal implements RequestId {
  member = 0;
  sequence = 0;
  username = '';
  authRevision = 0;
  /** Field number of the operation; 0 if the entry names none. */
  op = 0;
  private start = 0;
  private end = 0;
  private readonly data: Uint8Array;

  /** @throws WireError */
  constructor(data: Uint8Array) {
    this.data = data;
    const r = new Reader(data);
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      if (tag === HEADER_TAG) this.readHeader(r);
      else if (tag === 8) this.readOldId(r);
      else if ((tag & 7) === 2) {
        this.op = tag >>> 3;
        this.start = r.span();
        this.end = r.pos;
      } else throw new WireError(`field ${tag >>> 3} of a log entry has wire type ${tag & 7}`);
    }
  }

  /** The encoded request: a view of the entry's data. */
  get body(): Uint8Array {
    return this.data.subarray(this.start, this.end);
  }

  private readHeader(r: Reader): void {
    const outer = r.enter();
    for (let inner = r.tag(); inner !== 0; inner = r.tag()) {
      if (inner === 8) this.takeId(r.lo(), r.hi);
      else if (inner === 18) this.username = r.string();
      else if (inner === 24) this.authRevision = r.uint64();
      else r.skip(inner);
    }
    r.leave(outer);
  }

  /** Some entries have their id beside a header without one. */
  private readOldId(r: Reader): void {
    if (this.sequence === 0) this.takeId(r.lo(), r.hi);
    else r.skip(8);
  }

  private takeId(lo: number, hi: number): void {
    this.sequence = lo + (hi & 0xffff) * TWO_32;
    this.member = hi >>> 16;
  }
}

const HEADER_TAG = (100 << 3) | 2;
const TWO_32 = 4294967296;
const writer = new Writer(4096);

/** The whole id as it stands on the wire. */
export function requestIdBits(id: RequestId): bigint {
  return (BigInt(id.member) << 48n) | BigInt(id.sequence);
}

/** Varint of a 64-bit id from its two parts, without BigInt. */
function writeId(w: Writer, id: RequestId): void {
  let lo = id.sequence >>> 0;
  let hi = ((id.member << 16) | ((id.sequence / TWO_32) & 0xffff)) >>> 0;
  w.need(10);
  while (hi !== 0) {
    w.buf[w.pos++] = (lo & 127) | 128;
    lo = ((lo >>> 7) | (hi << 25)) >>> 0;
    hi >>>= 7;
  }
  w.varint32(lo);
}

/** Encodes a proposal into one exact allocation. `write` writes the request message. */
export function encodeProposal<T>(
  id: RequestId,
  op: number,
  request: T,
  write: (w: Writer, request: T) => void,
  caller?: { readonly username: string; readonly authRevision: number },
): Uint8Array {
  const w = writer;
  w.reset();
  w.varint32((op << 3) | 2);
  const body = w.open();
  write(w, request);
  w.close(body);
  w.varint32(HEADER_TAG);
  const header = w.open();
  w.varint32(8);
  writeId(w, id);
  if (caller) {
    if (caller.username.length > 0) {
      w.varint32(18);
      w.string(caller.username);
    }
    if (caller.authRevision > 0) {
      w.varint32(24);
      w.int64(caller.authRevision);
    }
  }
  w.close(header);
  return w.finish();
}

export function splitRequestId(id: bigint): RequestId {
  return { member: Number(id >> 48n), sequence: Number(id & 0xffffffffffffn) };
}
