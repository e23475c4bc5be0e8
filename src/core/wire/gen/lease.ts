// Made by scripts/wire.mjs from proto/; do not edit.

import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';
import { LeaseTimeToLiveRequest, LeaseTimeToLiveResponse } from './rpc.ts';


export interface Lease {
  ID: bigint;
  TTL: number;
  RemainingTTL: number;
}

export const Lease: MessageCodec<Lease> = {
  typeName: 'leasepb.Lease',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
    { name: 'TTL', property: 'TTL', number: 2, kind: 'int64', repeated: false },
    { name: 'RemainingTTL', property: 'RemainingTTL', number: 3, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<Lease>): Lease {
    return partial ? { ID: 0n, TTL: 0, RemainingTTL: 0, ...partial } : { ID: 0n, TTL: 0, RemainingTTL: 0 };
  },
  write(w: Writer, m: Lease): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.TTL !== 0) {
      w.varint32(16);
      w.int64(m.TTL);
    }
    if (m.RemainingTTL !== 0) {
      w.varint32(24);
      w.int64(m.RemainingTTL);
    }
  },
  read(r: Reader): Lease {
    const m = Lease.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        case 16:
          m.TTL = r.int64();
          break;
        case 24:
          m.RemainingTTL = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Lease): Uint8Array {
    return encodeWith(Lease.write, message);
  },
  decode(bytes: Uint8Array): Lease {
    return Lease.read(new Reader(bytes));
  },
};


export interface LeaseInternalRequest {
  LeaseTimeToLiveRequest?: LeaseTimeToLiveRequest | undefined;
}

export const LeaseInternalRequest: MessageCodec<LeaseInternalRequest> = {
  typeName: 'leasepb.LeaseInternalRequest',
  fields: [
    { name: 'LeaseTimeToLiveRequest', property: 'LeaseTimeToLiveRequest', number: 1, kind: 'message', repeated: false, message: () => LeaseTimeToLiveRequest as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseInternalRequest>): LeaseInternalRequest {
    return partial ? { LeaseTimeToLiveRequest: undefined, ...partial } : { LeaseTimeToLiveRequest: undefined };
  },
  write(w: Writer, m: LeaseInternalRequest): void {
    if (m.LeaseTimeToLiveRequest !== undefined) {
      w.varint32(10);
      const mark = w.open();
      LeaseTimeToLiveRequest.write(w, m.LeaseTimeToLiveRequest);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseInternalRequest {
    const m = LeaseInternalRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.LeaseTimeToLiveRequest = LeaseTimeToLiveRequest.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseInternalRequest): Uint8Array {
    return encodeWith(LeaseInternalRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseInternalRequest {
    return LeaseInternalRequest.read(new Reader(bytes));
  },
};


export interface LeaseInternalResponse {
  LeaseTimeToLiveResponse?: LeaseTimeToLiveResponse | undefined;
}

export const LeaseInternalResponse: MessageCodec<LeaseInternalResponse> = {
  typeName: 'leasepb.LeaseInternalResponse',
  fields: [
    { name: 'LeaseTimeToLiveResponse', property: 'LeaseTimeToLiveResponse', number: 1, kind: 'message', repeated: false, message: () => LeaseTimeToLiveResponse as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseInternalResponse>): LeaseInternalResponse {
    return partial ? { LeaseTimeToLiveResponse: undefined, ...partial } : { LeaseTimeToLiveResponse: undefined };
  },
  write(w: Writer, m: LeaseInternalResponse): void {
    if (m.LeaseTimeToLiveResponse !== undefined) {
      w.varint32(10);
      const mark = w.open();
      LeaseTimeToLiveResponse.write(w, m.LeaseTimeToLiveResponse);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseInternalResponse {
    const m = LeaseInternalResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.LeaseTimeToLiveResponse = LeaseTimeToLiveResponse.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseInternalResponse): Uint8Array {
    return encodeWith(LeaseInternalResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseInternalResponse {
    return LeaseInternalResponse.read(new Reader(bytes));
  },
};
