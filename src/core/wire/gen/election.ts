// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type MethodDescriptor, type Writer } from '../codec.ts';
import { KeyValue } from './kv.ts';
import { ResponseHeader } from './rpc.ts';


export interface CampaignRequest {
  name: Uint8Array;
  lease: bigint;
  value: Uint8Array;
}

export const CampaignRequest: MessageCodec<CampaignRequest> = {
  typeName: 'v3electionpb.CampaignRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
    { name: 'lease', property: 'lease', number: 2, kind: 'bigint64', repeated: false },
    { name: 'value', property: 'value', number: 3, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<CampaignRequest>): CampaignRequest {
    return partial ? { name: EMPTY, lease: 0n, value: EMPTY, ...partial } : { name: EMPTY, lease: 0n, value: EMPTY };
  },
  write(w: Writer, m: CampaignRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
    if (m.lease !== 0n) {
      w.varint32(16);
      w.bigint(m.lease);
    }
    if (m.value.length !== 0) {
      w.varint32(26);
      w.bytes(m.value);
    }
  },
  read(r: Reader): CampaignRequest {
    const m = CampaignRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        case 16:
          m.lease = r.bigint64();
          break;
        case 26:
          m.value = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: CampaignRequest): Uint8Array {
    return encodeWith(CampaignRequest.write, message);
  },
  decode(bytes: Uint8Array): CampaignRequest {
    return CampaignRequest.read(new Reader(bytes));
  },
};


export interface CampaignResponse {
  header?: ResponseHeader | undefined;
  leader?: LeaderKey | undefined;
}

export const CampaignResponse: MessageCodec<CampaignResponse> = {
  typeName: 'v3electionpb.CampaignResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'leader', property: 'leader', number: 2, kind: 'message', repeated: false, message: () => LeaderKey as MessageCodec<unknown> },
  ],
  create(partial?: Partial<CampaignResponse>): CampaignResponse {
    return partial ? { header: undefined, leader: undefined, ...partial } : { header: undefined, leader: undefined };
  },
  write(w: Writer, m: CampaignResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.leader !== undefined) {
      w.varint32(18);
      const mark = w.open();
      LeaderKey.write(w, m.leader);
      w.close(mark);
    }
  },
  read(r: Reader): CampaignResponse {
    const m = CampaignResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.leader = LeaderKey.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: CampaignResponse): Uint8Array {
    return encodeWith(CampaignResponse.write, message);
  },
  decode(bytes: Uint8Array): CampaignResponse {
    return CampaignResponse.read(new Reader(bytes));
  },
};


export interface LeaderKey {
  name: Uint8Array;
  key: Uint8Array;
  rev: number;
  lease: bigint;
}

export const LeaderKey: MessageCodec<LeaderKey> = {
  typeName: 'v3electionpb.LeaderKey',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
    { name: 'key', property: 'key', number: 2, kind: 'bytes', repeated: false },
    { name: 'rev', property: 'rev', number: 3, kind: 'int64', repeated: false },
    { name: 'lease', property: 'lease', number: 4, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LeaderKey>): LeaderKey {
    return partial ? { name: EMPTY, key: EMPTY, rev: 0, lease: 0n, ...partial } : { name: EMPTY, key: EMPTY, rev: 0, lease: 0n };
  },
  write(w: Writer, m: LeaderKey): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
    if (m.key.length !== 0) {
      w.varint32(18);
      w.bytes(m.key);
    }
    if (m.rev !== 0) {
      w.varint32(24);
      w.int64(m.rev);
    }
    if (m.lease !== 0n) {
      w.varint32(32);
      w.bigint(m.lease);
    }
  },
  read(r: Reader): LeaderKey {
    const m = LeaderKey.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        case 18:
          m.key = r.bytes();
          break;
        case 24:
          m.rev = r.int64();
          break;
        case 32:
          m.lease = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaderKey): Uint8Array {
    return encodeWith(LeaderKey.write, message);
  },
  decode(bytes: Uint8Array): LeaderKey {
    return LeaderKey.read(new Reader(bytes));
  },
};


export interface LeaderRequest {
  name: Uint8Array;
}

