// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type MethodDescriptor, type Writer } from '../codec.ts';
import { Permission, UserAddOptions } from './auth.ts';
import { Event, KeyValue } from './kv.ts';

export const AlarmType = { NONE: 0, NOSPACE: 1, CORRUPT: 2 } as const;

export const SortOrder = { NONE: 0, ASCEND: 1, DESCEND: 2 } as const;

export const SortTarget = { KEY: 0, VERSION: 1, CREATE: 2, MOD: 3, VALUE: 4 } as const;

export const CompareResult = { EQUAL: 0, GREATER: 1, LESS: 2, NOT_EQUAL: 3 } as const;

export const CompareTarget = { VERSION: 0, CREATE: 1, MOD: 2, VALUE: 3, LEASE: 4 } as const;

export const FilterType = { NOPUT: 0, NODELETE: 1 } as const;

export const AlarmAction = { GET: 0, ACTIVATE: 1, DEACTIVATE: 2 } as const;

export const DowngradeAction = { VALIDATE: 0, ENABLE: 1, CANCEL: 2 } as const;


export interface ResponseHeader {
  clusterId: bigint;
  memberId: bigint;
  revision: number;
  raftTerm: number;
}

export const ResponseHeader: MessageCodec<ResponseHeader> = {
  typeName: 'etcdserverpb.ResponseHeader',
  fields: [
    { name: 'cluster_id', property: 'clusterId', number: 1, kind: 'biguint64', repeated: false },
    { name: 'member_id', property: 'memberId', number: 2, kind: 'biguint64', repeated: false },
    { name: 'revision', property: 'revision', number: 3, kind: 'int64', repeated: false },
    { name: 'raft_term', property: 'raftTerm', number: 4, kind: 'uint64', repeated: false },
  ],
  create(partial?: Partial<ResponseHeader>): ResponseHeader {
    return partial ? { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0, ...partial } : { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 };
  },
  write(w: Writer, m: ResponseHeader): void {
    if (m.clusterId !== 0n) {
      w.varint32(8);
      w.bigint(m.clusterId);
    }
    if (m.memberId !== 0n) {
      w.varint32(16);
      w.bigint(m.memberId);
    }
    if (m.revision !== 0) {
      w.varint32(24);
      w.int64(m.revision);
    }
    if (m.raftTerm !== 0) {
      w.varint32(32);
      w.int64(m.raftTerm);
    }
  },
  read(r: Reader): ResponseHeader {
    const m = ResponseHeader.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.clusterId = r.biguint64();
          break;
        case 16:
          m.memberId = r.biguint64();
          break;
        case 24:
          m.revision = r.int64();
          break;
        case 32:
          m.raftTerm = r.uint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ResponseHeader): Uint8Array {
    return encodeWith(ResponseHeader.write, message);
  },
  decode(bytes: Uint8Array): ResponseHeader {
    return ResponseHeader.read(new Reader(bytes));
  },
};


export interface RangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  limit: number;
  revision: number;
  sortOrder: number;
  sortTarget: number;
  serializable: boolean;
  keysOnly: boolean;
  countOnly: boolean;
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}

export const RangeRequest: MessageCodec<RangeRequest> = {
  typeName: 'etcdserverpb.RangeRequest',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
    { name: 'range_end', property: 'rangeEnd', number: 2, kind: 'bytes', repeated: false },
    { name: 'limit', property: 'limit', number: 3, kind: 'int64', repeated: false },
    { name: 'revision', property: 'revision', number: 4, kind: 'int64', repeated: false },
    { name: 'sort_order', property: 'sortOrder', number: 5, kind: 'enum', repeated: false, enumValues: SortOrder },
    { name: 'sort_target', property: 'sortTarget', number: 6, kind: 'enum', repeated: false, enumValues: SortTarget },
    { name: 'serializable', property: 'serializable', number: 7, kind: 'bool', repeated: false },
    { name: 'keys_only', property: 'keysOnly', number: 8, kind: 'bool', repeated: false },
    { name: 'count_only', property: 'countOnly', number: 9, kind: 'bool', repeated: false },
    { name: 'min_mod_revision', property: 'minModRevision', number: 10, kind: 'int64', repeated: false },
    { name: 'max_mod_revision', property: 'maxModRevision', number: 11, kind: 'int64', repeated: false },
    { name: 'min_create_revision', property: 'minCreateRevision', number: 12, kind: 'int64', repeated: false },
    { name: 'max_create_revision', property: 'maxCreateRevision', number: 13, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<RangeRequest>): RangeRequest {
    return partial ? { key: EMPTY, rangeEnd: EMPTY, limit: 0, revision: 0, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0, ...partial } : { key: EMPTY, rangeEnd: EMPTY, limit: 0, revision: 0, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0 };
  },
  write(w: Writer, m: RangeRequest): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(18);
      w.bytes(m.rangeEnd);
    }
    if (m.limit !== 0) {
      w.varint32(24);
      w.int64(m.limit);
    }
    if (m.revision !== 0) {
      w.varint32(32);
      w.int64(m.revision);
    }
    if (m.sortOrder !== 0) {
      w.varint32(40);
      w.int32(m.sortOrder);
    }
    if (m.sortTarget !== 0) {
      w.varint32(48);
      w.int32(m.sortTarget);
    }
    if (m.serializable) {
      w.varint32(56);
      w.varint32(m.serializable ? 1 : 0);
    }
    if (m.keysOnly) {
      w.varint32(64);
      w.varint32(m.keysOnly ? 1 : 0);
    }
    if (m.countOnly) {
      w.varint32(72);
      w.varint32(m.countOnly ? 1 : 0);
    }
    if (m.minModRevision !== 0) {
      w.varint32(80);
      w.int64(m.minModRevision);
    }
    if (m.maxModRevision !== 0) {
      w.varint32(88);
      w.int64(m.maxModRevision);
    }
    if (m.minCreateRevision !== 0) {
      w.varint32(96);
      w.int64(m.minCreateRevision);
    }
    if (m.maxCreateRevision !== 0) {
      w.varint32(104);
      w.int64(m.maxCreateRevision);
    }
  },
  read(r: Reader): RangeRequest {
    const m = RangeRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        case 18:
          m.rangeEnd = r.bytes();
          break;
        case 24:
          m.limit = r.int64();
          break;
        case 32:
          m.revision = r.int64();
          break;
        case 40:
          m.sortOrder = r.int32();
          break;
        case 48:
          m.sortTarget = r.int32();
          break;
        case 56:
          m.serializable = r.bool();
          break;
        case 64:
          m.keysOnly = r.bool();
          break;
        case 72:
          m.countOnly = r.bool();
          break;
        case 80:
          m.minModRevision = r.int64();
          break;
        case 88:
          m.maxModRevision = r.int64();
          break;
        case 96:
          m.minCreateRevision = r.int64();
          break;
        case 104:
          m.maxCreateRevision = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: RangeRequest): Uint8Array {
    return encodeWith(RangeRequest.write, message);
  },
  decode(bytes: Uint8Array): RangeRequest {
    return RangeRequest.read(new Reader(bytes));
  },
};


export interface RangeResponse {
  header?: ResponseHeader | undefined;
  kvs: KeyValue[];
  more: boolean;
  count: number;
}

export const RangeResponse: MessageCodec<RangeResponse> = {
  typeName: 'etcdserverpb.RangeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'kvs', property: 'kvs', number: 2, kind: 'message', repeated: true, message: () => KeyValue as MessageCodec<unknown> },
    { name: 'more', property: 'more', number: 3, kind: 'bool', repeated: false },
    { name: 'count', property: 'count', number: 4, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<RangeResponse>): RangeResponse {
    return partial ? { header: undefined, kvs: [], more: false, count: 0, ...partial } : { header: undefined, kvs: [], more: false, count: 0 };
  },
  write(w: Writer, m: RangeResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.kvs.length; i++) {
      w.varint32(18);
      const mark = w.open();
      KeyValue.write(w, m.kvs[i]);
      w.close(mark);
    }
    if (m.more) {
      w.varint32(24);
      w.varint32(m.more ? 1 : 0);
    }
    if (m.count !== 0) {
      w.varint32(32);
      w.int64(m.count);
    }
  },
  read(r: Reader): RangeResponse {
    const m = RangeResponse.create();
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
          m.kvs.push(KeyValue.read(r));
          r.leave(outer);
          break;
        }
        case 24:
          m.more = r.bool();
          break;
        case 32:
          m.count = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: RangeResponse): Uint8Array {
    return encodeWith(RangeResponse.write, message);
  },
  decode(bytes: Uint8Array): RangeResponse {
    return RangeResponse.read(new Reader(bytes));
  },
};


export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  lease: bigint;
  prevKv: boolean;
  ignoreValue: boolean;
  ignoreLease: boolean;
}

export const PutRequest: MessageCodec<PutRequest> = {
  typeName: 'etcdserverpb.PutRequest',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
    { name: 'value', property: 'value', number: 2, kind: 'bytes', repeated: false },
    { name: 'lease', property: 'lease', number: 3, kind: 'bigint64', repeated: false },
    { name: 'prev_kv', property: 'prevKv', number: 4, kind: 'bool', repeated: false },
    { name: 'ignore_value', property: 'ignoreValue', number: 5, kind: 'bool', repeated: false },
    { name: 'ignore_lease', property: 'ignoreLease', number: 6, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<PutRequest>): PutRequest {
    return partial ? { key: EMPTY, value: EMPTY, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false, ...partial } : { key: EMPTY, value: EMPTY, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false };
  },
  write(w: Writer, m: PutRequest): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
    if (m.value.length !== 0) {
      w.varint32(18);
      w.bytes(m.value);
    }
    if (m.lease !== 0n) {
      w.varint32(24);
      w.bigint(m.lease);
    }
    if (m.prevKv) {
      w.varint32(32);
      w.varint32(m.prevKv ? 1 : 0);
    }
    if (m.ignoreValue) {
      w.varint32(40);
      w.varint32(m.ignoreValue ? 1 : 0);
    }
    if (m.ignoreLease) {
      w.varint32(48);
      w.varint32(m.ignoreLease ? 1 : 0);
    }
  },
  read(r: Reader): PutRequest {
    const m = PutRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        case 18:
          m.value = r.bytes();
          break;
        case 24:
          m.lease = r.bigint64();
          break;
        case 32:
          m.prevKv = r.bool();
          break;
        case 40:
          m.ignoreValue = r.bool();
          break;
        case 48:
          m.ignoreLease = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: PutRequest): Uint8Array {
    return encodeWith(PutRequest.write, message);
  },
  decode(bytes: Uint8Array): PutRequest {
    return PutRequest.read(new Reader(bytes));
  },
};


export interface PutResponse {
  header?: ResponseHeader | undefined;
  prevKv?: KeyValue | undefined;
}

export const PutResponse: MessageCodec<PutResponse> = {
  typeName: 'etcdserverpb.PutResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'prev_kv', property: 'prevKv', number: 2, kind: 'message', repeated: false, message: () => KeyValue as MessageCodec<unknown> },
  ],
  create(partial?: Partial<PutResponse>): PutResponse {
    return partial ? { header: undefined, prevKv: undefined, ...partial } : { header: undefined, prevKv: undefined };
  },
  write(w: Writer, m: PutResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.prevKv !== undefined) {
      w.varint32(18);
      const mark = w.open();
      KeyValue.write(w, m.prevKv);
      w.close(mark);
    }
  },
  read(r: Reader): PutResponse {
    const m = PutResponse.create();
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
          m.prevKv = KeyValue.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: PutResponse): Uint8Array {
    return encodeWith(PutResponse.write, message);
  },
  decode(bytes: Uint8Array): PutResponse {
    return PutResponse.read(new Reader(bytes));
  },
};


export interface DeleteRangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  prevKv: boolean;
}

export const DeleteRangeRequest: MessageCodec<DeleteRangeRequest> = {
  typeName: 'etcdserverpb.DeleteRangeRequest',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
    { name: 'range_end', property: 'rangeEnd', number: 2, kind: 'bytes', repeated: false },
    { name: 'prev_kv', property: 'prevKv', number: 3, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<DeleteRangeRequest>): DeleteRangeRequest {
    return partial ? { key: EMPTY, rangeEnd: EMPTY, prevKv: false, ...partial } : { key: EMPTY, rangeEnd: EMPTY, prevKv: false };
  },
  write(w: Writer, m: DeleteRangeRequest): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(18);
      w.bytes(m.rangeEnd);
    }
    if (m.prevKv) {
      w.varint32(24);
      w.varint32(m.prevKv ? 1 : 0);
    }
  },
  read(r: Reader): DeleteRangeRequest {
    const m = DeleteRangeRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        case 18:
          m.rangeEnd = r.bytes();
          break;
        case 24:
          m.prevKv = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DeleteRangeRequest): Uint8Array {
    return encodeWith(DeleteRangeRequest.write, message);
  },
  decode(bytes: Uint8Array): DeleteRangeRequest {
    return DeleteRangeRequest.read(new Reader(bytes));
  },
};


export interface DeleteRangeResponse {
  header?: ResponseHeader | undefined;
  deleted: number;
  prevKvs: KeyValue[];
}

