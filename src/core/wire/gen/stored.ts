// Made by scripts/wire.mjs from proto/; do not edit.

import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';
import { ResponseHeader } from './rpc.ts';


export interface StoredRangeResponse {
  header?: ResponseHeader | undefined;
  kvs: Uint8Array[];
  more: boolean;
  count: number;
}

export const StoredRangeResponse: MessageCodec<StoredRangeResponse> = {
  typeName: 'etcdserverpb.RangeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'kvs', property: 'kvs', number: 2, kind: 'bytes', repeated: true },
    { name: 'more', property: 'more', number: 3, kind: 'bool', repeated: false },
    { name: 'count', property: 'count', number: 4, kind: 'int64', repeated: false },
  ],
  create(partial?: Partial<StoredRangeResponse>): StoredRangeResponse {
    return partial ? { header: undefined, kvs: [], more: false, count: 0, ...partial } : { header: undefined, kvs: [], more: false, count: 0 };
  },
  write(w: Writer, m: StoredRangeResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    for (let i = 0; i < m.kvs.length; i++) {
      w.varint32(18);
      w.bytes(m.kvs[i]);
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
  read(r: Reader): StoredRangeResponse {
    const m = StoredRangeResponse.create();
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
          m.kvs.push(r.bytes());
          break;
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
  encode(message: StoredRangeResponse): Uint8Array {
    return encodeWith(StoredRangeResponse.write, message);
  },
  decode(bytes: Uint8Array): StoredRangeResponse {
    return StoredRangeResponse.read(new Reader(bytes));
  },
};


export interface StoredPutResponse {
  header?: ResponseHeader | undefined;
  prevKv?: Uint8Array | undefined;
}

export const StoredPutResponse: MessageCodec<StoredPutResponse> = {
  typeName: 'etcdserverpb.PutResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'prev_kv', property: 'prevKv', number: 2, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<StoredPutResponse>): StoredPutResponse {
    return partial ? { header: undefined, prevKv: undefined, ...partial } : { header: undefined, prevKv: undefined };
  },
  write(w: Writer, m: StoredPutResponse): void {
    if (m.header !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ResponseHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.prevKv !== undefined) {
      w.varint32(18);
      w.bytes(m.prevKv);
    }
  },
  read(r: Reader): StoredPutResponse {
    const m = StoredPutResponse.create();
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
          m.prevKv = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StoredPutResponse): Uint8Array {
    return encodeWith(StoredPutResponse.write, message);
  },
  decode(bytes: Uint8Array): StoredPutResponse {
    return StoredPutResponse.read(new Reader(bytes));
  },
};


export interface StoredDeleteRangeResponse {
  header?: ResponseHeader | undefined;
  deleted: number;
  prevKvs: Uint8Array[];
}

export const StoredDeleteRangeResponse: MessageCodec<StoredDeleteRangeResponse> = {
  typeName: 'etcdserverpb.DeleteRangeResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'deleted', property: 'deleted', number: 2, kind: 'int64', repeated: false },
    { name: 'prev_kvs', property: 'prevKvs', number: 3, kind: 'bytes', repeated: true },
  ],
  create(partial?: Partial<StoredDeleteRangeResponse>): StoredDeleteRangeResponse {
    return partial ? { header: undefined, deleted: 0, prevKvs: [], ...partial } : { header: undefined, deleted: 0, prevKvs: [] };
  },
  write(w: Writer, m: StoredDeleteRangeResponse): void {
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
      w.bytes(m.prevKvs[i]);
    }
  },
  read(r: Reader): StoredDeleteRangeResponse {
    const m = StoredDeleteRangeResponse.create();
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
          m.prevKvs.push(r.bytes());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StoredDeleteRangeResponse): Uint8Array {
    return encodeWith(StoredDeleteRangeResponse.write, message);
  },
  decode(bytes: Uint8Array): StoredDeleteRangeResponse {
    return StoredDeleteRangeResponse.read(new Reader(bytes));
  },
};


export interface StoredResponseOp {
  responseRange?: StoredRangeResponse | undefined;
  responsePut?: StoredPutResponse | undefined;
  responseDeleteRange?: StoredDeleteRangeResponse | undefined;
  responseTxn?: StoredTxnResponse | undefined;
}