export const LeaderRequest: MessageCodec<LeaderRequest> = {
  typeName: 'v3electionpb.LeaderRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<LeaderRequest>): LeaderRequest {
    return partial ? { name: EMPTY, ...partial } : { name: EMPTY };
  },
  write(w: Writer, m: LeaderRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
  },
  read(r: Reader): LeaderRequest {
    const m = LeaderRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaderRequest): Uint8Array {
    return encodeWith(LeaderRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaderRequest {
    return LeaderRequest.read(new Reader(bytes));
  },
};


export interface LeaderResponse {
  header?: ResponseHeader | undefined;
  kv?: KeyValue | undefined;
}

export const LeaderResponse: MessageCodec<LeaderResponse> = {
  typeName: 'v3electionpb.LeaderResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'kv', property: 'kv', number: 2, kind: 'message', repeated: false, message: () => KeyValue as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaderResponse>): LeaderResponse {
    return partial ? { header: undefined, kv: undefined, ...partial } : { header: undefined, kv: undefined };
  },
  write(w: Writer, m: LeaderResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.kv !== undefined) {
      w.varint32(18);
      const mark = w.open();
      KeyValue.write(w, m.kv);
      w.close(mark);
    }
  },
  read(r: Reader): LeaderResponse {
    const m = LeaderResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.kv = KeyValue.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaderResponse): Uint8Array {
    return encodeWith(LeaderResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaderResponse {
    return LeaderResponse.read(new Reader(bytes));
  },
};


export interface ResignRequest {
  leader?: LeaderKey | undefined;
}

export const ResignRequest: MessageCodec<ResignRequest> = {
  typeName: 'v3electionpb.ResignRequest',
  fields: [
    { name: 'leader', property: 'leader', number: 1, kind: 'message', repeated: false, message: () => LeaderKey as MessageCodec<unknown> },
  ],
  create(partial?: Partial<ResignRequest>): ResignRequest {
    return partial ? { leader: undefined, ...partial } : { leader: undefined };
  },
  write(w: Writer, m: ResignRequest): void {
    if (m.leader !== undefined) {
      w.varint32(10);
      const mark = w.open();
      LeaderKey.write(w, m.leader);
      w.close(mark);
    }
  },
  read(r: Reader): ResignRequest {
    const m = ResignRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.leader = LeaderKey.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ResignRequest): Uint8Array {
    return encodeWith(ResignRequest.write, message);
  },
  decode(bytes: Uint8Array): ResignRequest {
    return ResignRequest.read(new Reader(bytes));
  },
};


export interface ResignResponse {
  header?: ResponseHeader | undefined;
}

export const ResignResponse: MessageCodec<ResignResponse> = {
  typeName: 'v3electionpb.ResignResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<ResignResponse>): ResignResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: ResignResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): ResignResponse {
    const m = ResignResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ResignResponse): Uint8Array {
    return encodeWith(ResignResponse.write, message);
  },
  decode(bytes: Uint8Array): ResignResponse {
    return ResignResponse.read(new Reader(bytes));
  },
};


export interface ProclaimRequest {
  leader?: LeaderKey | undefined;
  value: Uint8Array;
}

export const ProclaimRequest: MessageCodec<ProclaimRequest> = {
  typeName: 'v3electionpb.ProclaimRequest',
  fields: [
    { name: 'leader', property: 'leader', number: 1, kind: 'message', repeated: false, message: () => LeaderKey as MessageCodec<unknown> },
    { name: 'value', property: 'value', number: 2, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<ProclaimRequest>): ProclaimRequest {
    return partial ? { leader: undefined, value: EMPTY, ...partial } : { leader: undefined, value: EMPTY };
  },
  write(w: Writer, m: ProclaimRequest): void {
    if (m.leader !== undefined) {
      w.varint32(10);
      const mark = w.open();
      LeaderKey.write(w, m.leader);
      w.close(mark);
    }
    if (m.value.length !== 0) {
      w.varint32(18);
      w.bytes(m.value);
    }
  },
  read(r: Reader): ProclaimRequest {
    const m = ProclaimRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.leader = LeaderKey.read(r);
          r.leave(outer);
          break;
        }
        case 18:
          m.value = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ProclaimRequest): Uint8Array {
    return encodeWith(ProclaimRequest.write, message);
  },
  decode(bytes: Uint8Array): ProclaimRequest {
    return ProclaimRequest.read(new Reader(bytes));
  },
};


export interface ProclaimResponse {
  header?: ResponseHeader | undefined;
}

export const ProclaimResponse: MessageCodec<ProclaimResponse> = {
  typeName: 'v3electionpb.ProclaimResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<ProclaimResponse>): ProclaimResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: ProclaimResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): ProclaimResponse {
    const m = ProclaimResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ProclaimResponse): Uint8Array {
    return encodeWith(ProclaimResponse.write, message);
  },
  decode(bytes: Uint8Array): ProclaimResponse {
    return ProclaimResponse.read(new Reader(bytes));
  },
};

export const ElectionService = {
  campaign: { service: 'v3electionpb.Election', name: 'Campaign', path: '/v3electionpb.Election/Campaign', kind: 'unary', request: CampaignRequest, response: CampaignResponse } satisfies MethodDescriptor<CampaignRequest, CampaignResponse>,
  proclaim: { service: 'v3electionpb.Election', name: 'Proclaim', path: '/v3electionpb.Election/Proclaim', kind: 'unary', request: ProclaimRequest, response: ProclaimResponse } satisfies MethodDescriptor<ProclaimRequest, ProclaimResponse>,
  leader: { service: 'v3electionpb.Election', name: 'Leader', path: '/v3electionpb.Election/Leader', kind: 'unary', request: LeaderRequest, response: LeaderResponse } satisfies MethodDescriptor<LeaderRequest, LeaderResponse>,
  observe: { service: 'v3electionpb.Election', name: 'Observe', path: '/v3electionpb.Election/Observe', kind: 'serverStream', request: LeaderRequest, response: LeaderResponse } satisfies MethodDescriptor<LeaderRequest, LeaderResponse>,
  resign: { service: 'v3electionpb.Election', name: 'Resign', path: '/v3electionpb.Election/Resign', kind: 'unary', request: ResignRequest, response: ResignResponse } satisfies MethodDescriptor<ResignRequest, ResignResponse>,
} as const;