export const DeleteRangeResponse: MessageCodec<DeleteRangeResponse> = {
  typeName: 'etcdserverpb.DeleteRangeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'deleted', property: 'deleted', number: 2, kind: 'int64', repeated: false },
    { name: 'prev_kvs', property: 'prevKvs', number: 3, kind: 'message', repeated: true, message: () => KeyValue as MessageCodec<unknown> },
  ],
  create(partial?: Partial<DeleteRangeResponse>): DeleteRangeResponse {
    return partial ? { header: undefined, deleted: 0, prevKvs: [], ...partial } : { header: undefined, deleted: 0, prevKvs: [] };
  },
  write(w: Writer, m: DeleteRangeResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.deleted !== 0) {
      w.varint32(16);
      w.int64(m.deleted);
    }
    for (let i = 0; i < m.prevKvs.length; i++) {
      w.varint32(26);
      const mark = w.open();
      KeyValue.write(w, m.prevKvs[i]);
      w.close(mark);
    }
  },
  read(r: Reader): DeleteRangeResponse {
    const m = DeleteRangeResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.deleted = r.int64();
          break;
        case 26:
        {
          const outer = r.enter();
          m.prevKvs.push(KeyValue.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DeleteRangeResponse): Uint8Array {
    return encodeWith(DeleteRangeResponse.write, message);
  },
  decode(bytes: Uint8Array): DeleteRangeResponse {
    return DeleteRangeResponse.read(new Reader(bytes));
  },
};


export interface RequestOp {
  requestRange?: RangeRequest | undefined;
  requestPut?: PutRequest | undefined;
  requestDeleteRange?: DeleteRangeRequest | undefined;
  requestTxn?: TxnRequest | undefined;
}

export const RequestOp: MessageCodec<RequestOp> = {
  typeName: 'etcdserverpb.RequestOp',
  fields: [
    { name: 'request_range', property: 'requestRange', number: 1, kind: 'message', repeated: false, oneof: 'request', message: () => RangeRequest as MessageCodec<unknown> },
    { name: 'request_put', property: 'requestPut', number: 2, kind: 'message', repeated: false, oneof: 'request', message: () => PutRequest as MessageCodec<unknown> },
    { name: 'request_delete_range', property: 'requestDeleteRange', number: 3, kind: 'message', repeated: false, oneof: 'request', message: () => DeleteRangeRequest as MessageCodec<unknown> },
    { name: 'request_txn', property: 'requestTxn', number: 4, kind: 'message', repeated: false, oneof: 'request', message: () => TxnRequest as MessageCodec<unknown> },
  ],
  create(partial?: Partial<RequestOp>): RequestOp {
    return partial ? { requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined, ...partial } : { requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined };
  },
  write(w: Writer, m: RequestOp): void {
    if (m.requestRange !== undefined) {
      w.varint32(10);
      const mark = w.open();
      RangeRequest.write(w, m.requestRange);
      w.close(mark);
    }
    if (m.requestPut !== undefined) {
      w.varint32(18);
      const mark = w.open();
      PutRequest.write(w, m.requestPut);
      w.close(mark);
    }
    if (m.requestDeleteRange !== undefined) {
      w.varint32(26);
      const mark = w.open();
      DeleteRangeRequest.write(w, m.requestDeleteRange);
      w.close(mark);
    }
    if (m.requestTxn !== undefined) {
      w.varint32(34);
      const mark = w.open();
      TxnRequest.write(w, m.requestTxn);
      w.close(mark);
    }
  },
  read(r: Reader): RequestOp {
    const m = RequestOp.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.requestRange = RangeRequest.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.requestPut = PutRequest.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.requestDeleteRange = DeleteRangeRequest.read(r);
          r.leave(outer);
          break;
        }
        case 34:
        {
          const outer = r.enter();
          m.requestTxn = TxnRequest.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: RequestOp): Uint8Array {
    return encodeWith(RequestOp.write, message);
  },
  decode(bytes: Uint8Array): RequestOp {
    return RequestOp.read(new Reader(bytes));
  },
};


export interface ResponseOp {
  responseRange?: RangeResponse | undefined;
  responsePut?: PutResponse | undefined;
  responseDeleteRange?: DeleteRangeResponse | undefined;
  responseTxn?: TxnResponse | undefined;
}

export const ResponseOp: MessageCodec<ResponseOp> = {
  typeName: 'etcdserverpb.ResponseOp',
  fields: [
    { name: 'response_range', property: 'responseRange', number: 1, kind: 'message', repeated: false, oneof: 'response', message: () => RangeResponse as MessageCodec<unknown> },
    { name: 'response_put', property: 'responsePut', number: 2, kind: 'message', repeated: false, oneof: 'response', message: () => PutResponse as MessageCodec<unknown> },
    { name: 'response_delete_range', property: 'responseDeleteRange', number: 3, kind: 'message', repeated: false, oneof: 'response', message: () => DeleteRangeResponse as MessageCodec<unknown> },
    { name: 'response_txn', property: 'responseTxn', number: 4, kind: 'message', repeated: false, oneof: 'response', message: () => TxnResponse as MessageCodec<unknown> },
  ],
  create(partial?: Partial<ResponseOp>): ResponseOp {
    return partial ? { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined, ...partial } : { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined };
  },
  write(w: Writer, m: ResponseOp): void {
    if (m.responseRange !== undefined) {
      w.varint32(10);
      const mark = w.open();
      RangeResponse.write(w, m.responseRange);
      w.close(mark);
    }
    if (m.responsePut !== undefined) {
      w.varint32(18);
      const mark = w.open();
      PutResponse.write(w, m.responsePut);
      w.close(mark);
    }
    if (m.responseDeleteRange !== undefined) {
      w.varint32(26);
      const mark = w.open();
      DeleteRangeResponse.write(w, m.responseDeleteRange);
      w.close(mark);
    }
    if (m.responseTxn !== undefined) {
      w.varint32(34);
      const mark = w.open();
      TxnResponse.write(w, m.responseTxn);
      w.close(mark);
    }
  },
  read(r: Reader): ResponseOp {
    const m = ResponseOp.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.responseRange = RangeResponse.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.responsePut = PutResponse.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.responseDeleteRange = DeleteRangeResponse.read(r);
          r.leave(outer);
          break;
        }
        case 34:
        {
          const outer = r.enter();
          m.responseTxn = TxnResponse.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ResponseOp): Uint8Array {
    return encodeWith(ResponseOp.write, message);
  },
  decode(bytes: Uint8Array): ResponseOp {
    return ResponseOp.read(new Reader(bytes));
  },
};


export interface Compare {
  result: number;
  target: number;
  key: Uint8Array;
  version?: number | undefined;
  createRevision?: number | undefined;
  modRevision?: number | undefined;
  value?: Uint8Array | undefined;
  lease?: bigint | undefined;
  rangeEnd: Uint8Array;
}

export const Compare: MessageCodec<Compare> = {
  typeName: 'etcdserverpb.Compare',
  fields: [
    { name: 'result', property: 'result', number: 1, kind: 'enum', repeated: false, enumValues: CompareResult },
    { name: 'target', property: 'target', number: 2, kind: 'enum', repeated: false, enumValues: CompareTarget },
    { name: 'key', property: 'key', number: 3, kind: 'bytes', repeated: false },
    { name: 'version', property: 'version', number: 4, kind: 'int64', repeated: false, oneof: 'target_union' },
    { name: 'create_revision', property: 'createRevision', number: 5, kind: 'int64', repeated: false, oneof: 'target_union' },
    { name: 'mod_revision', property: 'modRevision', number: 6, kind: 'int64', repeated: false, oneof: 'target_union' },
    { name: 'value', property: 'value', number: 7, kind: 'bytes', repeated: false, oneof: 'target_union' },
    { name: 'lease', property: 'lease', number: 8, kind: 'bigint64', repeated: false, oneof: 'target_union' },
    { name: 'range_end', property: 'rangeEnd', number: 64, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<Compare>): Compare {
    return partial ? { result: 0, target: 0, key: EMPTY, version: undefined, createRevision: undefined, modRevision: undefined, value: undefined, lease: undefined, rangeEnd: EMPTY, ...partial } : { result: 0, target: 0, key: EMPTY, version: undefined, createRevision: undefined, modRevision: undefined, value: undefined, lease: undefined, rangeEnd: EMPTY };
  },
  write(w: Writer, m: Compare): void {
    if (m.result !== 0) {
      w.varint32(8);
      w.int32(m.result);
    }
    if (m.target !== 0) {
      w.varint32(16);
      w.int32(m.target);
    }
    if (m.key.length !== 0) {
      w.varint32(26);
      w.bytes(m.key);
    }
    if (m.version !== undefined) {
      w.varint32(32);
      w.int64(m.version);
    }
    if (m.createRevision !== undefined) {
      w.varint32(40);
      w.int64(m.createRevision);
    }
    if (m.modRevision !== undefined) {
      w.varint32(48);
      w.int64(m.modRevision);
    }
    if (m.value !== undefined) {
      w.varint32(58);
      w.bytes(m.value);
    }
    if (m.lease !== undefined) {
      w.varint32(64);
      w.bigint(m.lease);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(514);
      w.bytes(m.rangeEnd);
    }
  },
  read(r: Reader): Compare {
    const m = Compare.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.result = r.int32();
          break;
        case 16:
          m.target = r.int32();
          break;
        case 26:
          m.key = r.bytes();
          break;
        case 32:
          m.createRevision = undefined;
          m.modRevision = undefined;
          m.value = undefined;
          m.lease = undefined;
          m.version = r.int64();
          break;
        case 40:
          m.version = undefined;
          m.modRevision = undefined;
          m.value = undefined;
          m.lease = undefined;
          m.createRevision = r.int64();
          break;
        case 48:
          m.version = undefined;
          m.createRevision = undefined;
          m.value = undefined;
          m.lease = undefined;
          m.modRevision = r.int64();
          break;
        case 58:
          m.version = undefined;
          m.createRevision = undefined;
          m.modRevision = undefined;
          m.lease = undefined;
          m.value = r.bytes();
          break;
        case 64:
          m.version = undefined;
          m.createRevision = undefined;
          m.modRevision = undefined;
          m.value = undefined;
          m.lease = r.bigint64();
          break;
        case 514:
          m.rangeEnd = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Compare): Uint8Array {
    return encodeWith(Compare.write, message);
  },
  decode(bytes: Uint8Array): Compare {
    return Compare.read(new Reader(bytes));
  },
};


export interface TxnRequest {
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}

export const TxnRequest: MessageCodec<TxnRequest> = {
  typeName: 'etcdserverpb.TxnRequest',
  fields: [
    { name: 'compare', property: 'compare', number: 1, kind: 'message', repeated: true, message: () => Compare as MessageCodec<unknown> },
    { name: 'success', property: 'success', number: 2, kind: 'message', repeated: true, message: () => RequestOp as MessageCodec<unknown> },
    { name: 'failure', property: 'failure', number: 3, kind: 'message', repeated: true, message: () => RequestOp as MessageCodec<unknown> },
  ],
  create(partial?: Partial<TxnRequest>): TxnRequest {
    return partial ? { compare: [], success: [], failure: [], ...partial } : { compare: [], success: [], failure: [] };
  },
  write(w: Writer, m: TxnRequest): void {
    for (let i = 0; i < m.compare.length; i++) {
      w.varint32(10);
      const mark = w.open();
      Compare.write(w, m.compare[i]);
      w.close(mark);
    }
    for (let i = 0; i < m.success.length; i++) {
      w.varint32(18);
      const mark = w.open();
      RequestOp.write(w, m.success[i]);
      w.close(mark);
    }
    for (let i = 0; i < m.failure.length; i++) {
      w.varint32(26);
      const mark = w.open();
      RequestOp.write(w, m.failure[i]);
      w.close(mark);
    }
  },
  read(r: Reader): TxnRequest {
    const m = TxnRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.compare.push(Compare.read(r));
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.success.push(RequestOp.read(r));
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.failure.push(RequestOp.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: TxnRequest): Uint8Array {
    return encodeWith(TxnRequest.write, message);
  },
  decode(bytes: Uint8Array): TxnRequest {
    return TxnRequest.read(new Reader(bytes));
  },
};


export interface TxnResponse {
  header?: ResponseHeader | undefined;
  succeeded: boolean;
  responses: ResponseOp[];
}

export const TxnResponse: MessageCodec<TxnResponse> = {
  typeName: 'etcdserverpb.TxnResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'succeeded', property: 'succeeded', number: 2, kind: 'bool', repeated: false },
    { name: 'responses', property: 'responses', number: 3, kind: 'message', repeated: true, message: () => ResponseOp as MessageCodec<unknown> },
  ],
  create(partial?: Partial<TxnResponse>): TxnResponse {
    return partial ? { header: undefined, succeeded: false, responses: [], ...partial } : { header: undefined, succeeded: false, responses: [] };
  },
  write(w: Writer, m: TxnResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.succeeded) {
      w.varint32(16);
      w.varint32(m.succeeded ? 1 : 0);
    }
    for (let i = 0; i < m.responses.length; i++) {
      w.varint32(26);
      const mark = w.open();
      ResponseOp.write(w, m.responses[i]);
      w.close(mark);
    }
  },
  read(r: Reader): TxnResponse {
    const m = TxnResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.succeeded = r.bool();
          break;
        case 26:
        {
          const outer = r.enter();
          m.responses.push(ResponseOp.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: TxnResponse): Uint8Array {
    return encodeWith(TxnResponse.write, message);
  },
  decode(bytes: Uint8Array): TxnResponse {
    return TxnResponse.read(new Reader(bytes));
  },
};


export interface CompactionRequest {
  revision: number;
  physical: boolean;
}

export const CompactionRequest: MessageCodec<CompactionRequest> = {
  typeName: 'etcdserverpb.CompactionRequest',
  fields: [
    { name: 'revision', property: 'revision', number: 1, kind: 'int64', repeated: false },
    { name: 'physical', property: 'physical', number: 2, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<CompactionRequest>): CompactionRequest {
    return partial ? { revision: 0, physical: false, ...partial } : { revision: 0, physical: false };
  },
  write(w: Writer, m: CompactionRequest): void {
    if (m.revision !== 0) {
      w.varint32(8);
      w.int64(m.revision);
    }
    if (m.physical) {
      w.varint32(16);
      w.varint32(m.physical ? 1 : 0);
    }
  },
  read(r: Reader): CompactionRequest {
    const m = CompactionRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.revision = r.int64();
          break;
        case 16:
          m.physical = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: CompactionRequest): Uint8Array {
    return encodeWith(CompactionRequest.write, message);
  },
  decode(bytes: Uint8Array): CompactionRequest {
    return CompactionRequest.read(new Reader(bytes));
  },
};


export interface HashKVRequest {
  revision: number;
}

export const HashKVRequest: MessageCodec<HashKVRequest> = {
  typeName: 'etcdserverpb.HashKVRequest',
  fields: [
    { name: 'revision', property: 'revision', number: 1, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<HashKVRequest>): HashKVRequest {
    return partial ? { revision: 0, ...partial } : { revision: 0 };
  },
  write(w: Writer, m: HashKVRequest): void {
    if (m.revision !== 0) {
      w.varint32(8);
      w.int64(m.revision);
    }
  },
  read(r: Reader): HashKVRequest {
    const m = HashKVRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.revision = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HashKVRequest): Uint8Array {
    return encodeWith(HashKVRequest.write, message);
  },
  decode(bytes: Uint8Array): HashKVRequest {
    return HashKVRequest.read(new Reader(bytes));
  },
};


export interface HashKVResponse {
  header?: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
  hashRevision: number;
}

export const HashKVResponse: MessageCodec<HashKVResponse> = {
  typeName: 'etcdserverpb.HashKVResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'hash', property: 'hash', number: 2, kind: 'uint32', repeated: false },
    { name: 'compact_revision', property: 'compactRevision', number: 3, kind: 'int64', repeated: false },
    { name: 'hash_revision', property: 'hashRevision', number: 4, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<HashKVResponse>): HashKVResponse {
    return partial ? { header: undefined, hash: 0, compactRevision: 0, hashRevision: 0, ...partial } : { header: undefined, hash: 0, compactRevision: 0, hashRevision: 0 };
  },
  write(w: Writer, m: HashKVResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.hash !== 0) {
      w.varint32(16);
      w.varint32(m.hash);
    }
    if (m.compactRevision !== 0) {
      w.varint32(24);
      w.int64(m.compactRevision);
    }
    if (m.hashRevision !== 0) {
      w.varint32(32);
      w.int64(m.hashRevision);
    }
  },
  read(r: Reader): HashKVResponse {
    const m = HashKVResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.hash = r.varint32();
          break;
        case 24:
          m.compactRevision = r.int64();
          break;
        case 32:
          m.hashRevision = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HashKVResponse): Uint8Array {
    return encodeWith(HashKVResponse.write, message);
  },
  decode(bytes: Uint8Array): HashKVResponse {
    return HashKVResponse.read(new Reader(bytes));
  },
};


export interface HashResponse {
  header?: ResponseHeader | undefined;
  hash: number;
}

export const HashResponse: MessageCodec<HashResponse> = {
  typeName: 'etcdserverpb.HashResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'hash', property: 'hash', number: 2, kind: 'uint32', repeated: false },
  ],
  create(partial?: Partial<HashResponse>): HashResponse {
    return partial ? { header: undefined, hash: 0, ...partial } : { header: undefined, hash: 0 };
  },
  write(w: Writer, m: HashResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.hash !== 0) {
      w.varint32(16);
      w.varint32(m.hash);
    }
  },
  read(r: Reader): HashResponse {
    const m = HashResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.hash = r.varint32();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HashResponse): Uint8Array {
    return encodeWith(HashResponse.write, message);
  },
  decode(bytes: Uint8Array): HashResponse {
    return HashResponse.read(new Reader(bytes));
  },
};


export interface SnapshotResponse {
  header?: ResponseHeader | undefined;
  remainingBytes: number;
  blob: Uint8Array;
  version: string;
}

export const SnapshotResponse: MessageCodec<SnapshotResponse> = {
  typeName: 'etcdserverpb.SnapshotResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'remaining_bytes', property: 'remainingBytes', number: 2, kind: 'uint64', repeated: false },
    { name: 'blob', property: 'blob', number: 3, kind: 'bytes', repeated: false },
    { name: 'version', property: 'version', number: 4, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<SnapshotResponse>): SnapshotResponse {
    return partial ? { header: undefined, remainingBytes: 0, blob: EMPTY, version: '', ...partial } : { header: undefined, remainingBytes: 0, blob: EMPTY, version: '' };
  },
  write(w: Writer, m: SnapshotResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.remainingBytes !== 0) {
      w.varint32(16);
      w.int64(m.remainingBytes);
    }
    if (m.blob.length !== 0) {
      w.varint32(26);
      w.bytes(m.blob);
    }
    if (m.version.length !== 0) {
      w.varint32(34);
      w.string(m.version);
    }
  },
  read(r: Reader): SnapshotResponse {
    const m = SnapshotResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.remainingBytes = r.uint64();
          break;
        case 26:
          m.blob = r.bytes();
          break;
        case 34:
          m.version = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: SnapshotResponse): Uint8Array {
    return encodeWith(SnapshotResponse.write, message);
  },
  decode(bytes: Uint8Array): SnapshotResponse {
    return SnapshotResponse.read(new Reader(bytes));
  },
};


export interface WatchRequest {
  createRequest?: WatchCreateRequest | undefined;
  cancelRequest?: WatchCancelRequest | undefined;
  progressRequest?: WatchProgressRequest | undefined;
}

export const WatchRequest: MessageCodec<WatchRequest> = {
  typeName: 'etcdserverpb.WatchRequest',
  fields: [
    { name: 'create_request', property: 'createRequest', number: 1, kind: 'message', repeated: false, oneof: 'request_union', message: () => WatchCreateRequest as MessageCodec<unknown> },
    { name: 'cancel_request', property: 'cancelRequest', number: 2, kind: 'message', repeated: false, oneof: 'request_union', message: () => WatchCancelRequest as MessageCodec<unknown> },
    { name: 'progress_request', property: 'progressRequest', number: 3, kind: 'message', repeated: false, oneof: 'request_union', message: () => WatchProgressRequest as MessageCodec<unknown> },
  ],
  create(partial?: Partial<WatchRequest>): WatchRequest {
    return partial ? { createRequest: undefined, cancelRequest: undefined, progressRequest: undefined, ...partial } : { createRequest: undefined, cancelRequest: undefined, progressRequest: undefined };
  },
  write(w: Writer, m: WatchRequest): void {
    if (m.createRequest !== undefined) {
      w.varint32(10);
      const mark = w.open();
      WatchCreateRequest.write(w, m.createRequest);
      w.close(mark);
    }
    if (m.cancelRequest !== undefined) {
      w.varint32(18);
      const mark = w.open();
      WatchCancelRequest.write(w, m.cancelRequest);
      w.close(mark);
    }
    if (m.progressRequest !== undefined) {
      w.varint32(26);
      const mark = w.open();
      WatchProgressRequest.write(w, m.progressRequest);
      w.close(mark);
    }
  },
  read(r: Reader): WatchRequest {
    const m = WatchRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.createRequest = WatchCreateRequest.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.cancelRequest = WatchCancelRequest.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.progressRequest = WatchProgressRequest.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WatchRequest): Uint8Array {
    return encodeWith(WatchRequest.write, message);
  },
  decode(bytes: Uint8Array): WatchRequest {
    return WatchRequest.read(new Reader(bytes));
  },
};


export interface WatchCreateRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  startRevision: number;
  progressNotify: boolean;
  filters: number[];
  prevKv: boolean;
  watchId: bigint;
  fragment: boolean;
}

