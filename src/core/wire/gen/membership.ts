// Made by scripts/wire.mjs from proto/; do not edit.

import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';


export interface RaftAttributes {
  peerUrls: string[];
  isLearner: boolean;
}

export const RaftAttributes: MessageCodec<RaftAttributes> = {
  typeName: 'membershippb.RaftAttributes',
  fields: [
    { name: 'peer_urls', property: 'peerUrls', number: 1, kind: 'string', repeated: true },
    { name: 'is_learner', property: 'isLearner', number: 2, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<RaftAttributes>): RaftAttributes {
    return partial ? { peerUrls: [], isLearner: false, ...partial } : { peerUrls: [], isLearner: false };
  },
  write(w: Writer, m: RaftAttributes): void {
    for (let i = 0; i < m.peerUrls.length; i++) {
      w.varint32(10);
      w.string(m.peerUrls[i]);
    }
    if (m.isLearner) {
      w.varint32(16);
      w.varint32(m.isLearner ? 1 : 0);
    }
  },
  read(r: Reader): RaftAttributes {
    const m = RaftAttributes.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.peerUrls.push(r.string());
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
  encode(message: RaftAttributes): Uint8Array {
    return encodeWith(RaftAttributes.write, message);
  },
  decode(bytes: Uint8Array): RaftAttributes {
    return RaftAttributes.read(new Reader(bytes));
  },
};


export interface Attributes {
  name: string;
  clientUrls: string[];
}

export const Attributes: MessageCodec<Attributes> = {
  typeName: 'membershippb.Attributes',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'client_urls', property: 'clientUrls', number: 2, kind: 'string', repeated: true },
  ],
  create(partial?: Partial<Attributes>): Attributes {
    return partial ? { name: '', clientUrls: [], ...partial } : { name: '', clientUrls: [] };
  },
  write(w: Writer, m: Attributes): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    for (let i = 0; i < m.clientUrls.length; i++) {
      w.varint32(18);
      w.string(m.clientUrls[i]);
    }
  },
  read(r: Reader): Attributes {
    const m = Attributes.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.clientUrls.push(r.string());
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Attributes): Uint8Array {
    return encodeWith(Attributes.write, message);
  },
  decode(bytes: Uint8Array): Attributes {
    return Attributes.read(new Reader(bytes));
  },
};


export interface Member {
  ID: bigint;
  raftAttributes?: RaftAttributes | undefined;
  memberAttributes?: Attributes | undefined;
}

