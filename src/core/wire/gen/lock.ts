// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type MethodDescriptor, type Writer } from '../codec.ts';
import { ResponseHeader } from './rpc.ts';


export interface LockRequest {
  name: Uint8Array;
  lease: bigint;
}

export const LockRequest: MessageCodec<LockRequest> = {
  typeName: 'v3lockpb.LockRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
    { name: 'lease', property: 'lease', number: 2, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LockRequest>): LockRequest {
    return partial ? { name: EMPTY, lease: 0n, ...partial } : { name: EMPTY, lease: 0n };
  },
  write(w: Writer, m: LockRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
    if (m.lease !== 0n) {
      w.varint32(16);
      w.bigint(m.lease);
    }
  },
  read(r: Reader): LockRequest {
    const m = LockRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        case 16:
          m.lease = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LockRequest): Uint8Array {
    return encodeWith(LockRequest.write, message);
  },
  decode(bytes: Uint8Array): LockRequest {
    return LockRequest.read(new Reader(bytes));
  },
};


export interface LockResponse {
  header?: ResponseHeader | undefined;
  key: Uint8Array;
}

export const LockResponse: MessageCodec<LockResponse> = {
  typeName: 'v3lockpb.LockResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'key', property: 'key', number: 2, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<LockResponse>): LockResponse {
    return partial ? { header: undefined, key: EMPTY, ...partial } : { header: undefined, key: EMPTY };
  },
  write(w: Writer, m: LockResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.key.length !== 0) {
      w.varint32(18);
      w.bytes(m.key);
    }
  },
  read(r: Reader): LockResponse {
    const m = LockResponse.create();
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
          m.key = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LockResponse): Uint8Array {
    return encodeWith(LockResponse.write, message);
  },
  decode(bytes: Uint8Array): LockResponse {
    return LockResponse.read(new Reader(bytes));
  },
};


export interface UnlockRequest {
  key: Uint8Array;
}

export const UnlockRequest: MessageCodec<UnlockRequest> = {
  typeName: 'v3lockpb.UnlockRequest',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<UnlockRequest>): UnlockRequest {
    return partial ? { key: EMPTY, ...partial } : { key: EMPTY };
  },
  write(w: Writer, m: UnlockRequest): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
  },
  read(r: Reader): UnlockRequest {
    const m = UnlockRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: UnlockRequest): Uint8Array {
    return encodeWith(UnlockRequest.write, message);
  },
  decode(bytes: Uint8Array): UnlockRequest {
    return UnlockRequest.read(new Reader(bytes));
  },
};


export interface UnlockResponse {
  header?: ResponseHeader | undefined;
}

export const UnlockResponse: MessageCodec<UnlockResponse> = {
  typeName: 'v3lockpb.UnlockResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<UnlockResponse>): UnlockResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: UnlockResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): UnlockResponse {
    const m = UnlockResponse.create();
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
  encode(message: UnlockResponse): Uint8Array {
    return encodeWith(UnlockResponse.write, message);
  },
  decode(bytes: Uint8Array): UnlockResponse {
    return UnlockResponse.read(new Reader(bytes));
  },
};

export const LockService = {
  lock: { service: 'v3lockpb.Lock', name: 'Lock', path: '/v3lockpb.Lock/Lock', kind: 'unary', request: LockRequest, response: LockResponse } satisfies MethodDescriptor<LockRequest, LockResponse>,
  unlock: { service: 'v3lockpb.Lock', name: 'Unlock', path: '/v3lockpb.Lock/Unlock', kind: 'unary', request: UnlockRequest, response: UnlockResponse } satisfies MethodDescriptor<UnlockRequest, UnlockResponse>,
} as const;
