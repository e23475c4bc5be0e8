// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';
import { ConfState } from './raft.ts';


export interface Record {
  type: number;
  crc: number;
  data: Uint8Array;
}

export const Record: MessageCodec<Record> = {
  typeName: 'walpb.Record',
  fields: [
    { name: 'type', property: 'type', number: 1, kind: 'int64', repeated: false },
    { name: 'crc', property: 'crc', number: 2, kind: 'uint32', repeated: false },
    { name: 'data', property: 'data', number: 3, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<Record>): Record {
    return partial ? { type: 0, crc: 0, data: EMPTY, ...partial } : { type: 0, crc: 0, data: EMPTY };
  },
  write(w: Writer, m: Record): void {
    w.varint32(8);
    w.int64(m.type);
    w.varint32(16);
    w.varint32(m.crc);
    if (m.data.length !== 0) {
      w.varint32(26);
      w.bytes(m.data);
    }
  },
  read(r: Reader): Record {
    const m = Record.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.type = r.int64();
          break;
        case 16:
          m.crc = r.varint32();
          break;
        case 26:
          m.data = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Record): Uint8Array {
    return encodeWith(Record.write, message);
  },
  decode(bytes: Uint8Array): Record {
    return Record.read(new Reader(bytes));
  },
};


export interface WalSnapshot {
  index: number;
  term: number;
  confState?: ConfState | undefined;
}

export const WalSnapshot: MessageCodec<WalSnapshot> = {
  typeName: 'walpb.WalSnapshot',
  fields: [
    { name: 'index', property: 'index', number: 1, kind: 'uint64', repeated: false },
    { name: 'term', property: 'term', number: 2, kind: 'uint64', repeated: false },
    { name: 'conf_state', property: 'confState', number: 3, kind: 'message', repeated: false, message: () => ConfState as MessageCodec<unknown> },
  ],
  create(partial?: Partial<WalSnapshot>): WalSnapshot {
    return partial ? { index: 0, term: 0, confState: undefined, ...partial } : { index: 0, term: 0, confState: undefined };
  },
  write(w: Writer, m: WalSnapshot): void {
    w.varint32(8);
    w.int64(m.index);
    w.varint32(16);
    w.int64(m.term);
    if (m.confState !== undefined) {
      w.varint32(26);
      const mark = w.open();
      ConfState.write(w, m.confState);
      w.close(mark);
    }
  },
  read(r: Reader): WalSnapshot {
    const m = WalSnapshot.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.index = r.uint64();
          break;
        case 16:
          m.term = r.uint64();
          break;
        case 26:
        {
          const outer = r.enter();
          m.confState = ConfState.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: WalSnapshot): Uint8Array {
    return encodeWith(WalSnapshot.write, message);
  },
  decode(bytes: Uint8Array): WalSnapshot {
    return WalSnapshot.read(new Reader(bytes));
  },
};


export interface Metadata {
  NodeID: bigint;
  ClusterID: bigint;
}

export const Metadata: MessageCodec<Metadata> = {
  typeName: 'walpb.Metadata',
  fields: [
    { name: 'NodeID', property: 'NodeID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'ClusterID', property: 'ClusterID', number: 2, kind: 'biguint64', repeated: false },
  ],
  create(partial?: Partial<Metadata>): Metadata {
    return partial ? { NodeID: 0n, ClusterID: 0n, ...partial } : { NodeID: 0n, ClusterID: 0n };
  },
  write(w: Writer, m: Metadata): void {
    w.varint32(8);
    w.bigint(m.NodeID);
    w.varint32(16);
    w.bigint(m.ClusterID);
  },
  read(r: Reader): Metadata {
    const m = Metadata.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.NodeID = r.biguint64();
          break;
        case 16:
          m.ClusterID = r.biguint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Metadata): Uint8Array {
    return encodeWith(Metadata.write, message);
  },
  decode(bytes: Uint8Array): Metadata {
    return Metadata.read(new Reader(bytes));
  },
};


export interface SnapFile {
  crc: number;
  data: Uint8Array;
}

export const SnapFile: MessageCodec<SnapFile> = {
  typeName: 'walpb.SnapFile',
  fields: [
    { name: 'crc', property: 'crc', number: 1, kind: 'uint32', repeated: false },
    { name: 'data', property: 'data', number: 2, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<SnapFile>): SnapFile {
    return partial ? { crc: 0, data: EMPTY, ...partial } : { crc: 0, data: EMPTY };
  },
  write(w: Writer, m: SnapFile): void {
    w.varint32(8);
    w.varint32(m.crc);
    if (m.data.length !== 0) {
      w.varint32(18);
      w.bytes(m.data);
    }
  },
  read(r: Reader): SnapFile {
    const m = SnapFile.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.crc = r.varint32();
          break;
        case 18:
          m.data = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: SnapFile): Uint8Array {
    return encodeWith(SnapFile.write, message);
  },
  decode(bytes: Uint8Array): SnapFile {
    return SnapFile.read(new Reader(bytes));
  },
};