export const Member: MessageCodec<Member> = {
  typeName: 'membershippb.Member',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'raft_attributes', property: 'raftAttributes', number: 2, kind: 'message', repeated: false, message: () => RaftAttributes as MessageCodec<unknown> },
    { name: 'member_attributes', property: 'memberAttributes', number: 3, kind: 'message', repeated: false, message: () => Attributes as MessageCodec<unknown> },
  ],
  create(partial?: Partial<Member>): Member {
    return partial ? { ID: 0n, raftAttributes: undefined, memberAttributes: undefined, ...partial } : { ID: 0n, raftAttributes: undefined, memberAttributes: undefined };
  },
  write(w: Writer, m: Member): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.raftAttributes !== undefined) {
      w.varint32(18);
      const mark = w.open();
      RaftAttributes.write(w, m.raftAttributes);
      w.close(mark);
    }
    if (m.memberAttributes !== undefined) {
      w.varint32(26);
      const mark = w.open();
      Attributes.write(w, m.memberAttributes);
      w.close(mark);
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
        {
          const outer = r.enter();
          m.raftAttributes = RaftAttributes.read(r);
          r.leave(outer);
          break;
        }
        case 26:
        {
          const outer = r.enter();
          m.memberAttributes = Attributes.read(r);
          r.leave(outer);
          break;
        }
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


export interface ClusterVersionSetRequest {
  ver: string;
}

export const ClusterVersionSetRequest: MessageCodec<ClusterVersionSetRequest> = {
  typeName: 'membershippb.ClusterVersionSetRequest',
  fields: [
    { name: 'ver', property: 'ver', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<ClusterVersionSetRequest>): ClusterVersionSetRequest {
    return partial ? { ver: '', ...partial } : { ver: '' };
  },
  write(w: Writer, m: ClusterVersionSetRequest): void {
    if (m.ver.length !== 0) {
      w.varint32(10);
      w.string(m.ver);
    }
  },
  read(r: Reader): ClusterVersionSetRequest {
    const m = ClusterVersionSetRequest.create();
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
  encode(message: ClusterVersionSetRequest): Uint8Array {
    return encodeWith(ClusterVersionSetRequest.write, message);
  },
  decode(bytes: Uint8Array): ClusterVersionSetRequest {
    return ClusterVersionSetRequest.read(new Reader(bytes));
  },
};


export interface ClusterMemberAttrSetRequest {
  memberID: bigint;
  memberAttributes?: Attributes | undefined;
}

export const ClusterMemberAttrSetRequest: MessageCodec<ClusterMemberAttrSetRequest> = {
  typeName: 'membershippb.ClusterMemberAttrSetRequest',
  fields: [
    { name: 'member_ID', property: 'memberID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'member_attributes', property: 'memberAttributes', number: 2, kind: 'message', repeated: false, message: () => Attributes as MessageCodec<unknown> },
  ],
  create(partial?: Partial<ClusterMemberAttrSetRequest>): ClusterMemberAttrSetRequest {
    return partial ? { memberID: 0n, memberAttributes: undefined, ...partial } : { memberID: 0n, memberAttributes: undefined };
  },
  write(w: Writer, m: ClusterMemberAttrSetRequest): void {
    if (m.memberID !== 0n) {
      w.varint32(8);
      w.bigint(m.memberID);
    }
    if (m.memberAttributes !== undefined) {
      w.varint32(18);
      const mark = w.open();
      Attributes.write(w, m.memberAttributes);
      w.close(mark);
    }
  },
  read(r: Reader): ClusterMemberAttrSetRequest {
    const m = ClusterMemberAttrSetRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.memberID = r.biguint64();
          break;
        case 18:
        {
          const outer = r.enter();
          m.memberAttributes = Attributes.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: ClusterMemberAttrSetRequest): Uint8Array {
    return encodeWith(ClusterMemberAttrSetRequest.write, message);
  },
  decode(bytes: Uint8Array): ClusterMemberAttrSetRequest {
    return ClusterMemberAttrSetRequest.read(new Reader(bytes));
  },
};


export interface DowngradeInfoSetRequest {
  enabled: boolean;
  ver: string;
}

export const DowngradeInfoSetRequest: MessageCodec<DowngradeInfoSetRequest> = {
  typeName: 'membershippb.DowngradeInfoSetRequest',
  fields: [
    { name: 'enabled', property: 'enabled', number: 1, kind: 'bool', repeated: false },
    { name: 'ver', property: 'ver', number: 2, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<DowngradeInfoSetRequest>): DowngradeInfoSetRequest {
    return partial ? { enabled: false, ver: '', ...partial } : { enabled: false, ver: '' };
  },
  write(w: Writer, m: DowngradeInfoSetRequest): void {
    if (m.enabled) {
      w.varint32(8);
      w.varint32(m.enabled ? 1 : 0);
    }
    if (m.ver.length !== 0) {
      w.varint32(18);
      w.string(m.ver);
    }
  },
  read(r: Reader): DowngradeInfoSetRequest {
    const m = DowngradeInfoSetRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.enabled = r.bool();
          break;
        case 18:
          m.ver = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: DowngradeInfoSetRequest): Uint8Array {
    return encodeWith(DowngradeInfoSetRequest.write, message);
  },
  decode(bytes: Uint8Array): DowngradeInfoSetRequest {
    return DowngradeInfoSetRequest.read(new Reader(bytes));
  },
};