export const WatchCreateRequest: MessageCodec<WatchCreateRequest> = {
  typeName: 'etcdserverpb.WatchCreateRequest',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
    { name: 'range_end', property: 'rangeEnd', number: 2, kind: 'bytes', repeated: false },
    { name: 'start_revision', property: 'startRevision', number: 3, kind: 'int64', repeated: false },
    { name: 'progress_notify', property: 'progressNotify', number: 4, kind: 'bool', repeated: false },
    { name: 'filters', property: 'filters', number: 5, kind: 'enum', repeated: true, enumValues: FilterType },
    { name: 'prev_kv', property: 'prevKv', number: 6, kind: 'bool', repeated: false },
    { name: 'watch_id', property: 'watchId', number: 7, kind: 'bigint64', repeated: false },
    { name: 'fragment', property: 'fragment', number: 8, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<WatchCreateRequest>): WatchCreateRequest {
    return partial ? { key: EMPTY, rangeEnd: EMPTY, startRevision: 0, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false, ...partial } : { key: EMPTY, rangeEnd: EMPTY, startRevision: 0, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false };
  },
  write(w: Writer, m: WatchCreateRequest): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(18);
      w.bytes(m.rangeEnd);
    }
    if (m.startRevision !== 0) {
      w.varint32(24);
      w.int64(m.startRevision);
    }
    if (m.progressNotify) {
      w.varint32(32);
      w.varint32(m.progressNotify ? 1 : 0);
    }
    for (let i = 0; i < m.filters.length; i++) {
      w.varint32(40);
      w.int32(m.filters[i]);
    }
    if (m.prevKv) {
      w.varint32(48);
      w.varint32(m.prevKv ? 1 : 0);
    }
    if (m.watchId !== 0n) {
      w.varint32(56);
      w.bigint(m.watchId);
    }
    if (m.fragment) {
      w.varint32(64);
      w.varint32(m.fragment ? 1 : 0);
    }
  },
  read(r: Reader): WatchCreateRequest {
    const m = WatchCreateRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        case 18:
          m.rangeEnd = r.bytes();
          break;
        case 24:
          m.startRevision = r.int64();
          break;
        case 32:
          m.progressNotify = r.bool();
          break;
        case 40:
        case 42:
          r.repeated(tag, () => { m.filters.push(r.int32()); });
          break;
        case 48:
          m.prevKv = r.bool();
          break;
        case 56:
          m.watchId = r.bigint64();
          break;
        case 64:
          m.fragment = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WatchCreateRequest): Uint8Array {
    return encodeWith(WatchCreateRequest.write, message);
  },
  decode(bytes: Uint8Array): WatchCreateRequest {
    return WatchCreateRequest.read(new Reader(bytes));
  },
};


export interface WatchCancelRequest {
  watchId: bigint;
}

