// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';

export const EventType = { PUT: 0, DELETE: 1 } as const;


export interface KeyValue {
  key: Uint8Array;
  createRevision: number;
  modRevision: number;
  version: number;
  value: Uint8Array;
  lease: bigint;
}

export const KeyValue: MessageCodec<KeyValue> = {
  typeName: 'mvccpb.KeyValue',
  fields: [
    { name: 'key', property: 'key', number: 1, kind: 'bytes', repeated: false },
    { name: 'create_revision', property: 'createRevision', number: 2, kind: 'int64', repeated: false },
    { name: 'mod_revision', property: 'modRevision', number: 3, kind: 'int64', repeated: false },
    { name: 'version', property: 'version', number: 4, kind: 'int64', repeated: false },
    { name: 'value', property: 'value', number: 5, kind: 'bytes', repeated: false },
    { name: 'lease', property: 'lease', number: 6, kind: 'bigint64', repeated: false },
  ],
  create(partial?: Partial<KeyValue>): KeyValue {
    return partial ? { key: EMPTY, createRevision: 0, modRevision: 0, version: 0, value: EMPTY, lease: 0n, ...partial } : { key: EMPTY, createRevision: 0, modRevision: 0, version: 0, value: EMPTY, lease: 0n };
  },
  write(w: Writer, m: KeyValue): void {
    if (m.key.length !== 0) {
      w.varint32(10);
      w.bytes(m.key);
    }
    if (m.createRevision !== 0) {
      w.varint32(16);
      w.int64(m.createRevision);
    }
    if (m.modRevision !== 0) {
      w.varint32(24);
      w.int64(m.modRevision);
    }
    if (m.version !== 0) {
      w.varint32(32);
      w.int64(m.version);
    }
    if (m.value.length !== 0) {
      w.varint32(42);
      w.bytes(m.value);
    }
    if (m.lease !== 0n) {
      w.varint32(48);
      w.bigint(m.lease);
    }
  },
  read(r: Reader): KeyValue {
    const m = KeyValue.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.key = r.bytes();
          break;
        case 16:
          m.createRevision = r.int64();
          break;
        case 24:
          m.modRevision = r.int64();
          break;
        case 32:
          m.version = r.int64();
          break;
        case 42:
          m.value = r.bytes();
          break;
        case 48:
          m.lease = r.bigint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: KeyValue): Uint8Array {
    return encodeWith(KeyValue.write, message);
  },
  decode(bytes: Uint8Array): KeyValue {
    return KeyValue.read(new Reader(bytes));
  },
};


export interface Event {
  type: number;
  kv?: KeyValue | undefined;
  prevKv?: KeyValue | undefined;
}

export const Event: MessageCodec<Event> = {
  typeName: 'mvccpb.Event',
  fields: [
    { name: 'type', property: 'type', number: 1, kind: 'enum', repeated: false, enumValues: EventType },
    { name: 'kv', property: 'kv', number: 2, kind: 'message', repeated: false, message: () => KeyValue as MessageCodec<unknown> },
    { name: 'prev_kv', property: 'prevKv', number: 3, kind: 'message', repeated: false, message: () => KeyValue as MessageCodec<unknown> },
  ],
  create(partial?: Partial<Event>): Event {
    return partial ? { type: 0, kv: undefined, prevKv: undefined, ...partial } : { type: 0, kv: undefined, prevKv: undefined };
  },
  write(w: Writer, m: Event): void {
    if (m.type !== 0) {
      w.varint32(8);
      w.int32(m.type);
    }
    if (m.kv !== undefined) {
      w.varint32(18);
      const mark = w.open();
      KeyValue.write(w, m.kv);
      w.close(mark);
    }
    if (m.prevKv !== undefined) {
      w.varint32(26);
      const mark = w.open();
      KeyValue.write(w, m.prevKv);
      w.close(mark);
    }
  },
  read(r: Reader): Event {
    const m = Event.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.type = r.int32();
          break;
        case 18:
        {
          const outer = r.enter();
          m.kv = KeyValue.read(r);
          r.leave(outer);
          break;
        }
        case 26:
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
  encode(message: Event): Uint8Array {
    return encodeWith(Event.write, message);
  },
  decode(bytes: Uint8Array): Event {
    return Event.read(new Reader(bytes));
  },
};
