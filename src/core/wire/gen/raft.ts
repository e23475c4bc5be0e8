// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';

export const EntryType = { EntryNormal: 0, EntryConfChange: 1, EntryConfChangeV2: 2 } as const;

export const MessageType = { MsgHup: 0, MsgBeat: 1, MsgProp: 2, MsgApp: 3, MsgAppResp: 4, MsgVote: 5, MsgVoteResp: 6, MsgSnap: 7, MsgHeartbeat: 8, MsgHeartbeatResp: 9, MsgUnreachable: 10, MsgSnapStatus: 11, MsgCheckQuorum: 12, MsgTransferLeader: 13, MsgTimeoutNow: 14, MsgReadIndex: 15, MsgReadIndexResp: 16, MsgPreVote: 17, MsgPreVoteResp: 18, MsgStorageAppend: 19, MsgStorageAppendResp: 20, MsgStorageApply: 21, MsgStorageApplyResp: 22, MsgForgetLeader: 23 } as const;

export const ConfChangeType = { ConfChangeAddNode: 0, ConfChangeRemoveNode: 1, ConfChangeUpdateNode: 2, ConfChangeAddLearnerNode: 3 } as const;

export const ConfChangeTransition = { ConfChangeTransitionAuto: 0, ConfChangeTransitionJointImplicit: 1, ConfChangeTransitionJointExplicit: 2 } as const;


export interface Entry {
  type: number;
  term: number;
  index: number;
  data: Uint8Array;
}