export const WatchCancelRequest: MessageCodec<WatchCancelRequest> = {
  typeName: 'etcdserverpb.WatchCancelRequest',
  fields: [
    { name: 'watch_id', property: 'watchId', number: 1, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<WatchCancelRequest>): WatchCancelRequest {
    return partial ? { watchId: 0n, ...partial } : { watchId: 0n };
  },
  write(w: Writer, m: WatchCancelRequest): void {
    if (m.watchId !== 0n) {
      w.varint32(8);
      w.bigint(m.watchId);
    }
  },
  read(r: Reader): WatchCancelRequest {
    const m = WatchCancelRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.watchId = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WatchCancelRequest): Uint8Array {
    return encodeWith(WatchCancelRequest.write, message);
  },
  decode(bytes: Uint8Array): WatchCancelRequest {
    return WatchCancelRequest.read(new Reader(bytes));
  },
};


export interface WatchResponse {
  header?: ResponseHeader | undefined;
  watchId: bigint;
  created: boolean;
  canceled: boolean;
  compactRevision: number;
  cancelReason: string;
  fragment: boolean;
  events: Event[];
}

export const WatchResponse: MessageCodec<WatchResponse> = {
  typeName: 'etcdserverpb.WatchResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'watch_id', property: 'watchId', number: 2, kind: 'bigint64', repeated: false },
    { name: 'created', property: 'created', number: 3, kind: 'bool', repeated: false },
    { name: 'canceled', property: 'canceled', number: 4, kind: 'bool', repeated: false },
    { name: 'compact_revision', property: 'compactRevision', number: 5, kind: 'int64', repeated: false },
    { name: 'cancel_reason', property: 'cancelReason', number: 6, kind: 'string', repeated: false },
    { name: 'fragment', property: 'fragment', number: 7, kind: 'bool', repeated: false },
    { name: 'events', property: 'events', number: 11, kind: 'message', repeated: true, message: () => Event as MessageCodec<unknown> },
  ],
  create(partial?: Partial<WatchResponse>): WatchResponse {
    return partial ? { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [], ...partial } : { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [] };
  },
  write(w: Writer, m: WatchResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.watchId !== 0n) {
      w.varint32(16);
      w.bigint(m.watchId);
    }
    if (m.created) {
      w.varint32(24);
      w.varint32(m.created ? 1 : 0);
    }
    if (m.canceled) {
      w.varint32(32);
      w.varint32(m.canceled ? 1 : 0);
    }
    if (m.compactRevision !== 0) {
      w.varint32(40);
      w.int64(m.compactRevision);
    }
    if (m.cancelReason.length !== 0) {
      w.varint32(50);
      w.string(m.cancelReason);
    }
    if (m.fragment) {
      w.varint32(56);
      w.varint32(m.fragment ? 1 : 0);
    }
    for (let i = 0; i < m.events.length; i++) {
      w.varint32(90);
      const mark = w.open();
      Event.write(w, m.events[i]);
      w.close(mark);
    }
  },
  read(r: Reader): WatchResponse {
    const m = WatchResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.watchId = r.bigint64();
          break;
        case 24:
          m.created = r.bool();
          break;
        case 32:
          m.canceled = r.bool();
          break;
        case 40:
          m.compactRevision = r.int64();
          break;
        case 50:
          m.cancelReason = r.string();
          break;
        case 56:
          m.fragment = r.bool();
          break;
        case 90:
        {
          const outer = r.enter();
          m.events.push(Event.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WatchResponse): Uint8Array {
    return encodeWith(WatchResponse.write, message);
  },
  decode(bytes: Uint8Array): WatchResponse {
    return WatchResponse.read(new Reader(bytes));
  },
};


export interface LeaseGrantRequest {
  TTL: number;
  ID: bigint;
}

export const LeaseGrantRequest: MessageCodec<LeaseGrantRequest> = {
  typeName: 'etcdserverpb.LeaseGrantRequest',
  fields: [
    { name: 'TTL', property: 'TTL', number: 1, kind: 'int64', repeated: false },
    { name: 'ID', property: 'ID', number: 2, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LeaseGrantRequest>): LeaseGrantRequest {
    return partial ? { TTL: 0, ID: 0n, ...partial } : { TTL: 0, ID: 0n };
  },
  write(w: Writer, m: LeaseGrantRequest): void {
    if (m.TTL !== 0) {
      w.varint32(8);
      w.int64(m.TTL);
    }
    if (m.ID !== 0n) {
      w.varint32(16);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): LeaseGrantRequest {
    const m = LeaseGrantRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.TTL = r.int64();
          break;
        case 16:
          m.ID = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseGrantRequest): Uint8Array {
    return encodeWith(LeaseGrantRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseGrantRequest {
    return LeaseGrantRequest.read(new Reader(bytes));
  },
};


export interface LeaseGrantResponse {
  header?: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  error: string;
}

export const LeaseGrantResponse: MessageCodec<LeaseGrantResponse> = {
  typeName: 'etcdserverpb.LeaseGrantResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'ID', property: 'ID', number: 2, kind: 'bigint64', repeated: false },
    { name: 'TTL', property: 'TTL', number: 3, kind: 'int64', repeated: false },
    { name: 'error', property: 'error', number: 4, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<LeaseGrantResponse>): LeaseGrantResponse {
    return partial ? { header: undefined, ID: 0n, TTL: 0, error: '', ...partial } : { header: undefined, ID: 0n, TTL: 0, error: '' };
  },
  write(w: Writer, m: LeaseGrantResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.ID !== 0n) {
      w.varint32(16);
      w.bigint(m.ID);
    }
    if (m.TTL !== 0) {
      w.varint32(24);
      w.int64(m.TTL);
    }
    if (m.error.length !== 0) {
      w.varint32(34);
      w.string(m.error);
    }
  },
  read(r: Reader): LeaseGrantResponse {
    const m = LeaseGrantResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.ID = r.bigint64();
          break;
        case 24:
          m.TTL = r.int64();
          break;
        case 34:
          m.error = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseGrantResponse): Uint8Array {
    return encodeWith(LeaseGrantResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseGrantResponse {
    return LeaseGrantResponse.read(new Reader(bytes));
  },
};


export interface LeaseRevokeRequest {
  ID: bigint;
}

export const LeaseRevokeRequest: MessageCodec<LeaseRevokeRequest> = {
  typeName: 'etcdserverpb.LeaseRevokeRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LeaseRevokeRequest>): LeaseRevokeRequest {
    return partial ? { ID: 0n, ...partial } : { ID: 0n };
  },
  write(w: Writer, m: LeaseRevokeRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): LeaseRevokeRequest {
    const m = LeaseRevokeRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseRevokeRequest): Uint8Array {
    return encodeWith(LeaseRevokeRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseRevokeRequest {
    return LeaseRevokeRequest.read(new Reader(bytes));
  },
};


export interface LeaseCheckpoint {
  ID: bigint;
  remainingTTL: number;
}

export const LeaseCheckpoint: MessageCodec<LeaseCheckpoint> = {
  typeName: 'etcdserverpb.LeaseCheckpoint',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
    { name: 'remaining_TTL', property: 'remainingTTL', number: 2, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<LeaseCheckpoint>): LeaseCheckpoint {
    return partial ? { ID: 0n, remainingTTL: 0, ...partial } : { ID: 0n, remainingTTL: 0 };
  },
  write(w: Writer, m: LeaseCheckpoint): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.remainingTTL !== 0) {
      w.varint32(16);
      w.int64(m.remainingTTL);
    }
  },
  read(r: Reader): LeaseCheckpoint {
    const m = LeaseCheckpoint.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        case 16:
          m.remainingTTL = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseCheckpoint): Uint8Array {
    return encodeWith(LeaseCheckpoint.write, message);
  },
  decode(bytes: Uint8Array): LeaseCheckpoint {
    return LeaseCheckpoint.read(new Reader(bytes));
  },
};


export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}

export const LeaseCheckpointRequest: MessageCodec<LeaseCheckpointRequest> = {
  typeName: 'etcdserverpb.LeaseCheckpointRequest',
  fields: [
    { name: 'checkpoints', property: 'checkpoints', number: 1, kind: 'message', repeated: true, message: () => LeaseCheckpoint as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseCheckpointRequest>): LeaseCheckpointRequest {
    return partial ? { checkpoints: [], ...partial } : { checkpoints: [] };
  },
  write(w: Writer, m: LeaseCheckpointRequest): void {
    for (let i = 0; i < m.checkpoints.length; i++) {
      w.varint32(10);
      const mark = w.open();
      LeaseCheckpoint.write(w, m.checkpoints[i]);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseCheckpointRequest {
    const m = LeaseCheckpointRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.checkpoints.push(LeaseCheckpoint.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseCheckpointRequest): Uint8Array {
    return encodeWith(LeaseCheckpointRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseCheckpointRequest {
    return LeaseCheckpointRequest.read(new Reader(bytes));
  },
};


export interface LeaseKeepAliveRequest {
  ID: bigint;
}

export const LeaseKeepAliveRequest: MessageCodec<LeaseKeepAliveRequest> = {
  typeName: 'etcdserverpb.LeaseKeepAliveRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LeaseKeepAliveRequest>): LeaseKeepAliveRequest {
    return partial ? { ID: 0n, ...partial } : { ID: 0n };
  },
  write(w: Writer, m: LeaseKeepAliveRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): LeaseKeepAliveRequest {
    const m = LeaseKeepAliveRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseKeepAliveRequest): Uint8Array {
    return encodeWith(LeaseKeepAliveRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseKeepAliveRequest {
    return LeaseKeepAliveRequest.read(new Reader(bytes));
  },
};


export interface LeaseKeepAliveResponse {
  header?: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
}

export const LeaseKeepAliveResponse: MessageCodec<LeaseKeepAliveResponse> = {
  typeName: 'etcdserverpb.LeaseKeepAliveResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'ID', property: 'ID', number: 2, kind: 'bigint64', repeated: false },
    { name: 'TTL', property: 'TTL', number: 3, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<LeaseKeepAliveResponse>): LeaseKeepAliveResponse {
    return partial ? { header: undefined, ID: 0n, TTL: 0, ...partial } : { header: undefined, ID: 0n, TTL: 0 };
  },
  write(w: Writer, m: LeaseKeepAliveResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.ID !== 0n) {
      w.varint32(16);
      w.bigint(m.ID);
    }
    if (m.TTL !== 0) {
      w.varint32(24);
      w.int64(m.TTL);
    }
  },
  read(r: Reader): LeaseKeepAliveResponse {
    const m = LeaseKeepAliveResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.ID = r.bigint64();
          break;
        case 24:
          m.TTL = r.int64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseKeepAliveResponse): Uint8Array {
    return encodeWith(LeaseKeepAliveResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseKeepAliveResponse {
    return LeaseKeepAliveResponse.read(new Reader(bytes));
  },
};


export interface LeaseTimeToLiveRequest {
  ID: bigint;
  keys: boolean;
}

export const LeaseTimeToLiveRequest: MessageCodec<LeaseTimeToLiveRequest> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
    { name: 'keys', property: 'keys', number: 2, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<LeaseTimeToLiveRequest>): LeaseTimeToLiveRequest {
    return partial ? { ID: 0n, keys: false, ...partial } : { ID: 0n, keys: false };
  },
  write(w: Writer, m: LeaseTimeToLiveRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.keys) {
      w.varint32(16);
      w.varint32(m.keys ? 1 : 0);
    }
  },
  read(r: Reader): LeaseTimeToLiveRequest {
    const m = LeaseTimeToLiveRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        case 16:
          m.keys = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseTimeToLiveRequest): Uint8Array {
    return encodeWith(LeaseTimeToLiveRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseTimeToLiveRequest {
    return LeaseTimeToLiveRequest.read(new Reader(bytes));
  },
};


export interface LeaseTimeToLiveResponse {
  header?: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  grantedTTL: number;
  keys: Uint8Array[];
}

export const LeaseTimeToLiveResponse: MessageCodec<LeaseTimeToLiveResponse> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'ID', property: 'ID', number: 2, kind: 'bigint64', repeated: false },
    { name: 'TTL', property: 'TTL', number: 3, kind: 'int64', repeated: false },
    { name: 'grantedTTL', property: 'grantedTTL', number: 4, kind: 'int64', repeated: false },
    { name: 'keys', property: 'keys', number: 5, kind: 'bytes', repeated: true },
  ],
  create(partial?: Partial<LeaseTimeToLiveResponse>): LeaseTimeToLiveResponse {
    return partial ? { header: undefined, ID: 0n, TTL: 0, grantedTTL: 0, keys: [], ...partial } : { header: undefined, ID: 0n, TTL: 0, grantedTTL: 0, keys: [] };
  },
  write(w: Writer, m: LeaseTimeToLiveResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.ID !== 0n) {
      w.varint32(16);
      w.bigint(m.ID);
    }
    if (m.TTL !== 0) {
      w.varint32(24);
      w.int64(m.TTL);
    }
    if (m.grantedTTL !== 0) {
      w.varint32(32);
      w.int64(m.grantedTTL);
    }
    for (let i = 0; i < m.keys.length; i++) {
      w.varint32(42);
      w.bytes(m.keys[i]);
    }
  },
  read(r: Reader): LeaseTimeToLiveResponse {
    const m = LeaseTimeToLiveResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.ID = r.bigint64();
          break;
        case 24:
          m.TTL = r.int64();
          break;
        case 32:
          m.grantedTTL = r.int64();
          break;
        case 42:
          m.keys.push(r.bytes());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseTimeToLiveResponse): Uint8Array {
    return encodeWith(LeaseTimeToLiveResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseTimeToLiveResponse {
    return LeaseTimeToLiveResponse.read(new Reader(bytes));
  },
};


export interface LeaseStatus {
  ID: bigint;
}

export const LeaseStatus: MessageCodec<LeaseStatus> = {
  typeName: 'etcdserverpb.LeaseStatus',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<LeaseStatus>): LeaseStatus {
    return partial ? { ID: 0n, ...partial } : { ID: 0n };
  },
  write(w: Writer, m: LeaseStatus): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): LeaseStatus {
    const m = LeaseStatus.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseStatus): Uint8Array {
    return encodeWith(LeaseStatus.write, message);
  },
  decode(bytes: Uint8Array): LeaseStatus {
    return LeaseStatus.read(new Reader(bytes));
  },
};


export interface LeaseLeasesResponse {
  header?: ResponseHeader | undefined;
  leases: LeaseStatus[];
}

export const LeaseLeasesResponse: MessageCodec<LeaseLeasesResponse> = {
  typeName: 'etcdserverpb.LeaseLeasesResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'leases', property: 'leases', number: 2, kind: 'message', repeated: true, message: () => LeaseStatus as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseLeasesResponse>): LeaseLeasesResponse {
    return partial ? { header: undefined, leases: [], ...partial } : { header: undefined, leases: [] };
  },
  write(w: Writer, m: LeaseLeasesResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.leases.length; i++) {
      w.varint32(18);
      const mark = w.open();
      LeaseStatus.write(w, m.leases[i]);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseLeasesResponse {
    const m = LeaseLeasesResponse.create();
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
          m.leases.push(LeaseStatus.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseLeasesResponse): Uint8Array {
    return encodeWith(LeaseLeasesResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseLeasesResponse {
    return LeaseLeasesResponse.read(new Reader(bytes));
  },
};


export interface Member {
  ID: bigint;
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  isLearner: boolean;
}

export const Member: MessageCodec<Member> = {
  typeName: 'etcdserverpb.Member',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'name', property: 'name', number: 2, kind: 'string', repeated: false },
    { name: 'peerURLs', property: 'peerURLs', number: 3, kind: 'string', repeated: true },
    { name: 'clientURLs', property: 'clientURLs', number: 4, kind: 'string', repeated: true },
    { name: 'isLearner', property: 'isLearner', number: 5, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<Member>): Member {
    return partial ? { ID: 0n, name: '', peerURLs: [], clientURLs: [], isLearner: false, ...partial } : { ID: 0n, name: '', peerURLs: [], clientURLs: [], isLearner: false };
  },
  write(w: Writer, m: Member): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.name.length !== 0) {
      w.varint32(18);
      w.string(m.name);
    }
    for (let i = 0; i < m.peerURLs.length; i++) {
      w.varint32(26);
      w.string(m.peerURLs[i]);
    }
    for (let i = 0; i < m.clientURLs.length; i++) {
      w.varint32(34);
      w.string(m.clientURLs[i]);
    }
    if (m.isLearner) {
      w.varint32(40);
      w.varint32(m.isLearner ? 1 : 0);
    }
  },
  read(r: Reader): Member {
    const m = Member.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        case 18:
          m.name = r.string();
          break;
        case 26:
          m.peerURLs.push(r.string());
          break;
        case 34:
          m.clientURLs.push(r.string());
          break;
        case 40:
          m.isLearner = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Member): Uint8Array {
    return encodeWith(Member.write, message);
  },
  decode(bytes: Uint8Array): Member {
    return Member.read(new Reader(bytes));
  },
};


export interface MemberAddRequest {
  peerURLs: string[];
  isLearner: boolean;
}

export const MemberAddRequest: MessageCodec<MemberAddRequest> = {
  typeName: 'etcdserverpb.MemberAddRequest',
  fields: [
    { name: 'peerURLs', property: 'peerURLs', number: 1, kind: 'string', repeated: true },
    { name: 'isLearner', property: 'isLearner', number: 2, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<MemberAddRequest>): MemberAddRequest {
    return partial ? { peerURLs: [], isLearner: false, ...partial } : { peerURLs: [], isLearner: false };
  },
  write(w: Writer, m: MemberAddRequest): void {
    for (let i = 0; i < m.peerURLs.length; i++) {
      w.varint32(10);
      w.string(m.peerURLs[i]);
    }
    if (m.isLearner) {
      w.varint32(16);
      w.varint32(m.isLearner ? 1 : 0);
    }
  },
  read(r: Reader): MemberAddRequest {
    const m = MemberAddRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.peerURLs.push(r.string());
          break;
        case 16:
          m.isLearner = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberAddRequest): Uint8Array {
    return encodeWith(MemberAddRequest.write, message);
  },
  decode(bytes: Uint8Array): MemberAddRequest {
    return MemberAddRequest.read(new Reader(bytes));
  },
};


export interface MemberAddResponse {
  header?: ResponseHeader | undefined;
  member?: Member | undefined;
  members: Member[];
}

export const MemberAddResponse: MessageCodec<MemberAddResponse> = {
  typeName: 'etcdserverpb.MemberAddResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'member', property: 'member', number: 2, kind: 'message', repeated: false, message: () => Member as MessageCodec<unknown> },
    { name: 'members', property: 'members', number: 3, kind: 'message', repeated: true, message: () => Member as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MemberAddResponse>): MemberAddResponse {
    return partial ? { header: undefined, member: undefined, members: [], ...partial } : { header: undefined, member: undefined, members: [] };
  },
  write(w: Writer, m: MemberAddResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.member !== undefined) {
      w.varint32(18);
      const mark = w.open();
      Member.write(w, m.member);
      w.close(mark);
    }
    for (let i = 0; i < m.members.length; i++) {
      w.varint32(26);
      const mark = w.open();
      Member.write(w, m.members[i]);
      w.close(mark);
    }
  },
  read(r: Reader): MemberAddResponse {
    const m = MemberAddResponse.create();
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
          m.member = Member.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.members.push(Member.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberAddResponse): Uint8Array {
    return encodeWith(MemberAddResponse.write, message);
  },
  decode(bytes: Uint8Array): MemberAddResponse {
    return MemberAddResponse.read(new Reader(bytes));
  },
};


export interface MemberRemoveRequest {
  ID: bigint;
}

export const MemberRemoveRequest: MessageCodec<MemberRemoveRequest> = {
  typeName: 'etcdserverpb.MemberRemoveRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
  ],
  create(partial?: Partial<MemberRemoveRequest>): MemberRemoveRequest {
    return partial ? { ID: 0n, ...partial } : { ID: 0n };
  },
  write(w: Writer, m: MemberRemoveRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): MemberRemoveRequest {
    const m = MemberRemoveRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberRemoveRequest): Uint8Array {
    return encodeWith(MemberRemoveRequest.write, message);
  },
  decode(bytes: Uint8Array): MemberRemoveRequest {
    return MemberRemoveRequest.read(new Reader(bytes));
  },
};


export interface MemberUpdateRequest {
  ID: bigint;
  peerURLs: string[];
}

export const MemberUpdateRequest: MessageCodec<MemberUpdateRequest> = {
  typeName: 'etcdserverpb.MemberUpdateRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'peerURLs', property: 'peerURLs', number: 2, kind: 'string', repeated: true },
  ],
  create(partial?: Partial<MemberUpdateRequest>): MemberUpdateRequest {
    return partial ? { ID: 0n, peerURLs: [], ...partial } : { ID: 0n, peerURLs: [] };
  },
  write(w: Writer, m: MemberUpdateRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    for (let i = 0; i < m.peerURLs.length; i++) {
      w.varint32(18);
      w.string(m.peerURLs[i]);
    }
  },
  read(r: Reader): MemberUpdateRequest {
    const m = MemberUpdateRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        case 18:
          m.peerURLs.push(r.string());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberUpdateRequest): Uint8Array {
    return encodeWith(MemberUpdateRequest.write, message);
  },
  decode(bytes: Uint8Array): MemberUpdateRequest {
    return MemberUpdateRequest.read(new Reader(bytes));
  },
};


export interface MemberListRequest {
  linearizable: boolean;
}

export const MemberListRequest: MessageCodec<MemberListRequest> = {
  typeName: 'etcdserverpb.MemberListRequest',
  fields: [
    { name: 'linearizable', property: 'linearizable', number: 1, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<MemberListRequest>): MemberListRequest {
    return partial ? { linearizable: false, ...partial } : { linearizable: false };
  },
  write(w: Writer, m: MemberListRequest): void {
    if (m.linearizable) {
      w.varint32(8);
      w.varint32(m.linearizable ? 1 : 0);
    }
  },
  read(r: Reader): MemberListRequest {
    const m = MemberListRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.linearizable = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberListRequest): Uint8Array {
    return encodeWith(MemberListRequest.write, message);
  },
  decode(bytes: Uint8Array): MemberListRequest {
    return MemberListRequest.read(new Reader(bytes));
  },
};


export interface MemberPromoteRequest {
  ID: bigint;
}

export const MemberPromoteRequest: MessageCodec<MemberPromoteRequest> = {
  typeName: 'etcdserverpb.MemberPromoteRequest',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
  ],
  create(partial?: Partial<MemberPromoteRequest>): MemberPromoteRequest {
    return partial ? { ID: 0n, ...partial } : { ID: 0n };
  },
  write(w: Writer, m: MemberPromoteRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
  },
  read(r: Reader): MemberPromoteRequest {
    const m = MemberPromoteRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberPromoteRequest): Uint8Array {
    return encodeWith(MemberPromoteRequest.write, message);
  },
  decode(bytes: Uint8Array): MemberPromoteRequest {
    return MemberPromoteRequest.read(new Reader(bytes));
  },
};


export interface MoveLeaderRequest {
  targetID: bigint;
}

export const MoveLeaderRequest: MessageCodec<MoveLeaderRequest> = {
  typeName: 'etcdserverpb.MoveLeaderRequest',
  fields: [
    { name: 'targetID', property: 'targetID', number: 1, kind: 'biguint64', repeated: false },
  ],
  create(partial?: Partial<MoveLeaderRequest>): MoveLeaderRequest {
    return partial ? { targetID: 0n, ...partial } : { targetID: 0n };
  },
  write(w: Writer, m: MoveLeaderRequest): void {
    if (m.targetID !== 0n) {
      w.varint32(8);
      w.bigint(m.targetID);
    }
  },
  read(r: Reader): MoveLeaderRequest {
    const m = MoveLeaderRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.targetID = r.biguint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MoveLeaderRequest): Uint8Array {
    return encodeWith(MoveLeaderRequest.write, message);
  },
  decode(bytes: Uint8Array): MoveLeaderRequest {
    return MoveLeaderRequest.read(new Reader(bytes));
  },
};


export interface AlarmRequest {
  action: number;
  memberID: bigint;
  alarm: number;
}

export const AlarmRequest: MessageCodec<AlarmRequest> = {
  typeName: 'etcdserverpb.AlarmRequest',
  fields: [
    { name: 'action', property: 'action', number: 1, kind: 'enum', repeated: false, enumValues: AlarmAction },
    { name: 'memberID', property: 'memberID', number: 2, kind: 'biguint64', repeated: false },
    { name: 'alarm', property: 'alarm', number: 3, kind: 'enum', repeated: false, enumValues: AlarmType },
  ],
  create(partial?: Partial<AlarmRequest>): AlarmRequest {
    return partial ? { action: 0, memberID: 0n, alarm: 0, ...partial } : { action: 0, memberID: 0n, alarm: 0 };
  },
  write(w: Writer, m: AlarmRequest): void {
    if (m.action !== 0) {
      w.varint32(8);
      w.int32(m.action);
    }
    if (m.memberID !== 0n) {
      w.varint32(16);
      w.bigint(m.memberID);
    }
    if (m.alarm !== 0) {
      w.varint32(24);
      w.int32(m.alarm);
    }
  },
  read(r: Reader): AlarmRequest {
    const m = AlarmRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.action = r.int32();
          break;
        case 16:
          m.memberID = r.biguint64();
          break;
        case 24:
          m.alarm = r.int32();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AlarmRequest): Uint8Array {
    return encodeWith(AlarmRequest.write, message);
  },
  decode(bytes: Uint8Array): AlarmRequest {
    return AlarmRequest.read(new Reader(bytes));
  },
};


export interface AlarmMember {
  memberID: bigint;
  alarm: number;
}

export const AlarmMember: MessageCodec<AlarmMember> = {
  typeName: 'etcdserverpb.AlarmMember',
  fields: [
    { name: 'memberID', property: 'memberID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'alarm', property: 'alarm', number: 2, kind: 'enum', repeated: false, enumValues: AlarmType },
  ],
  create(partial?: Partial<AlarmMember>): AlarmMember {
    return partial ? { memberID: 0n, alarm: 0, ...partial } : { memberID: 0n, alarm: 0 };
  },
  write(w: Writer, m: AlarmMember): void {
    if (m.memberID !== 0n) {
      w.varint32(8);
      w.bigint(m.memberID);
    }
    if (m.alarm !== 0) {
      w.varint32(16);
      w.int32(m.alarm);
    }
  },
  read(r: Reader): AlarmMember {
    const m = AlarmMember.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.memberID = r.biguint64();
          break;
        case 16:
          m.alarm = r.int32();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AlarmMember): Uint8Array {
    return encodeWith(AlarmMember.write, message);
  },
  decode(bytes: Uint8Array): AlarmMember {
    return AlarmMember.read(new Reader(bytes));
  },
};


export interface AlarmResponse {
  header?: ResponseHeader | undefined;
  alarms: AlarmMember[];
}

export const AlarmResponse: MessageCodec<AlarmResponse> = {
  typeName: 'etcdserverpb.AlarmResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'alarms', property: 'alarms', number: 2, kind: 'message', repeated: true, message: () => AlarmMember as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AlarmResponse>): AlarmResponse {
    return partial ? { header: undefined, alarms: [], ...partial } : { header: undefined, alarms: [] };
  },
  write(w: Writer, m: AlarmResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.alarms.length; i++) {
      w.varint32(18);
      const mark = w.open();
      AlarmMember.write(w, m.alarms[i]);
      w.close(mark);
    }
  },
  read(r: Reader): AlarmResponse {
    const m = AlarmResponse.create();
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
          m.alarms.push(AlarmMember.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AlarmResponse): Uint8Array {
    return encodeWith(AlarmResponse.write, message);
  },
  decode(bytes: Uint8Array): AlarmResponse {
    return AlarmResponse.read(new Reader(bytes));
  },
};


export interface DowngradeRequest {
  action: number;
  version: string;
}

export const DowngradeRequest: MessageCodec<DowngradeRequest> = {
  typeName: 'etcdserverpb.DowngradeRequest',
  fields: [
    { name: 'action', property: 'action', number: 1, kind: 'enum', repeated: false, enumValues: DowngradeAction },
    { name: 'version', property: 'version', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<DowngradeRequest>): DowngradeRequest {
    return partial ? { action: 0, version: '', ...partial } : { action: 0, version: '' };
  },
  write(w: Writer, m: DowngradeRequest): void {
    if (m.action !== 0) {
      w.varint32(8);
      w.int32(m.action);
    }
    if (m.version.length !== 0) {
      w.varint32(18);
      w.string(m.version);
    }
  },
  read(r: Reader): DowngradeRequest {
    const m = DowngradeRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.action = r.int32();
          break;
        case 18:
          m.version = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DowngradeRequest): Uint8Array {
    return encodeWith(DowngradeRequest.write, message);
  },
  decode(bytes: Uint8Array): DowngradeRequest {
    return DowngradeRequest.read(new Reader(bytes));
  },
};


export interface DowngradeResponse {
  header?: ResponseHeader | undefined;
  version: string;
}

export const DowngradeResponse: MessageCodec<DowngradeResponse> = {
  typeName: 'etcdserverpb.DowngradeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'version', property: 'version', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<DowngradeResponse>): DowngradeResponse {
    return partial ? { header: undefined, version: '', ...partial } : { header: undefined, version: '' };
  },
  write(w: Writer, m: DowngradeResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.version.length !== 0) {
      w.varint32(18);
      w.string(m.version);
    }
  },
  read(r: Reader): DowngradeResponse {
    const m = DowngradeResponse.create();
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
          m.version = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DowngradeResponse): Uint8Array {
    return encodeWith(DowngradeResponse.write, message);
  },
  decode(bytes: Uint8Array): DowngradeResponse {
    return DowngradeResponse.read(new Reader(bytes));
  },
};


export interface DowngradeVersionTestRequest {
  ver: string;
}

export const DowngradeVersionTestRequest: MessageCodec<DowngradeVersionTestRequest> = {
  typeName: 'etcdserverpb.DowngradeVersionTestRequest',
  fields: [
    { name: 'ver', property: 'ver', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<DowngradeVersionTestRequest>): DowngradeVersionTestRequest {
    return partial ? { ver: '', ...partial } : { ver: '' };
  },
  write(w: Writer, m: DowngradeVersionTestRequest): void {
    if (m.ver.length !== 0) {
      w.varint32(10);
      w.string(m.ver);
    }
  },
  read(r: Reader): DowngradeVersionTestRequest {
    const m = DowngradeVersionTestRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.ver = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DowngradeVersionTestRequest): Uint8Array {
    return encodeWith(DowngradeVersionTestRequest.write, message);
  },
  decode(bytes: Uint8Array): DowngradeVersionTestRequest {
    return DowngradeVersionTestRequest.read(new Reader(bytes));
  },
};


export interface StatusResponse {
  header?: ResponseHeader | undefined;
  version: string;
  dbSize: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  errors: string[];
  dbSizeInUse: number;
  isLearner: boolean;
  storageVersion: string;
  dbSizeQuota: number;
  downgradeInfo?: DowngradeInfo | undefined;
}

export const StatusResponse: MessageCodec<StatusResponse> = {
  typeName: 'etcdserverpb.StatusResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'version', property: 'version', number: 2, kind: 'string', repeated: false },
    { name: 'dbSize', property: 'dbSize', number: 3, kind: 'int64', repeated: false },
    { name: 'leader', property: 'leader', number: 4, kind: 'biguint64', repeated: false },
    { name: 'raftIndex', property: 'raftIndex', number: 5, kind: 'uint64', repeated: false },
    { name: 'raftTerm', property: 'raftTerm', number: 6, kind: 'uint64', repeated: false },
    { name: 'raftAppliedIndex', property: 'raftAppliedIndex', number: 7, kind: 'uint64', repeated: false },
    { name: 'errors', property: 'errors', number: 8, kind: 'string', repeated: true },
    { name: 'dbSizeInUse', property: 'dbSizeInUse', number: 9, kind: 'int64', repeated: false },
    { name: 'isLearner', property: 'isLearner', number: 10, kind: 'bool', repeated: false },
    { name: 'storageVersion', property: 'storageVersion', number: 11, kind: 'string', repeated: false },
    { name: 'dbSizeQuota', property: 'dbSizeQuota', number: 12, kind: 'int64', repeated: false },
    { name: 'downgradeInfo', property: 'downgradeInfo', number: 13, kind: 'message', repeated: false, message: () => DowngradeInfo as MessageCodec<unknown> },
  ],
  create(partial?: Partial<StatusResponse>): StatusResponse {
    return partial ? { header: undefined, version: '', dbSize: 0, leader: 0n, raftIndex: 0, raftTerm: 0, raftAppliedIndex: 0, errors: [], dbSizeInUse: 0, isLearner: false, storageVersion: '', dbSizeQuota: 0, downgradeInfo: undefined, ...partial } : { header: undefined, version: '', dbSize: 0, leader: 0n, raftIndex: 0, raftTerm: 0, raftAppliedIndex: 0, errors: [], dbSizeInUse: 0, isLearner: false, storageVersion: '', dbSizeQuota: 0, downgradeInfo: undefined };
  },
  write(w: Writer, m: StatusResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.version.length !== 0) {
      w.varint32(18);
      w.string(m.version);
    }
    if (m.dbSize !== 0) {
      w.varint32(24);
      w.int64(m.dbSize);
    }
    if (m.leader !== 0n) {
      w.varint32(32);
      w.bigint(m.leader);
    }
    if (m.raftIndex !== 0) {
      w.varint32(40);
      w.int64(m.raftIndex);
    }
    if (m.raftTerm !== 0) {
      w.varint32(48);
      w.int64(m.raftTerm);
    }
    if (m.raftAppliedIndex !== 0) {
      w.varint32(56);
      w.int64(m.raftAppliedIndex);
    }
    for (let i = 0; i < m.errors.length; i++) {
      w.varint32(66);
      w.string(m.errors[i]);
    }
    if (m.dbSizeInUse !== 0) {
      w.varint32(72);
      w.int64(m.dbSizeInUse);
    }
    if (m.isLearner) {
      w.varint32(80);
      w.varint32(m.isLearner ? 1 : 0);
    }
    if (m.storageVersion.length !== 0) {
      w.varint32(90);
      w.string(m.storageVersion);
    }
    if (m.dbSizeQuota !== 0) {
      w.varint32(96);
      w.int64(m.dbSizeQuota);
    }
    if (m.downgradeInfo !== undefined) {
      w.varint32(106);
      const mark = w.open();
      DowngradeInfo.write(w, m.downgradeInfo);
      w.close(mark);
    }
  },
  read(r: Reader): StatusResponse {
    const m = StatusResponse.create();
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
          m.version = r.string();
          break;
        case 24:
          m.dbSize = r.int64();
          break;
        case 32:
          m.leader = r.biguint64();
          break;
        case 40:
          m.raftIndex = r.uint64();
          break;
        case 48:
          m.raftTerm = r.uint64();
          break;
        case 56:
          m.raftAppliedIndex = r.uint64();
          break;
        case 66:
          m.errors.push(r.string());
          break;
        case 72:
          m.dbSizeInUse = r.int64();
          break;
        case 80:
          m.isLearner = r.bool();
          break;
        case 90:
          m.storageVersion = r.string();
          break;
        case 96:
          m.dbSizeQuota = r.int64();
          break;
        case 106:
        {
          const outer = r.enter();
          m.downgradeInfo = DowngradeInfo.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StatusResponse): Uint8Array {
    return encodeWith(StatusResponse.write, message);
  },
  decode(bytes: Uint8Array): StatusResponse {
    return StatusResponse.read(new Reader(bytes));
  },
};


export interface DowngradeInfo {
  enabled: boolean;
  targetVersion: string;
}

export const DowngradeInfo: MessageCodec<DowngradeInfo> = {
  typeName: 'etcdserverpb.DowngradeInfo',
  fields: [
    { name: 'enabled', property: 'enabled', number: 1, kind: 'bool', repeated: false },
    { name: 'targetVersion', property: 'targetVersion', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<DowngradeInfo>): DowngradeInfo {
    return partial ? { enabled: false, targetVersion: '', ...partial } : { enabled: false, targetVersion: '' };
  },
  write(w: Writer, m: DowngradeInfo): void {
    if (m.enabled) {
      w.varint32(8);
      w.varint32(m.enabled ? 1 : 0);
    }
    if (m.targetVersion.length !== 0) {
      w.varint32(18);
      w.string(m.targetVersion);
    }
  },
  read(r: Reader): DowngradeInfo {
    const m = DowngradeInfo.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.enabled = r.bool();
          break;
        case 18:
          m.targetVersion = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DowngradeInfo): Uint8Array {
    return encodeWith(DowngradeInfo.write, message);
  },
  decode(bytes: Uint8Array): DowngradeInfo {
    return DowngradeInfo.read(new Reader(bytes));
  },
};


export interface AuthenticateRequest {
  name: string;
  password: string;
}

export const AuthenticateRequest: MessageCodec<AuthenticateRequest> = {
  typeName: 'etcdserverpb.AuthenticateRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'password', property: 'password', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthenticateRequest>): AuthenticateRequest {
    return partial ? { name: '', password: '', ...partial } : { name: '', password: '' };
  },
  write(w: Writer, m: AuthenticateRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.password.length !== 0) {
      w.varint32(18);
      w.string(m.password);
    }
  },
  read(r: Reader): AuthenticateRequest {
    const m = AuthenticateRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.password = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthenticateRequest): Uint8Array {
    return encodeWith(AuthenticateRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthenticateRequest {
    return AuthenticateRequest.read(new Reader(bytes));
  },
};


export interface AuthUserAddRequest {
  name: string;
  password: string;
  options?: UserAddOptions | undefined;
  hashedPassword: string;
}

export const AuthUserAddRequest: MessageCodec<AuthUserAddRequest> = {
  typeName: 'etcdserverpb.AuthUserAddRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'password', property: 'password', number: 2, kind: 'string', repeated: false },
    { name: 'options', property: 'options', number: 3, kind: 'message', repeated: false, message: () => UserAddOptions as MessageCodec<unknown> },
    { name: 'hashedPassword', property: 'hashedPassword', number: 4, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserAddRequest>): AuthUserAddRequest {
    return partial ? { name: '', password: '', options: undefined, hashedPassword: '', ...partial } : { name: '', password: '', options: undefined, hashedPassword: '' };
  },
  write(w: Writer, m: AuthUserAddRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.password.length !== 0) {
      w.varint32(18);
      w.string(m.password);
    }
    if (m.options !== undefined) {
      w.varint32(26);
      const mark = w.open();
      UserAddOptions.write(w, m.options);
      w.close(mark);
    }
    if (m.hashedPassword.length !== 0) {
      w.varint32(34);
      w.string(m.hashedPassword);
    }
  },
  read(r: Reader): AuthUserAddRequest {
    const m = AuthUserAddRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.password = r.string();
          break;
        case 26:
        {
          const outer = r.enter();
          m.options = UserAddOptions.read(r);
          r.leave(outer);
          break;
        }
        case 34:
          m.hashedPassword = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserAddRequest): Uint8Array {
    return encodeWith(AuthUserAddRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserAddRequest {
    return AuthUserAddRequest.read(new Reader(bytes));
  },
};


export interface AuthUserGetRequest {
  name: string;
}

export const AuthUserGetRequest: MessageCodec<AuthUserGetRequest> = {
  typeName: 'etcdserverpb.AuthUserGetRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserGetRequest>): AuthUserGetRequest {
    return partial ? { name: '', ...partial } : { name: '' };
  },
  write(w: Writer, m: AuthUserGetRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
  },
  read(r: Reader): AuthUserGetRequest {
    const m = AuthUserGetRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserGetRequest): Uint8Array {
    return encodeWith(AuthUserGetRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserGetRequest {
    return AuthUserGetRequest.read(new Reader(bytes));
  },
};


export interface AuthUserDeleteRequest {
  name: string;
}

export const AuthUserDeleteRequest: MessageCodec<AuthUserDeleteRequest> = {
  typeName: 'etcdserverpb.AuthUserDeleteRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserDeleteRequest>): AuthUserDeleteRequest {
    return partial ? { name: '', ...partial } : { name: '' };
  },
  write(w: Writer, m: AuthUserDeleteRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
  },
  read(r: Reader): AuthUserDeleteRequest {
    const m = AuthUserDeleteRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserDeleteRequest): Uint8Array {
    return encodeWith(AuthUserDeleteRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserDeleteRequest {
    return AuthUserDeleteRequest.read(new Reader(bytes));
  },
};


export interface AuthUserChangePasswordRequest {
  name: string;
  password: string;
  hashedPassword: string;
}

export const AuthUserChangePasswordRequest: MessageCodec<AuthUserChangePasswordRequest> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'password', property: 'password', number: 2, kind: 'string', repeated: false },
    { name: 'hashedPassword', property: 'hashedPassword', number: 3, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserChangePasswordRequest>): AuthUserChangePasswordRequest {
    return partial ? { name: '', password: '', hashedPassword: '', ...partial } : { name: '', password: '', hashedPassword: '' };
  },
  write(w: Writer, m: AuthUserChangePasswordRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.password.length !== 0) {
      w.varint32(18);
      w.string(m.password);
    }
    if (m.hashedPassword.length !== 0) {
      w.varint32(26);
      w.string(m.hashedPassword);
    }
  },
  read(r: Reader): AuthUserChangePasswordRequest {
    const m = AuthUserChangePasswordRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.password = r.string();
          break;
        case 26:
          m.hashedPassword = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserChangePasswordRequest): Uint8Array {
    return encodeWith(AuthUserChangePasswordRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserChangePasswordRequest {
    return AuthUserChangePasswordRequest.read(new Reader(bytes));
  },
};


export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}

export const AuthUserGrantRoleRequest: MessageCodec<AuthUserGrantRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleRequest',
  fields: [
    { name: 'user', property: 'user', number: 1, kind: 'string', repeated: false },
    { name: 'role', property: 'role', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserGrantRoleRequest>): AuthUserGrantRoleRequest {
    return partial ? { user: '', role: '', ...partial } : { user: '', role: '' };
  },
  write(w: Writer, m: AuthUserGrantRoleRequest): void {
    if (m.user.length !== 0) {
      w.varint32(10);
      w.string(m.user);
    }
    if (m.role.length !== 0) {
      w.varint32(18);
      w.string(m.role);
    }
  },
  read(r: Reader): AuthUserGrantRoleRequest {
    const m = AuthUserGrantRoleRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.user = r.string();
          break;
        case 18:
          m.role = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserGrantRoleRequest): Uint8Array {
    return encodeWith(AuthUserGrantRoleRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserGrantRoleRequest {
    return AuthUserGrantRoleRequest.read(new Reader(bytes));
  },
};


export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}

export const AuthUserRevokeRoleRequest: MessageCodec<AuthUserRevokeRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'role', property: 'role', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthUserRevokeRoleRequest>): AuthUserRevokeRoleRequest {
    return partial ? { name: '', role: '', ...partial } : { name: '', role: '' };
  },
  write(w: Writer, m: AuthUserRevokeRoleRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.role.length !== 0) {
      w.varint32(18);
      w.string(m.role);
    }
  },
  read(r: Reader): AuthUserRevokeRoleRequest {
    const m = AuthUserRevokeRoleRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.role = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserRevokeRoleRequest): Uint8Array {
    return encodeWith(AuthUserRevokeRoleRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserRevokeRoleRequest {
    return AuthUserRevokeRoleRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleAddRequest {
  name: string;
}

export const AuthRoleAddRequest: MessageCodec<AuthRoleAddRequest> = {
  typeName: 'etcdserverpb.AuthRoleAddRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthRoleAddRequest>): AuthRoleAddRequest {
    return partial ? { name: '', ...partial } : { name: '' };
  },
  write(w: Writer, m: AuthRoleAddRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
  },
  read(r: Reader): AuthRoleAddRequest {
    const m = AuthRoleAddRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleAddRequest): Uint8Array {
    return encodeWith(AuthRoleAddRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleAddRequest {
    return AuthRoleAddRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleGetRequest {
  role: string;
}

export const AuthRoleGetRequest: MessageCodec<AuthRoleGetRequest> = {
  typeName: 'etcdserverpb.AuthRoleGetRequest',
  fields: [
    { name: 'role', property: 'role', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthRoleGetRequest>): AuthRoleGetRequest {
    return partial ? { role: '', ...partial } : { role: '' };
  },
  write(w: Writer, m: AuthRoleGetRequest): void {
    if (m.role.length !== 0) {
      w.varint32(10);
      w.string(m.role);
    }
  },
  read(r: Reader): AuthRoleGetRequest {
    const m = AuthRoleGetRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.role = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleGetRequest): Uint8Array {
    return encodeWith(AuthRoleGetRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleGetRequest {
    return AuthRoleGetRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleDeleteRequest {
  role: string;
}

export const AuthRoleDeleteRequest: MessageCodec<AuthRoleDeleteRequest> = {
  typeName: 'etcdserverpb.AuthRoleDeleteRequest',
  fields: [
    { name: 'role', property: 'role', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthRoleDeleteRequest>): AuthRoleDeleteRequest {
    return partial ? { role: '', ...partial } : { role: '' };
  },
  write(w: Writer, m: AuthRoleDeleteRequest): void {
    if (m.role.length !== 0) {
      w.varint32(10);
      w.string(m.role);
    }
  },
  read(r: Reader): AuthRoleDeleteRequest {
    const m = AuthRoleDeleteRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.role = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleDeleteRequest): Uint8Array {
    return encodeWith(AuthRoleDeleteRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleDeleteRequest {
    return AuthRoleDeleteRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleGrantPermissionRequest {
  name: string;
  perm?: Permission | undefined;
}

export const AuthRoleGrantPermissionRequest: MessageCodec<AuthRoleGrantPermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'perm', property: 'perm', number: 2, kind: 'message', repeated: false, message: () => Permission as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleGrantPermissionRequest>): AuthRoleGrantPermissionRequest {
    return partial ? { name: '', perm: undefined, ...partial } : { name: '', perm: undefined };
  },
  write(w: Writer, m: AuthRoleGrantPermissionRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.perm !== undefined) {
      w.varint32(18);
      const mark = w.open();
      Permission.write(w, m.perm);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleGrantPermissionRequest {
    const m = AuthRoleGrantPermissionRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
        {
          const outer = r.enter();
          m.perm = Permission.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleGrantPermissionRequest): Uint8Array {
    return encodeWith(AuthRoleGrantPermissionRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleGrantPermissionRequest {
    return AuthRoleGrantPermissionRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const AuthRoleRevokePermissionRequest: MessageCodec<AuthRoleRevokePermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionRequest',
  fields: [
    { name: 'role', property: 'role', number: 1, kind: 'string', repeated: false },
    { name: 'key', property: 'key', number: 2, kind: 'bytes', repeated: false },
    { name: 'range_end', property: 'rangeEnd', number: 3, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<AuthRoleRevokePermissionRequest>): AuthRoleRevokePermissionRequest {
    return partial ? { role: '', key: EMPTY, rangeEnd: EMPTY, ...partial } : { role: '', key: EMPTY, rangeEnd: EMPTY };
  },
  write(w: Writer, m: AuthRoleRevokePermissionRequest): void {
    if (m.role.length !== 0) {
      w.varint32(10);
      w.string(m.role);
    }
    if (m.key.length !== 0) {
      w.varint32(18);
      w.bytes(m.key);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(26);
      w.bytes(m.rangeEnd);
    }
  },
  read(r: Reader): AuthRoleRevokePermissionRequest {
    const m = AuthRoleRevokePermissionRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.role = r.string();
          break;
        case 18:
          m.key = r.bytes();
          break;
        case 26:
          m.rangeEnd = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleRevokePermissionRequest): Uint8Array {
    return encodeWith(AuthRoleRevokePermissionRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleRevokePermissionRequest {
    return AuthRoleRevokePermissionRequest.read(new Reader(bytes));
  },
};


export interface AuthStatusResponse {
  header?: ResponseHeader | undefined;
  enabled: boolean;
  authRevision: number;
}

export const AuthStatusResponse: MessageCodec<AuthStatusResponse> = {
  typeName: 'etcdserverpb.AuthStatusResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'enabled', property: 'enabled', number: 2, kind: 'bool', repeated: false },
    { name: 'authRevision', property: 'authRevision', number: 3, kind: 'uint64', repeated: false },
  ],
  create(partial?: Partial<AuthStatusResponse>): AuthStatusResponse {
    return partial ? { header: undefined, enabled: false, authRevision: 0, ...partial } : { header: undefined, enabled: false, authRevision: 0 };
  },
  write(w: Writer, m: AuthStatusResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.enabled) {
      w.varint32(16);
      w.varint32(m.enabled ? 1 : 0);
    }
    if (m.authRevision !== 0) {
      w.varint32(24);
      w.int64(m.authRevision);
    }
  },
  read(r: Reader): AuthStatusResponse {
    const m = AuthStatusResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.header = ResponseHeader.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.enabled = r.bool();
          break;
        case 24:
          m.authRevision = r.uint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthStatusResponse): Uint8Array {
    return encodeWith(AuthStatusResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthStatusResponse {
    return AuthStatusResponse.read(new Reader(bytes));
  },
};


export interface AuthenticateResponse {
  header?: ResponseHeader | undefined;
  token: string;
}

export const AuthenticateResponse: MessageCodec<AuthenticateResponse> = {
  typeName: 'etcdserverpb.AuthenticateResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'token', property: 'token', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<AuthenticateResponse>): AuthenticateResponse {
    return partial ? { header: undefined, token: '', ...partial } : { header: undefined, token: '' };
  },
  write(w: Writer, m: AuthenticateResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.token.length !== 0) {
      w.varint32(18);
      w.string(m.token);
    }
  },
  read(r: Reader): AuthenticateResponse {
    const m = AuthenticateResponse.create();
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
          m.token = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthenticateResponse): Uint8Array {
    return encodeWith(AuthenticateResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthenticateResponse {
    return AuthenticateResponse.read(new Reader(bytes));
  },
};


export interface AuthUserGetResponse {
  header?: ResponseHeader | undefined;
  roles: string[];
}

export const AuthUserGetResponse: MessageCodec<AuthUserGetResponse> = {
  typeName: 'etcdserverpb.AuthUserGetResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'roles', property: 'roles', number: 2, kind: 'string', repeated: true },
  ],
  create(partial?: Partial<AuthUserGetResponse>): AuthUserGetResponse {
    return partial ? { header: undefined, roles: [], ...partial } : { header: undefined, roles: [] };
  },
  write(w: Writer, m: AuthUserGetResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.roles.length; i++) {
      w.varint32(18);
      w.string(m.roles[i]);
    }
  },
  read(r: Reader): AuthUserGetResponse {
    const m = AuthUserGetResponse.create();
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
          m.roles.push(r.string());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserGetResponse): Uint8Array {
    return encodeWith(AuthUserGetResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserGetResponse {
    return AuthUserGetResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleGetResponse {
  header?: ResponseHeader | undefined;
  perm: Permission[];
}

export const AuthRoleGetResponse: MessageCodec<AuthRoleGetResponse> = {
  typeName: 'etcdserverpb.AuthRoleGetResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'perm', property: 'perm', number: 2, kind: 'message', repeated: true, message: () => Permission as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleGetResponse>): AuthRoleGetResponse {
    return partial ? { header: undefined, perm: [], ...partial } : { header: undefined, perm: [] };
  },
  write(w: Writer, m: AuthRoleGetResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.perm.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Permission.write(w, m.perm[i]);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleGetResponse {
    const m = AuthRoleGetResponse.create();
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
          m.perm.push(Permission.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleGetResponse): Uint8Array {
    return encodeWith(AuthRoleGetResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleGetResponse {
    return AuthRoleGetResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleListResponse {
  header?: ResponseHeader | undefined;
  roles: string[];
}

export const AuthRoleListResponse: MessageCodec<AuthRoleListResponse> = {
  typeName: 'etcdserverpb.AuthRoleListResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'roles', property: 'roles', number: 2, kind: 'string', repeated: true },
  ],
  create(partial?: Partial<AuthRoleListResponse>): AuthRoleListResponse {
    return partial ? { header: undefined, roles: [], ...partial } : { header: undefined, roles: [] };
  },
  write(w: Writer, m: AuthRoleListResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.roles.length; i++) {
      w.varint32(18);
      w.string(m.roles[i]);
    }
  },
  read(r: Reader): AuthRoleListResponse {
    const m = AuthRoleListResponse.create();
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
          m.roles.push(r.string());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleListResponse): Uint8Array {
    return encodeWith(AuthRoleListResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleListResponse {
    return AuthRoleListResponse.read(new Reader(bytes));
  },
};


export interface AuthUserListResponse {
  header?: ResponseHeader | undefined;
  users: string[];
}

export const AuthUserListResponse: MessageCodec<AuthUserListResponse> = {
  typeName: 'etcdserverpb.AuthUserListResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'users', property: 'users', number: 2, kind: 'string', repeated: true },
  ],
  create(partial?: Partial<AuthUserListResponse>): AuthUserListResponse {
    return partial ? { header: undefined, users: [], ...partial } : { header: undefined, users: [] };
  },
  write(w: Writer, m: AuthUserListResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.users.length; i++) {
      w.varint32(18);
      w.string(m.users[i]);
    }
  },
  read(r: Reader): AuthUserListResponse {
    const m = AuthUserListResponse.create();
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
          m.users.push(r.string());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserListResponse): Uint8Array {
    return encodeWith(AuthUserListResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserListResponse {
    return AuthUserListResponse.read(new Reader(bytes));
  },
};


export interface RangeStreamResponse {
  rangeResponse?: RangeResponse | undefined;
}

export const RangeStreamResponse: MessageCodec<RangeStreamResponse> = {
  typeName: 'etcdserverpb.RangeStreamResponse',
  fields: [
    { name: 'range_response', property: 'rangeResponse', number: 1, kind: 'message', repeated: false, message: () => RangeResponse as MessageCodec<unknown> },
  ],
  create(partial?: Partial<RangeStreamResponse>): RangeStreamResponse {
    return partial ? { rangeResponse: undefined, ...partial } : { rangeResponse: undefined };
  },
  write(w: Writer, m: RangeStreamResponse): void {
    if (m.rangeResponse !== undefined) {
      w.varint32(10);
      const mark = w.open();
      RangeResponse.write(w, m.rangeResponse);
      w.close(mark);
    }
  },
  read(r: Reader): RangeStreamResponse {
    const m = RangeStreamResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.rangeResponse = RangeResponse.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: RangeStreamResponse): Uint8Array {
    return encodeWith(RangeStreamResponse.write, message);
  },
  decode(bytes: Uint8Array): RangeStreamResponse {
    return RangeStreamResponse.read(new Reader(bytes));
  },
};


export interface HashRequest {
}

export const HashRequest: MessageCodec<HashRequest> = {
  typeName: 'etcdserverpb.HashRequest',
  fields: [
  ],
  create(partial?: Partial<HashRequest>): HashRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: HashRequest): void {
  },
  read(r: Reader): HashRequest {
    const m = HashRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HashRequest): Uint8Array {
    return encodeWith(HashRequest.write, message);
  },
  decode(bytes: Uint8Array): HashRequest {
    return HashRequest.read(new Reader(bytes));
  },
};


export interface SnapshotRequest {
}

export const SnapshotRequest: MessageCodec<SnapshotRequest> = {
  typeName: 'etcdserverpb.SnapshotRequest',
  fields: [
  ],
  create(partial?: Partial<SnapshotRequest>): SnapshotRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: SnapshotRequest): void {
  },
  read(r: Reader): SnapshotRequest {
    const m = SnapshotRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: SnapshotRequest): Uint8Array {
    return encodeWith(SnapshotRequest.write, message);
  },
  decode(bytes: Uint8Array): SnapshotRequest {
    return SnapshotRequest.read(new Reader(bytes));
  },
};


export interface WatchProgressRequest {
}

export const WatchProgressRequest: MessageCodec<WatchProgressRequest> = {
  typeName: 'etcdserverpb.WatchProgressRequest',
  fields: [
  ],
  create(partial?: Partial<WatchProgressRequest>): WatchProgressRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: WatchProgressRequest): void {
  },
  read(r: Reader): WatchProgressRequest {
    const m = WatchProgressRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WatchProgressRequest): Uint8Array {
    return encodeWith(WatchProgressRequest.write, message);
  },
  decode(bytes: Uint8Array): WatchProgressRequest {
    return WatchProgressRequest.read(new Reader(bytes));
  },
};


export interface LeaseLeasesRequest {
}

export const LeaseLeasesRequest: MessageCodec<LeaseLeasesRequest> = {
  typeName: 'etcdserverpb.LeaseLeasesRequest',
  fields: [
  ],
  create(partial?: Partial<LeaseLeasesRequest>): LeaseLeasesRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: LeaseLeasesRequest): void {
  },
  read(r: Reader): LeaseLeasesRequest {
    const m = LeaseLeasesRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: LeaseLeasesRequest): Uint8Array {
    return encodeWith(LeaseLeasesRequest.write, message);
  },
  decode(bytes: Uint8Array): LeaseLeasesRequest {
    return LeaseLeasesRequest.read(new Reader(bytes));
  },
};


export interface DefragmentRequest {
}

export const DefragmentRequest: MessageCodec<DefragmentRequest> = {
  typeName: 'etcdserverpb.DefragmentRequest',
  fields: [
  ],
  create(partial?: Partial<DefragmentRequest>): DefragmentRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: DefragmentRequest): void {
  },
  read(r: Reader): DefragmentRequest {
    const m = DefragmentRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DefragmentRequest): Uint8Array {
    return encodeWith(DefragmentRequest.write, message);
  },
  decode(bytes: Uint8Array): DefragmentRequest {
    return DefragmentRequest.read(new Reader(bytes));
  },
};


export interface StatusRequest {
}

export const StatusRequest: MessageCodec<StatusRequest> = {
  typeName: 'etcdserverpb.StatusRequest',
  fields: [
  ],
  create(partial?: Partial<StatusRequest>): StatusRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: StatusRequest): void {
  },
  read(r: Reader): StatusRequest {
    const m = StatusRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StatusRequest): Uint8Array {
    return encodeWith(StatusRequest.write, message);
  },
  decode(bytes: Uint8Array): StatusRequest {
    return StatusRequest.read(new Reader(bytes));
  },
};


export interface AuthEnableRequest {
}

export const AuthEnableRequest: MessageCodec<AuthEnableRequest> = {
  typeName: 'etcdserverpb.AuthEnableRequest',
  fields: [
  ],
  create(partial?: Partial<AuthEnableRequest>): AuthEnableRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: AuthEnableRequest): void {
  },
  read(r: Reader): AuthEnableRequest {
    const m = AuthEnableRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthEnableRequest): Uint8Array {
    return encodeWith(AuthEnableRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthEnableRequest {
    return AuthEnableRequest.read(new Reader(bytes));
  },
};


export interface AuthDisableRequest {
}

export const AuthDisableRequest: MessageCodec<AuthDisableRequest> = {
  typeName: 'etcdserverpb.AuthDisableRequest',
  fields: [
  ],
  create(partial?: Partial<AuthDisableRequest>): AuthDisableRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: AuthDisableRequest): void {
  },
  read(r: Reader): AuthDisableRequest {
    const m = AuthDisableRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthDisableRequest): Uint8Array {
    return encodeWith(AuthDisableRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthDisableRequest {
    return AuthDisableRequest.read(new Reader(bytes));
  },
};


export interface AuthStatusRequest {
}

export const AuthStatusRequest: MessageCodec<AuthStatusRequest> = {
  typeName: 'etcdserverpb.AuthStatusRequest',
  fields: [
  ],
  create(partial?: Partial<AuthStatusRequest>): AuthStatusRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: AuthStatusRequest): void {
  },
  read(r: Reader): AuthStatusRequest {
    const m = AuthStatusRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthStatusRequest): Uint8Array {
    return encodeWith(AuthStatusRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthStatusRequest {
    return AuthStatusRequest.read(new Reader(bytes));
  },
};


export interface AuthUserListRequest {
}

export const AuthUserListRequest: MessageCodec<AuthUserListRequest> = {
  typeName: 'etcdserverpb.AuthUserListRequest',
  fields: [
  ],
  create(partial?: Partial<AuthUserListRequest>): AuthUserListRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: AuthUserListRequest): void {
  },
  read(r: Reader): AuthUserListRequest {
    const m = AuthUserListRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthUserListRequest): Uint8Array {
    return encodeWith(AuthUserListRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthUserListRequest {
    return AuthUserListRequest.read(new Reader(bytes));
  },
};


export interface AuthRoleListRequest {
}

export const AuthRoleListRequest: MessageCodec<AuthRoleListRequest> = {
  typeName: 'etcdserverpb.AuthRoleListRequest',
  fields: [
  ],
  create(partial?: Partial<AuthRoleListRequest>): AuthRoleListRequest {
    return { ...partial };
  },
  write(_w: Writer, _m: AuthRoleListRequest): void {
  },
  read(r: Reader): AuthRoleListRequest {
    const m = AuthRoleListRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: AuthRoleListRequest): Uint8Array {
    return encodeWith(AuthRoleListRequest.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleListRequest {
    return AuthRoleListRequest.read(new Reader(bytes));
  },
};


export interface CompactionResponse {
  header?: ResponseHeader | undefined;
}

export const CompactionResponse: MessageCodec<CompactionResponse> = {
  typeName: 'etcdserverpb.CompactionResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<CompactionResponse>): CompactionResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: CompactionResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): CompactionResponse {
    const m = CompactionResponse.create();
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
  encode(message: CompactionResponse): Uint8Array {
    return encodeWith(CompactionResponse.write, message);
  },
  decode(bytes: Uint8Array): CompactionResponse {
    return CompactionResponse.read(new Reader(bytes));
  },
};


export interface LeaseRevokeResponse {
  header?: ResponseHeader | undefined;
}

export const LeaseRevokeResponse: MessageCodec<LeaseRevokeResponse> = {
  typeName: 'etcdserverpb.LeaseRevokeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseRevokeResponse>): LeaseRevokeResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: LeaseRevokeResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseRevokeResponse {
    const m = LeaseRevokeResponse.create();
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
  encode(message: LeaseRevokeResponse): Uint8Array {
    return encodeWith(LeaseRevokeResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseRevokeResponse {
    return LeaseRevokeResponse.read(new Reader(bytes));
  },
};


export interface LeaseCheckpointResponse {
  header?: ResponseHeader | undefined;
}

export const LeaseCheckpointResponse: MessageCodec<LeaseCheckpointResponse> = {
  typeName: 'etcdserverpb.LeaseCheckpointResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<LeaseCheckpointResponse>): LeaseCheckpointResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: LeaseCheckpointResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): LeaseCheckpointResponse {
    const m = LeaseCheckpointResponse.create();
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
  encode(message: LeaseCheckpointResponse): Uint8Array {
    return encodeWith(LeaseCheckpointResponse.write, message);
  },
  decode(bytes: Uint8Array): LeaseCheckpointResponse {
    return LeaseCheckpointResponse.read(new Reader(bytes));
  },
};


export interface DefragmentResponse {
  header?: ResponseHeader | undefined;
}

export const DefragmentResponse: MessageCodec<DefragmentResponse> = {
  typeName: 'etcdserverpb.DefragmentResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<DefragmentResponse>): DefragmentResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: DefragmentResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): DefragmentResponse {
    const m = DefragmentResponse.create();
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
  encode(message: DefragmentResponse): Uint8Array {
    return encodeWith(DefragmentResponse.write, message);
  },
  decode(bytes: Uint8Array): DefragmentResponse {
    return DefragmentResponse.read(new Reader(bytes));
  },
};


export interface MoveLeaderResponse {
  header?: ResponseHeader | undefined;
}

export const MoveLeaderResponse: MessageCodec<MoveLeaderResponse> = {
  typeName: 'etcdserverpb.MoveLeaderResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MoveLeaderResponse>): MoveLeaderResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: MoveLeaderResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): MoveLeaderResponse {
    const m = MoveLeaderResponse.create();
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
  encode(message: MoveLeaderResponse): Uint8Array {
    return encodeWith(MoveLeaderResponse.write, message);
  },
  decode(bytes: Uint8Array): MoveLeaderResponse {
    return MoveLeaderResponse.read(new Reader(bytes));
  },
};


export interface AuthEnableResponse {
  header?: ResponseHeader | undefined;
}

export const AuthEnableResponse: MessageCodec<AuthEnableResponse> = {
  typeName: 'etcdserverpb.AuthEnableResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthEnableResponse>): AuthEnableResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthEnableResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthEnableResponse {
    const m = AuthEnableResponse.create();
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
  encode(message: AuthEnableResponse): Uint8Array {
    return encodeWith(AuthEnableResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthEnableResponse {
    return AuthEnableResponse.read(new Reader(bytes));
  },
};


export interface AuthDisableResponse {
  header?: ResponseHeader | undefined;
}

export const AuthDisableResponse: MessageCodec<AuthDisableResponse> = {
  typeName: 'etcdserverpb.AuthDisableResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthDisableResponse>): AuthDisableResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthDisableResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthDisableResponse {
    const m = AuthDisableResponse.create();
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
  encode(message: AuthDisableResponse): Uint8Array {
    return encodeWith(AuthDisableResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthDisableResponse {
    return AuthDisableResponse.read(new Reader(bytes));
  },
};


export interface AuthUserAddResponse {
  header?: ResponseHeader | undefined;
}

export const AuthUserAddResponse: MessageCodec<AuthUserAddResponse> = {
  typeName: 'etcdserverpb.AuthUserAddResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthUserAddResponse>): AuthUserAddResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthUserAddResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthUserAddResponse {
    const m = AuthUserAddResponse.create();
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
  encode(message: AuthUserAddResponse): Uint8Array {
    return encodeWith(AuthUserAddResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserAddResponse {
    return AuthUserAddResponse.read(new Reader(bytes));
  },
};


export interface AuthUserDeleteResponse {
  header?: ResponseHeader | undefined;
}

export const AuthUserDeleteResponse: MessageCodec<AuthUserDeleteResponse> = {
  typeName: 'etcdserverpb.AuthUserDeleteResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthUserDeleteResponse>): AuthUserDeleteResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthUserDeleteResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthUserDeleteResponse {
    const m = AuthUserDeleteResponse.create();
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
  encode(message: AuthUserDeleteResponse): Uint8Array {
    return encodeWith(AuthUserDeleteResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserDeleteResponse {
    return AuthUserDeleteResponse.read(new Reader(bytes));
  },
};


export interface AuthUserChangePasswordResponse {
  header?: ResponseHeader | undefined;
}

export const AuthUserChangePasswordResponse: MessageCodec<AuthUserChangePasswordResponse> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthUserChangePasswordResponse>): AuthUserChangePasswordResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthUserChangePasswordResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthUserChangePasswordResponse {
    const m = AuthUserChangePasswordResponse.create();
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
  encode(message: AuthUserChangePasswordResponse): Uint8Array {
    return encodeWith(AuthUserChangePasswordResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserChangePasswordResponse {
    return AuthUserChangePasswordResponse.read(new Reader(bytes));
  },
};


export interface AuthUserGrantRoleResponse {
  header?: ResponseHeader | undefined;
}

export const AuthUserGrantRoleResponse: MessageCodec<AuthUserGrantRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthUserGrantRoleResponse>): AuthUserGrantRoleResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthUserGrantRoleResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthUserGrantRoleResponse {
    const m = AuthUserGrantRoleResponse.create();
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
  encode(message: AuthUserGrantRoleResponse): Uint8Array {
    return encodeWith(AuthUserGrantRoleResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserGrantRoleResponse {
    return AuthUserGrantRoleResponse.read(new Reader(bytes));
  },
};


export interface AuthUserRevokeRoleResponse {
  header?: ResponseHeader | undefined;
}

export const AuthUserRevokeRoleResponse: MessageCodec<AuthUserRevokeRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthUserRevokeRoleResponse>): AuthUserRevokeRoleResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthUserRevokeRoleResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthUserRevokeRoleResponse {
    const m = AuthUserRevokeRoleResponse.create();
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
  encode(message: AuthUserRevokeRoleResponse): Uint8Array {
    return encodeWith(AuthUserRevokeRoleResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthUserRevokeRoleResponse {
    return AuthUserRevokeRoleResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleAddResponse {
  header?: ResponseHeader | undefined;
}

export const AuthRoleAddResponse: MessageCodec<AuthRoleAddResponse> = {
  typeName: 'etcdserverpb.AuthRoleAddResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleAddResponse>): AuthRoleAddResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthRoleAddResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleAddResponse {
    const m = AuthRoleAddResponse.create();
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
  encode(message: AuthRoleAddResponse): Uint8Array {
    return encodeWith(AuthRoleAddResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleAddResponse {
    return AuthRoleAddResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleDeleteResponse {
  header?: ResponseHeader | undefined;
}

export const AuthRoleDeleteResponse: MessageCodec<AuthRoleDeleteResponse> = {
  typeName: 'etcdserverpb.AuthRoleDeleteResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleDeleteResponse>): AuthRoleDeleteResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthRoleDeleteResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleDeleteResponse {
    const m = AuthRoleDeleteResponse.create();
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
  encode(message: AuthRoleDeleteResponse): Uint8Array {
    return encodeWith(AuthRoleDeleteResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleDeleteResponse {
    return AuthRoleDeleteResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleGrantPermissionResponse {
  header?: ResponseHeader | undefined;
}

export const AuthRoleGrantPermissionResponse: MessageCodec<AuthRoleGrantPermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleGrantPermissionResponse>): AuthRoleGrantPermissionResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthRoleGrantPermissionResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleGrantPermissionResponse {
    const m = AuthRoleGrantPermissionResponse.create();
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
  encode(message: AuthRoleGrantPermissionResponse): Uint8Array {
    return encodeWith(AuthRoleGrantPermissionResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleGrantPermissionResponse {
    return AuthRoleGrantPermissionResponse.read(new Reader(bytes));
  },
};


export interface AuthRoleRevokePermissionResponse {
  header?: ResponseHeader | undefined;
}

export const AuthRoleRevokePermissionResponse: MessageCodec<AuthRoleRevokePermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
  ],
  create(partial?: Partial<AuthRoleRevokePermissionResponse>): AuthRoleRevokePermissionResponse {
    return partial ? { header: undefined, ...partial } : { header: undefined };
  },
  write(w: Writer, m: AuthRoleRevokePermissionResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
  },
  read(r: Reader): AuthRoleRevokePermissionResponse {
    const m = AuthRoleRevokePermissionResponse.create();
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
  encode(message: AuthRoleRevokePermissionResponse): Uint8Array {
    return encodeWith(AuthRoleRevokePermissionResponse.write, message);
  },
  decode(bytes: Uint8Array): AuthRoleRevokePermissionResponse {
    return AuthRoleRevokePermissionResponse.read(new Reader(bytes));
  },
};


export interface MemberRemoveResponse {
  header?: ResponseHeader | undefined;
  members: Member[];
}

export const MemberRemoveResponse: MessageCodec<MemberRemoveResponse> = {
  typeName: 'etcdserverpb.MemberRemoveResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'members', property: 'members', number: 2, kind: 'message', repeated: true, message: () => Member as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MemberRemoveResponse>): MemberRemoveResponse {
    return partial ? { header: undefined, members: [], ...partial } : { header: undefined, members: [] };
  },
  write(w: Writer, m: MemberRemoveResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.members.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Member.write(w, m.members[i]);
      w.close(mark);
    }
  },
  read(r: Reader): MemberRemoveResponse {
    const m = MemberRemoveResponse.create();
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
          m.members.push(Member.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberRemoveResponse): Uint8Array {
    return encodeWith(MemberRemoveResponse.write, message);
  },
  decode(bytes: Uint8Array): MemberRemoveResponse {
    return MemberRemoveResponse.read(new Reader(bytes));
  },
};


export interface MemberUpdateResponse {
  header?: ResponseHeader | undefined;
  members: Member[];
}

export const MemberUpdateResponse: MessageCodec<MemberUpdateResponse> = {
  typeName: 'etcdserverpb.MemberUpdateResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'members', property: 'members', number: 2, kind: 'message', repeated: true, message: () => Member as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MemberUpdateResponse>): MemberUpdateResponse {
    return partial ? { header: undefined, members: [], ...partial } : { header: undefined, members: [] };
  },
  write(w: Writer, m: MemberUpdateResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.members.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Member.write(w, m.members[i]);
      w.close(mark);
    }
  },
  read(r: Reader): MemberUpdateResponse {
    const m = MemberUpdateResponse.create();
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
          m.members.push(Member.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberUpdateResponse): Uint8Array {
    return encodeWith(MemberUpdateResponse.write, message);
  },
  decode(bytes: Uint8Array): MemberUpdateResponse {
    return MemberUpdateResponse.read(new Reader(bytes));
  },
};


export interface MemberListResponse {
  header?: ResponseHeader | undefined;
  members: Member[];
}

export const MemberListResponse: MessageCodec<MemberListResponse> = {
  typeName: 'etcdserverpb.MemberListResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'members', property: 'members', number: 2, kind: 'message', repeated: true, message: () => Member as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MemberListResponse>): MemberListResponse {
    return partial ? { header: undefined, members: [], ...partial } : { header: undefined, members: [] };
  },
  write(w: Writer, m: MemberListResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.members.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Member.write(w, m.members[i]);
      w.close(mark);
    }
  },
  read(r: Reader): MemberListResponse {
    const m = MemberListResponse.create();
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
          m.members.push(Member.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberListResponse): Uint8Array {
    return encodeWith(MemberListResponse.write, message);
  },
  decode(bytes: Uint8Array): MemberListResponse {
    return MemberListResponse.read(new Reader(bytes));
  },
};


export interface MemberPromoteResponse {
  header?: ResponseHeader | undefined;
  members: Member[];
}

export const MemberPromoteResponse: MessageCodec<MemberPromoteResponse> = {
  typeName: 'etcdserverpb.MemberPromoteResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'members', property: 'members', number: 2, kind: 'message', repeated: true, message: () => Member as MessageCodec<unknown> },
  ],
  create(partial?: Partial<MemberPromoteResponse>): MemberPromoteResponse {
    return partial ? { header: undefined, members: [], ...partial } : { header: undefined, members: [] };
  },
  write(w: Writer, m: MemberPromoteResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.members.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Member.write(w, m.members[i]);
      w.close(mark);
    }
  },
  read(r: Reader): MemberPromoteResponse {
    const m = MemberPromoteResponse.create();
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
          m.members.push(Member.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: MemberPromoteResponse): Uint8Array {
    return encodeWith(MemberPromoteResponse.write, message);
  },
  decode(bytes: Uint8Array): MemberPromoteResponse {
    return MemberPromoteResponse.read(new Reader(bytes));
  },
};

export const KVService = {
  range: { service: 'etcdserverpb.KV', name: 'Range', path: '/etcdserverpb.KV/Range', kind: 'unary', request: RangeRequest, response: RangeResponse } satisfies MethodDescriptor<RangeRequest, RangeResponse>,
  rangeStream: { service: 'etcdserverpb.KV', name: 'RangeStream', path: '/etcdserverpb.KV/RangeStream', kind: 'serverStream', request: RangeRequest, response: RangeStreamResponse } satisfies MethodDescriptor<RangeRequest, RangeStreamResponse>,
  put: { service: 'etcdserverpb.KV', name: 'Put', path: '/etcdserverpb.KV/Put', kind: 'unary', request: PutRequest, response: PutResponse } satisfies MethodDescriptor<PutRequest, PutResponse>,
  deleteRange: { service: 'etcdserverpb.KV', name: 'DeleteRange', path: '/etcdserverpb.KV/DeleteRange', kind: 'unary', request: DeleteRangeRequest, response: DeleteRangeResponse } satisfies MethodDescriptor<DeleteRangeRequest, DeleteRangeResponse>,
  txn: { service: 'etcdserverpb.KV', name: 'Txn', path: '/etcdserverpb.KV/Txn', kind: 'unary', request: TxnRequest, response: TxnResponse } satisfies MethodDescriptor<TxnRequest, TxnResponse>,
  compact: { service: 'etcdserverpb.KV', name: 'Compact', path: '/etcdserverpb.KV/Compact', kind: 'unary', request: CompactionRequest, response: CompactionResponse } satisfies MethodDescriptor<CompactionRequest, CompactionResponse>,
} as const;

export const WatchService = {
  watch: { service: 'etcdserverpb.Watch', name: 'Watch', path: '/etcdserverpb.Watch/Watch', kind: 'bidi', request: WatchRequest, response: WatchResponse } satisfies MethodDescriptor<WatchRequest, WatchResponse>,
} as const;

export const LeaseService = {
  leaseGrant: { service: 'etcdserverpb.Lease', name: 'LeaseGrant', path: '/etcdserverpb.Lease/LeaseGrant', kind: 'unary', request: LeaseGrantRequest, response: LeaseGrantResponse } satisfies MethodDescriptor<LeaseGrantRequest, LeaseGrantResponse>,
  leaseRevoke: { service: 'etcdserverpb.Lease', name: 'LeaseRevoke', path: '/etcdserverpb.Lease/LeaseRevoke', kind: 'unary', request: LeaseRevokeRequest, response: LeaseRevokeResponse } satisfies MethodDescriptor<LeaseRevokeRequest, LeaseRevokeResponse>,
  leaseKeepAlive: { service: 'etcdserverpb.Lease', name: 'LeaseKeepAlive', path: '/etcdserverpb.Lease/LeaseKeepAlive', kind: 'bidi', request: LeaseKeepAliveRequest, response: LeaseKeepAliveResponse } satisfies MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse>,
  leaseTimeToLive: { service: 'etcdserverpb.Lease', name: 'LeaseTimeToLive', path: '/etcdserverpb.Lease/LeaseTimeToLive', kind: 'unary', request: LeaseTimeToLiveRequest, response: LeaseTimeToLiveResponse } satisfies MethodDescriptor<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>,
  leaseLeases: { service: 'etcdserverpb.Lease', name: 'LeaseLeases', path: '/etcdserverpb.Lease/LeaseLeases', kind: 'unary', request: LeaseLeasesRequest, response: LeaseLeasesResponse } satisfies MethodDescriptor<LeaseLeasesRequest, LeaseLeasesResponse>,
} as const;

export const ClusterService = {
  memberAdd: { service: 'etcdserverpb.Cluster', name: 'MemberAdd', path: '/etcdserverpb.Cluster/MemberAdd', kind: 'unary', request: MemberAddRequest, response: MemberAddResponse } satisfies MethodDescriptor<MemberAddRequest, MemberAddResponse>,
  memberRemove: { service: 'etcdserverpb.Cluster', name: 'MemberRemove', path: '/etcdserverpb.Cluster/MemberRemove', kind: 'unary', request: MemberRemoveRequest, response: MemberRemoveResponse } satisfies MethodDescriptor<MemberRemoveRequest, MemberRemoveResponse>,
  memberUpdate: { service: 'etcdserverpb.Cluster', name: 'MemberUpdate', path: '/etcdserverpb.Cluster/MemberUpdate', kind: 'unary', request: MemberUpdateRequest, response: MemberUpdateResponse } satisfies MethodDescriptor<MemberUpdateRequest, MemberUpdateResponse>,
  memberList: { service: 'etcdserverpb.Cluster', name: 'MemberList', path: '/etcdserverpb.Cluster/MemberList', kind: 'unary', request: MemberListRequest, response: MemberListResponse } satisfies MethodDescriptor<MemberListRequest, MemberListResponse>,
  memberPromote: { service: 'etcdserverpb.Cluster', name: 'MemberPromote', path: '/etcdserverpb.Cluster/MemberPromote', kind: 'unary', request: MemberPromoteRequest, response: MemberPromoteResponse } satisfies MethodDescriptor<MemberPromoteRequest, MemberPromoteResponse>,
} as const;

export const MaintenanceService = {
  alarm: { service: 'etcdserverpb.Maintenance', name: 'Alarm', path: '/etcdserverpb.Maintenance/Alarm', kind: 'unary', request: AlarmRequest, response: AlarmResponse } satisfies MethodDescriptor<AlarmRequest, AlarmResponse>,
  status: { service: 'etcdserverpb.Maintenance', name: 'Status', path: '/etcdserverpb.Maintenance/Status', kind: 'unary', request: StatusRequest, response: StatusResponse } satisfies MethodDescriptor<StatusRequest, StatusResponse>,
  defragment: { service: 'etcdserverpb.Maintenance', name: 'Defragment', path: '/etcdserverpb.Maintenance/Defragment', kind: 'unary', request: DefragmentRequest, response: DefragmentResponse } satisfies MethodDescriptor<DefragmentRequest, DefragmentResponse>,
  hash: { service: 'etcdserverpb.Maintenance', name: 'Hash', path: '/etcdserverpb.Maintenance/Hash', kind: 'unary', request: HashRequest, response: HashResponse } satisfies MethodDescriptor<HashRequest, HashResponse>,
  hashKV: { service: 'etcdserverpb.Maintenance', name: 'HashKV', path: '/etcdserverpb.Maintenance/HashKV', kind: 'unary', request: HashKVRequest, response: HashKVResponse } satisfies MethodDescriptor<HashKVRequest, HashKVResponse>,
  snapshot: { service: 'etcdserverpb.Maintenance', name: 'Snapshot', path: '/etcdserverpb.Maintenance/Snapshot', kind: 'serverStream', request: SnapshotRequest, response: SnapshotResponse } satisfies MethodDescriptor<SnapshotRequest, SnapshotResponse>,
  moveLeader: { service: 'etcdserverpb.Maintenance', name: 'MoveLeader', path: '/etcdserverpb.Maintenance/MoveLeader', kind: 'unary', request: MoveLeaderRequest, response: MoveLeaderResponse } satisfies MethodDescriptor<MoveLeaderRequest, MoveLeaderResponse>,
  downgrade: { service: 'etcdserverpb.Maintenance', name: 'Downgrade', path: '/etcdserverpb.Maintenance/Downgrade', kind: 'unary', request: DowngradeRequest, response: DowngradeResponse } satisfies MethodDescriptor<DowngradeRequest, DowngradeResponse>,
} as const;

export const AuthService = {
  authEnable: { service: 'etcdserverpb.Auth', name: 'AuthEnable', path: '/etcdserverpb.Auth/AuthEnable', kind: 'unary', request: AuthEnableRequest, response: AuthEnableResponse } satisfies MethodDescriptor<AuthEnableRequest, AuthEnableResponse>,
  authDisable: { service: 'etcdserverpb.Auth', name: 'AuthDisable', path: '/etcdserverpb.Auth/AuthDisable', kind: 'unary', request: AuthDisableRequest, response: AuthDisableResponse } satisfies MethodDescriptor<AuthDisableRequest, AuthDisableResponse>,
  authStatus: { service: 'etcdserverpb.Auth', name: 'AuthStatus', path: '/etcdserverpb.Auth/AuthStatus', kind: 'unary', request: AuthStatusRequest, response: AuthStatusResponse } satisfies MethodDescriptor<AuthStatusRequest, AuthStatusResponse>,
  authenticate: { service: 'etcdserverpb.Auth', name: 'Authenticate', path: '/etcdserverpb.Auth/Authenticate', kind: 'unary', request: AuthenticateRequest, response: AuthenticateResponse } satisfies MethodDescriptor<AuthenticateRequest, AuthenticateResponse>,
  userAdd: { service: 'etcdserverpb.Auth', name: 'UserAdd', path: '/etcdserverpb.Auth/UserAdd', kind: 'unary', request: AuthUserAddRequest, response: AuthUserAddResponse } satisfies MethodDescriptor<AuthUserAddRequest, AuthUserAddResponse>,
  userGet: { service: 'etcdserverpb.Auth', name: 'UserGet', path: '/etcdserverpb.Auth/UserGet', kind: 'unary', request: AuthUserGetRequest, response: AuthUserGetResponse } satisfies MethodDescriptor<AuthUserGetRequest, AuthUserGetResponse>,
  userList: { service: 'etcdserverpb.Auth', name: 'UserList', path: '/etcdserverpb.Auth/UserList', kind: 'unary', request: AuthUserListRequest, response: AuthUserListResponse } satisfies MethodDescriptor<AuthUserListRequest, AuthUserListResponse>,
  userDelete: { service: 'etcdserverpb.Auth', name: 'UserDelete', path: '/etcdserverpb.Auth/UserDelete', kind: 'unary', request: AuthUserDeleteRequest, response: AuthUserDeleteResponse } satisfies MethodDescriptor<AuthUserDeleteRequest, AuthUserDeleteResponse>,
  userChangePassword: { service: 'etcdserverpb.Auth', name: 'UserChangePassword', path: '/etcdserverpb.Auth/UserChangePassword', kind: 'unary', request: AuthUserChangePasswordRequest, response: AuthUserChangePasswordResponse } satisfies MethodDescriptor<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>,
  userGrantRole: { service: 'etcdserverpb.Auth', name: 'UserGrantRole', path: '/etcdserverpb.Auth/UserGrantRole', kind: 'unary', request: AuthUserGrantRoleRequest, response: AuthUserGrantRoleResponse } satisfies MethodDescriptor<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse>,
  userRevokeRole: { service: 'etcdserverpb.Auth', name: 'UserRevokeRole', path: '/etcdserverpb.Auth/UserRevokeRole', kind: 'unary', request: AuthUserRevokeRoleRequest, response: AuthUserRevokeRoleResponse } satisfies MethodDescriptor<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse>,
  roleAdd: { service: 'etcdserverpb.Auth', name: 'RoleAdd', path: '/etcdserverpb.Auth/RoleAdd', kind: 'unary', request: AuthRoleAddRequest, response: AuthRoleAddResponse } satisfies MethodDescriptor<AuthRoleAddRequest, AuthRoleAddResponse>,
  roleGet: { service: 'etcdserverpb.Auth', name: 'RoleGet', path: '/etcdserverpb.Auth/RoleGet', kind: 'unary', request: AuthRoleGetRequest, response: AuthRoleGetResponse } satisfies MethodDescriptor<AuthRoleGetRequest, AuthRoleGetResponse>,
  roleList: { service: 'etcdserverpb.Auth', name: 'RoleList', path: '/etcdserverpb.Auth/RoleList', kind: 'unary', request: AuthRoleListRequest, response: AuthRoleListResponse } satisfies MethodDescriptor<AuthRoleListRequest, AuthRoleListResponse>,
  roleDelete: { service: 'etcdserverpb.Auth', name: 'RoleDelete', path: '/etcdserverpb.Auth/RoleDelete', kind: 'unary', request: AuthRoleDeleteRequest, response: AuthRoleDeleteResponse } satisfies MethodDescriptor<AuthRoleDeleteRequest, AuthRoleDeleteResponse>,
  roleGrantPermission: { service: 'etcdserverpb.Auth', name: 'RoleGrantPermission', path: '/etcdserverpb.Auth/RoleGrantPermission', kind: 'unary', request: AuthRoleGrantPermissionRequest, response: AuthRoleGrantPermissionResponse } satisfies MethodDescriptor<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse>,
  roleRevokePermission: { service: 'etcdserverpb.Auth', name: 'RoleRevokePermission', path: '/etcdserverpb.Auth/RoleRevokePermission', kind: 'unary', request: AuthRoleRevokePermissionRequest, response: AuthRoleRevokePermissionResponse } satisfies MethodDescriptor<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse>,
} as const;