export const StoredResponseOp: MessageCodec<StoredResponseOp> = {
  typeName: 'etcdserverpb.ResponseOp',
  fields: [
    { name: 'response_range', property: 'responseRange', number: 1, kind: 'message', repeated: false, oneof: 'response', message: () => StoredRangeResponse as MessageCodec<unknown> },
    { name: 'response_put', property: 'responsePut', number: 2, kind: 'message', repeated: false, oneof: 'response', message: () => StoredPutResponse as MessageCodec<unknown> },
    { name: 'response_delete_range', property: 'responseDeleteRange', number: 3, kind: 'message', repeated: false, oneof: 'response', message: () => StoredDeleteRangeResponse as MessageCodec<unknown> },
    { name: 'response_txn', property: 'responseTxn', number: 4, kind: 'message', repeated: false, oneof: 'response', message: () => StoredTxnResponse as MessageCodec<unknown> },
  ],
  create(partial?: Partial<StoredResponseOp>): StoredResponseOp {
    return partial ? { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined, ...partial } : { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined };
  },
  write(w: Writer, m: StoredResponseOp): void {
    if (m.responseRange !== undefined) {
      w.varint32(10);
      const mark = w.open();
      StoredRangeResponse.write(w, m.responseRange);
      w.close(mark);
    }
    if (m.responsePut !== undefined) {
      w.varint32(18);
      const mark = w.open();
      StoredPutResponse.write(w, m.responsePut);
      w.close(mark);
    }
    if (m.responseDeleteRange !== undefined) {
      w.varint32(26);
      const mark = w.open();
      StoredDeleteRangeResponse.write(w, m.responseDeleteRange);
      w.close(mark);
    }
    if (m.responseTxn !== undefined) {
      w.varint32(34);
      const mark = w.open();
      StoredTxnResponse.write(w, m.responseTxn);
      w.close(mark);
    }
  },
  read(r: Reader): StoredResponseOp {
    const m = StoredResponseOp.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.responseRange = StoredRangeResponse.read(r);
          r.leave(outer);
          break;
        }
        case 18:
        {
          const outer = r.enter();
          m.responsePut = StoredPutResponse.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.responseDeleteRange = StoredDeleteRangeResponse.read(r);
          r.leave(outer);
          break;
        }
        case 34:
        {
          const outer = r.enter();
          m.responseTxn = StoredTxnResponse.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StoredResponseOp): Uint8Array {
    return encodeWith(StoredResponseOp.write, message);
  },
  decode(bytes: Uint8Array): StoredResponseOp {
    return StoredResponseOp.read(new Reader(bytes));
  },
};


export interface StoredTxnResponse {
  header?: ResponseHeader | undefined;
  succeeded: boolean;
  responses: StoredResponseOp[];
}

export const StoredTxnResponse: MessageCodec<StoredTxnResponse> = {
  typeName: 'etcdserverpb.TxnResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'succeeded', property: 'succeeded', number: 2, kind: 'bool', repeated: false },
    { name: 'responses', property: 'responses', number: 3, kind: 'message', repeated: true, message: () => StoredResponseOp as MessageCodec<unknown> },
  ],
  create(partial?: Partial<StoredTxnResponse>): StoredTxnResponse {
    return partial ? { header: undefined, succeeded: false, responses: [], ...partial } : { header: undefined, succeeded: false, responses: [] };
  },
  write(w: Writer, m: StoredTxnResponse): void {
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
      StoredResponseOp.write(w, m.responses[i]);
      w.close(mark);
    }
  },
  read(r: Reader): StoredTxnResponse {
    const m = StoredTxnResponse.create();
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
          m.responses.push(StoredResponseOp.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StoredTxnResponse): Uint8Array {
    return encodeWith(StoredTxnResponse.write, message);
  },
  decode(bytes: Uint8Array): StoredTxnResponse {
    return StoredTxnResponse.read(new Reader(bytes));
  },
};


export interface StoredWatchResponse {
  header?: ResponseHeader | undefined;
  watchId: bigint;
  created: boolean;
  canceled: boolean;
  compactRevision: number;
  cancelReason: string;
  fragment: boolean;
  events: Uint8Array[];
}

export const StoredWatchResponse: MessageCodec<StoredWatchResponse> = {
  typeName: 'etcdserverpb.WatchResponse',
  fields: [
    { name: 'header', property: 'header', number: 1, kind: 'message', repeated: false, message: () => ResponseHeader as MessageCodec<unknown> },
    { name: 'watch_id', property: 'watchId', number: 2, kind: 'bigint64', repeated: false },
    { name: 'created', property: 'created', number: 3, kind: 'bool', repeated: false },
    { name: 'canceled', property: 'canceled', number: 4, kind: 'bool', repeated: false },
    { name: 'compact_revision', property: 'compactRevision', number: 5, kind: 'int64', repeated: false },
    { name: 'cancel_reason', property: 'cancelReason', number: 6, kind: 'string', repeated: false },
    { name: 'fragment', property: 'fragment', number: 7, kind: 'bool', repeated: false },
    { name: 'events', property: 'events', number: 11, kind: 'bytes', repeated: true },
  ],
  create(partial?: Partial<StoredWatchResponse>): StoredWatchResponse {
    return partial ? { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [], ...partial } : { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [] };
  },
  write(w: Writer, m: StoredWatchResponse): void {
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
      w.bytes(m.events[i]);
    }
  },
  read(r: Reader): StoredWatchResponse {
    const m = StoredWatchResponse.create();
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
          m.events.push(r.bytes());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: StoredWatchResponse): Uint8Array {
    return encodeWith(StoredWatchResponse.write, message);
  },
  decode(bytes: Uint8Array): StoredWatchResponse {
    return StoredWatchResponse.read(new Reader(bytes));
  },
};