export const Entry: MessageCodec<Entry> = {
  typeName: 'raftpb.Entry',
  fields: [
    { name: 'type', property: 'type', number: 1, kind: 'enum', repeated: false, enumValues: EntryType },
    { name: 'term', property: 'term', number: 2, kind: 'uint64', repeated: false },
    { name: 'index', property: 'index', number: 3, kind: 'uint64', repeated: false },
    { name: 'data', property: 'data', number: 4, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<Entry>): Entry {
    return partial ? { type: 0, term: 0, index: 0, data: EMPTY, ...partial } : { type: 0, term: 0, index: 0, data: EMPTY };
  },
  write(w: Writer, m: Entry): void {
    w.varint32(8);
    w.int32(m.type);
    w.varint32(16);
    w.int64(m.term);
    w.varint32(24);
    w.int64(m.index);
    if (m.data.length !== 0) {
      w.varint32(34);
      w.bytes(m.data);
    }
  },
  read(r: Reader): Entry {
    const m = Entry.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.type = r.int32();
          break;
        case 16:
          m.term = r.uint64();
          break;
        case 24:
          m.index = r.uint64();
          break;
        case 34:
          m.data = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Entry): Uint8Array {
    return encodeWith(Entry.write, message);
  },
  decode(bytes: Uint8Array): Entry {
    return Entry.read(new Reader(bytes));
  },
};


export interface ConfState {
  voters: bigint[];
  learners: bigint[];
  votersOutgoing: bigint[];
  learnersNext: bigint[];
  autoLeave: boolean;
}

export const ConfState: MessageCodec<ConfState> = {
  typeName: 'raftpb.ConfState',
  fields: [
    { name: 'voters', property: 'voters', number: 1, kind: 'biguint64', repeated: true },
    { name: 'learners', property: 'learners', number: 2, kind: 'biguint64', repeated: true },
    { name: 'voters_outgoing', property: 'votersOutgoing', number: 3, kind: 'biguint64', repeated: true },
    { name: 'learners_next', property: 'learnersNext', number: 4, kind: 'biguint64', repeated: true },
    { name: 'auto_leave', property: 'autoLeave', number: 5, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<ConfState>): ConfState {
    return partial ? { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false, ...partial } : { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  },
  write(w: Writer, m: ConfState): void {
    for (let i = 0; i < m.voters.length; i++) {
      w.varint32(8);
      w.bigint(m.voters[i]);
    }
    for (let i = 0; i < m.learners.length; i++) {
      w.varint32(16);
      w.bigint(m.learners[i]);
    }
    for (let i = 0; i < m.votersOutgoing.length; i++) {
      w.varint32(24);
      w.bigint(m.votersOutgoing[i]);
    }
    for (let i = 0; i < m.learnersNext.length; i++) {
      w.varint32(32);
      w.bigint(m.learnersNext[i]);
    }
    w.varint32(40);
    w.varint32(m.autoLeave ? 1 : 0);
  },
  read(r: Reader): ConfState {
    const m = ConfState.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
        case 10:
          r.repeated(tag, () => { m.voters.push(r.biguint64()); });
          break;
        case 16:
        case 18:
          r.repeated(tag, () => { m.learners.push(r.biguint64()); });
          break;
        case 24:
        case 26:
          r.repeated(tag, () => { m.votersOutgoing.push(r.biguint64()); });
          break;
        case 32:
        case 34:
          r.repeated(tag, () => { m.learnersNext.push(r.biguint64()); });
          break;
        case 40:
          m.autoLeave = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ConfState): Uint8Array {
    return encodeWith(ConfState.write, message);
  },
  decode(bytes: Uint8Array): ConfState {
    return ConfState.read(new Reader(bytes));
  },
};


export interface SnapshotMetadata {
  confState?: ConfState | undefined;
  index: number;
  term: number;
}

export const SnapshotMetadata: MessageCodec<SnapshotMetadata> = {
  typeName: 'raftpb.SnapshotMetadata',
  fields: [
    { name: 'conf_state', property: 'confState', number: 1, kind: 'message', repeated: false, message: () => ConfState as MessageCodec<unknown> },
    { name: 'index', property: 'index', number: 2, kind: 'uint64', repeated: false },
    { name: 'term', property: 'term', number: 3, kind: 'uint64', repeated: false },
  ],
  create(partial?: Partial<SnapshotMetadata>): SnapshotMetadata {
    return partial ? { confState: undefined, index: 0, term: 0, ...partial } : { confState: undefined, index: 0, term: 0 };
  },
  write(w: Writer, m: SnapshotMetadata): void {
    if (m.confState !== undefined) {
      w.varint32(10);
      const mark = w.open();
      ConfState.write(w, m.confState);
      w.close(mark);
    }
    w.varint32(16);
    w.int64(m.index);
    w.varint32(24);
    w.int64(m.term);
  },
  read(r: Reader): SnapshotMetadata {
    const m = SnapshotMetadata.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
        {
          const outer = r.enter();
          m.confState = ConfState.read(r);
          r.leave(outer);
          break;
        }
        case 16:
          m.index = r.uint64();
          break;
        case 24:
          m.term = r.uint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: SnapshotMetadata): Uint8Array {
    return encodeWith(SnapshotMetadata.write, message);
  },
  decode(bytes: Uint8Array): SnapshotMetadata {
    return SnapshotMetadata.read(new Reader(bytes));
  },
};


export interface Snapshot {
  data: Uint8Array;
  metadata?: SnapshotMetadata | undefined;
}

export const Snapshot: MessageCodec<Snapshot> = {
  typeName: 'raftpb.Snapshot',
  fields: [
    { name: 'data', property: 'data', number: 1, kind: 'bytes', repeated: false },
    { name: 'metadata', property: 'metadata', number: 2, kind: 'message', repeated: false, message: () => SnapshotMetadata as MessageCodec<unknown> },
  ],
  create(partial?: Partial<Snapshot>): Snapshot {
    return partial ? { data: EMPTY, metadata: undefined, ...partial } : { data: EMPTY, metadata: undefined };
  },
  write(w: Writer, m: Snapshot): void {
    if (m.data.length !== 0) {
      w.varint32(10);
      w.bytes(m.data);
    }
    if (m.metadata !== undefined) {
      w.varint32(18);
      const mark = w.open();
      SnapshotMetadata.write(w, m.metadata);
      w.close(mark);
    }
  },
  read(r: Reader): Snapshot {
    const m = Snapshot.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.data = r.bytes();
          break;
        case 18:
        {
          const outer = r.enter();
          m.metadata = SnapshotMetadata.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Snapshot): Uint8Array {
    return encodeWith(Snapshot.write, message);
  },
  decode(bytes: Uint8Array): Snapshot {
    return Snapshot.read(new Reader(bytes));
  },
};


export interface HardState {
  term: number;
  vote: bigint;
  commit: number;
}

export const HardState: MessageCodec<HardState> = {
  typeName: 'raftpb.HardState',
  fields: [
    { name: 'term', property: 'term', number: 1, kind: 'uint64', repeated: false },
    { name: 'vote', property: 'vote', number: 2, kind: 'biguint64', repeated: false },
    { name: 'commit', property: 'commit', number: 3, kind: 'uint64', repeated: false },
  ],
  create(partial?: Partial<HardState>): HardState {
    return partial ? { term: 0, vote: 0n, commit: 0, ...partial } : { term: 0, vote: 0n, commit: 0 };
  },
  write(w: Writer, m: HardState): void {
    w.varint32(8);
    w.int64(m.term);
    w.varint32(16);
    w.bigint(m.vote);
    w.varint32(24);
    w.int64(m.commit);
  },
  read(r: Reader): HardState {
    const m = HardState.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.term = r.uint64();
          break;
        case 16:
          m.vote = r.biguint64();
          break;
        case 24:
          m.commit = r.uint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HardState): Uint8Array {
    return encodeWith(HardState.write, message);
  },
  decode(bytes: Uint8Array): HardState {
    return HardState.read(new Reader(bytes));
  },
};


export interface Message {
  type: number;
  to: bigint;
  from: bigint;
  term: number;
  logTerm: number;
  index: number;
  entries: Entry[];
  commit: number;
  snapshot?: Snapshot | undefined;
  reject: boolean;
  rejectHint: number;
  context: Uint8Array;
  vote: bigint;
  responses: Message[];
}

export const Message: MessageCodec<Message> = {
  typeName: 'raftpb.Message',
  fields: [
    { name: 'type', property: 'type', number: 1, kind: 'enum', repeated: false, enumValues: MessageType },
    { name: 'to', property: 'to', number: 2, kind: 'biguint64', repeated: false },
    { name: 'from', property: 'from', number: 3, kind: 'biguint64', repeated: false },
    { name: 'term', property: 'term', number: 4, kind: 'uint64', repeated: false },
    { name: 'logTerm', property: 'logTerm', number: 5, kind: 'uint64', repeated: false },
    { name: 'index', property: 'index', number: 6, kind: 'uint64', repeated: false },
    { name: 'entries', property: 'entries', number: 7, kind: 'message', repeated: true, message: () => Entry as MessageCodec<unknown> },
    { name: 'commit', property: 'commit', number: 8, kind: 'uint64', repeated: false },
    { name: 'snapshot', property: 'snapshot', number: 9, kind: 'message', repeated: false, message: () => Snapshot as MessageCodec<unknown> },
    { name: 'reject', property: 'reject', number: 10, kind: 'bool', repeated: false },
    { name: 'rejectHint', property: 'rejectHint', number: 11, kind: 'uint64', repeated: false },
    { name: 'context', property: 'context', number: 12, kind: 'bytes', repeated: false },
    { name: 'vote', property: 'vote', number: 13, kind: 'biguint64', repeated: false },
    { name: 'responses', property: 'responses', number: 14, kind: 'message', repeated: true, message: () => Message as MessageCodec<unknown> },
  ],
  create(partial?: Partial<Message>): Message {
    return partial ? { type: 0, to: 0n, from: 0n, term: 0, logTerm: 0, index: 0, entries: [], commit: 0, snapshot: undefined, reject: false, rejectHint: 0, context: EMPTY, vote: 0n, responses: [], ...partial } : { type: 0, to: 0n, from: 0n, term: 0, logTerm: 0, index: 0, entries: [], commit: 0, snapshot: undefined, reject: false, rejectHint: 0, context: EMPTY, vote: 0n, responses: [] };
  },
  write(w: Writer, m: Message): void {
    w.varint32(8);
    w.int32(m.type);
    w.varint32(16);
    w.bigint(m.to);
    w.varint32(24);
    w.bigint(m.from);
    w.varint32(32);
    w.int64(m.term);
    w.varint32(40);
    w.int64(m.logTerm);
    w.varint32(48);
    w.int64(m.index);
    for (let i = 0; i < m.entries.length; i++) {
      w.varint32(58);
      const mark = w.open();
      Entry.write(w, m.entries[i]);
      w.close(mark);
    }
    w.varint32(64);
    w.int64(m.commit);
    if (m.snapshot !== undefined) {
      w.varint32(74);
      const mark = w.open();
      Snapshot.write(w, m.snapshot);
      w.close(mark);
    }
    w.varint32(80);
    w.varint32(m.reject ? 1 : 0);
    w.varint32(88);
    w.int64(m.rejectHint);
    if (m.context.length !== 0) {
      w.varint32(98);
      w.bytes(m.context);
    }
    if (m.vote !== 0n) {
      w.varint32(104);
      w.bigint(m.vote);
    }
    for (let i = 0; i < m.responses.length; i++) {
      w.varint32(114);
      const mark = w.open();
      Message.write(w, m.responses[i]);
      w.close(mark);
    }
  },
  read(r: Reader): Message {
    const m = Message.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.type = r.int32();
          break;
        case 16:
          m.to = r.biguint64();
          break;
        case 24:
          m.from = r.biguint64();
          break;
        case 32:
          m.term = r.uint64();
          break;
        case 40:
          m.logTerm = r.uint64();
          break;
        case 48:
          m.index = r.uint64();
          break;
        case 58:
        {
          const outer = r.enter();
          m.entries.push(Entry.read(r));
          r.leave(outer);
          break;
        }
        case 64:
          m.commit = r.uint64();
          break;
        case 74:
        {
          const outer = r.enter();
          m.snapshot = Snapshot.read(r);
          r.leave(outer);
          break;
        }
        case 80:
          m.reject = r.bool();
          break;
        case 88:
          m.rejectHint = r.uint64();
          break;
        case 98:
          m.context = r.bytes();
          break;
        case 104:
          m.vote = r.biguint64();
          break;
        case 114:
        {
          const outer = r.enter();
          m.responses.push(Message.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Message): Uint8Array {
    return encodeWith(Message.write, message);
  },
  decode(bytes: Uint8Array): Message {
    return Message.read(new Reader(bytes));
  },
};


export interface ConfChange {
  id: bigint;
  type: number;
  nodeId: bigint;
  context: Uint8Array;
}

export const ConfChange: MessageCodec<ConfChange> = {
  typeName: 'raftpb.ConfChange',
  fields: [
    { name: 'id', property: 'id', number: 1, kind: 'biguint64', repeated: false },
    { name: 'type', property: 'type', number: 2, kind: 'enum', repeated: false, enumValues: ConfChangeType },
    { name: 'node_id', property: 'nodeId', number: 3, kind: 'biguint64', repeated: false },
    { name: 'context', property: 'context', number: 4, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<ConfChange>): ConfChange {
    return partial ? { id: 0n, type: 0, nodeId: 0n, context: EMPTY, ...partial } : { id: 0n, type: 0, nodeId: 0n, context: EMPTY };
  },
  write(w: Writer, m: ConfChange): void {
    w.varint32(8);
    w.bigint(m.id);
    w.varint32(16);
    w.int32(m.type);
    w.varint32(24);
    w.bigint(m.nodeId);
    if (m.context.length !== 0) {
      w.varint32(34);
      w.bytes(m.context);
    }
  },
  read(r: Reader): ConfChange {
    const m = ConfChange.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.id = r.biguint64();
          break;
        case 16:
          m.type = r.int32();
          break;
        case 24:
          m.nodeId = r.biguint64();
          break;
        case 34:
          m.context = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ConfChange): Uint8Array {
    return encodeWith(ConfChange.write, message);
  },
  decode(bytes: Uint8Array): ConfChange {
    return ConfChange.read(new Reader(bytes));
  },
};


export interface ConfChangeSingle {
  type: number;
  nodeId: bigint;
}

export const ConfChangeSingle: MessageCodec<ConfChangeSingle> = {
  typeName: 'raftpb.ConfChangeSingle',
  fields: [
    { name: 'type', property: 'type', number: 1, kind: 'enum', repeated: false, enumValues: ConfChangeType },
    { name: 'node_id', property: 'nodeId', number: 2, kind: 'biguint64', repeated: false },
  ],
  create(partial?: Partial<ConfChangeSingle>): ConfChangeSingle {
    return partial ? { type: 0, nodeId: 0n, ...partial } : { type: 0, nodeId: 0n };
  },
  write(w: Writer, m: ConfChangeSingle): void {
    w.varint32(8);
    w.int32(m.type);
    w.varint32(16);
    w.bigint(m.nodeId);
  },
  read(r: Reader): ConfChangeSingle {
    const m = ConfChangeSingle.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.type = r.int32();
          break;
        case 16:
          m.nodeId = r.biguint64();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ConfChangeSingle): Uint8Array {
    return encodeWith(ConfChangeSingle.write, message);
  },
  decode(bytes: Uint8Array): ConfChangeSingle {
    return ConfChangeSingle.read(new Reader(bytes));
  },
};


export interface ConfChangeV2 {
  transition: number;
  changes: ConfChangeSingle[];
  context: Uint8Array;
}

export const ConfChangeV2: MessageCodec<ConfChangeV2> = {
  typeName: 'raftpb.ConfChangeV2',
  fields: [
    { name: 'transition', property: 'transition', number: 1, kind: 'enum', repeated: false, enumValues: ConfChangeTransition },
    { name: 'changes', property: 'changes', number: 2, kind: 'message', repeated: true, message: () => ConfChangeSingle as MessageCodec<unknown> },
    { name: 'context', property: 'context', number: 3, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<ConfChangeV2>): ConfChangeV2 {
    return partial ? { transition: 0, changes: [], context: EMPTY, ...partial } : { transition: 0, changes: [], context: EMPTY };
  },
  write(w: Writer, m: ConfChangeV2): void {
    w.varint32(8);
    w.int32(m.transition);
    for (let i = 0; i < m.changes.length; i++) {
      w.varint32(18);
      const mark = w.open();
      ConfChangeSingle.write(w, m.changes[i]);
      w.close(mark);
    }
    if (m.context.length !== 0) {
      w.varint32(26);
      w.bytes(m.context);
    }
  },
  read(r: Reader): ConfChangeV2 {
    const m = ConfChangeV2.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.transition = r.int32();
          break;
        case 18:
        {
          const outer = r.enter();
          m.changes.push(ConfChangeSingle.read(r));
          r.leave(outer);
          break;
        }
        case 26:
          m.context = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ConfChangeV2): Uint8Array {
    return encodeWith(ConfChangeV2.write, message);
  },
  decode(bytes: Uint8Array): ConfChangeV2 {
    return ConfChangeV2.read(new Reader(bytes));
  },
};
