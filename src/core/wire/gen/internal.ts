// Made by scripts/wire.mjs from proto/; do not edit.

import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';
import { ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest } from './membership.ts';
import { AlarmRequest, AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleRevokePermissionRequest, AuthStatusRequest, AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserListRequest, AuthUserRevokeRoleRequest, CompactionRequest, DeleteRangeRequest, DowngradeVersionTestRequest, LeaseCheckpointRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, TxnRequest } from './rpc.ts';


export interface RequestHeader {
  ID: bigint;
  username: string;
  authRevision: number;
}

export const RequestHeader: MessageCodec<RequestHeader> = {
  typeName: 'etcdserverpb.RequestHeader',
  fields: [
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'username', property: 'username', number: 2, kind: 'string', repeated: false },
    { name: 'auth_revision', property: 'authRevision', number: 3, kind: 'uint64', repeated: false },
  ],
  create(partial?: Partial<RequestHeader>): RequestHeader {
    return partial ? { ID: 0n, username: '', authRevision: 0, ...partial } : { ID: 0n, username: '', authRevision: 0 };
  },
  write(w: Writer, m: RequestHeader): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.username.length !== 0) {
      w.varint32(18);
      w.string(m.username);
    }
    if (m.authRevision !== 0) {
      w.varint32(24);
      w.int64(m.authRevision);
    }
  },
  read(r: Reader): RequestHeader {
    const m = RequestHeader.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        case 18:
          m.username = r.string();
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
  encode(message: RequestHeader): Uint8Array {
    return encodeWith(RequestHeader.write, message);
  },
  decode(bytes: Uint8Array): RequestHeader {
    return RequestHeader.read(new Reader(bytes));
  },
};


export interface InternalRaftRequest {
  header?: RequestHeader | undefined;
  ID: bigint;
  range?: RangeRequest | undefined;
  put?: PutRequest | undefined;
  deleteRange?: DeleteRangeRequest | undefined;
  txn?: TxnRequest | undefined;
  compaction?: CompactionRequest | undefined;
  leaseGrant?: LeaseGrantRequest | undefined;
  leaseRevoke?: LeaseRevokeRequest | undefined;
  alarm?: AlarmRequest | undefined;
  leaseCheckpoint?: LeaseCheckpointRequest | undefined;
  authEnable?: AuthEnableRequest | undefined;
  authDisable?: AuthDisableRequest | undefined;
  authStatus?: AuthStatusRequest | undefined;
  authenticate?: InternalAuthenticateRequest | undefined;
  authUserAdd?: AuthUserAddRequest | undefined;
  authUserDelete?: AuthUserDeleteRequest | undefined;
  authUserGet?: AuthUserGetRequest | undefined;
  authUserChangePassword?: AuthUserChangePasswordRequest | undefined;
  authUserGrantRole?: AuthUserGrantRoleRequest | undefined;
  authUserRevokeRole?: AuthUserRevokeRoleRequest | undefined;
  authUserList?: AuthUserListRequest | undefined;
  authRoleList?: AuthRoleListRequest | undefined;
  authRoleAdd?: AuthRoleAddRequest | undefined;
  authRoleDelete?: AuthRoleDeleteRequest | undefined;
  authRoleGet?: AuthRoleGetRequest | undefined;
  authRoleGrantPermission?: AuthRoleGrantPermissionRequest | undefined;
  authRoleRevokePermission?: AuthRoleRevokePermissionRequest | undefined;
  clusterVersionSet?: ClusterVersionSetRequest | undefined;
  clusterMemberAttrSet?: ClusterMemberAttrSetRequest | undefined;
  downgradeInfoSet?: DowngradeInfoSetRequest | undefined;
  downgradeVersionTest?: DowngradeVersionTestRequest | undefined;
}

export const InternalRaftRequest: MessageCodec<InternalRaftRequest> = {
  typeName: 'etcdserverpb.InternalRaftRequest',
  fields: [
    { name: 'header', property: 'header', number: 100, kind: 'message', repeated: false, message: () => RequestHeader as MessageCodec<unknown> },
    { name: 'ID', property: 'ID', number: 1, kind: 'biguint64', repeated: false },
    { name: 'range', property: 'range', number: 3, kind: 'message', repeated: false, message: () => RangeRequest as MessageCodec<unknown> },
    { name: 'put', property: 'put', number: 4, kind: 'message', repeated: false, message: () => PutRequest as MessageCodec<unknown> },
    { name: 'delete_range', property: 'deleteRange', number: 5, kind: 'message', repeated: false, message: () => DeleteRangeRequest as MessageCodec<unknown> },
    { name: 'txn', property: 'txn', number: 6, kind: 'message', repeated: false, message: () => TxnRequest as MessageCodec<unknown> },
    { name: 'compaction', property: 'compaction', number: 7, kind: 'message', repeated: false, message: () => CompactionRequest as MessageCodec<unknown> },
    { name: 'lease_grant', property: 'leaseGrant', number: 8, kind: 'message', repeated: false, message: () => LeaseGrantRequest as MessageCodec<unknown> },
    { name: 'lease_revoke', property: 'leaseRevoke', number: 9, kind: 'message', repeated: false, message: () => LeaseRevokeRequest as MessageCodec<unknown> },
    { name: 'alarm', property: 'alarm', number: 10, kind: 'message', repeated: false, message: () => AlarmRequest as MessageCodec<unknown> },
    { name: 'lease_checkpoint', property: 'leaseCheckpoint', number: 11, kind: 'message', repeated: false, message: () => LeaseCheckpointRequest as MessageCodec<unknown> },
    { name: 'auth_enable', property: 'authEnable', number: 1000, kind: 'message', repeated: false, message: () => AuthEnableRequest as MessageCodec<unknown> },
    { name: 'auth_disable', property: 'authDisable', number: 1011, kind: 'message', repeated: false, message: () => AuthDisableRequest as MessageCodec<unknown> },
    { name: 'auth_status', property: 'authStatus', number: 1013, kind: 'message', repeated: false, message: () => AuthStatusRequest as MessageCodec<unknown> },
    { name: 'authenticate', property: 'authenticate', number: 1012, kind: 'message', repeated: false, message: () => InternalAuthenticateRequest as MessageCodec<unknown> },
    { name: 'auth_user_add', property: 'authUserAdd', number: 1100, kind: 'message', repeated: false, message: () => AuthUserAddRequest as MessageCodec<unknown> },
    { name: 'auth_user_delete', property: 'authUserDelete', number: 1101, kind: 'message', repeated: false, message: () => AuthUserDeleteRequest as MessageCodec<unknown> },
    { name: 'auth_user_get', property: 'authUserGet', number: 1102, kind: 'message', repeated: false, message: () => AuthUserGetRequest as MessageCodec<unknown> },
    { name: 'auth_user_change_password', property: 'authUserChangePassword', number: 1103, kind: 'message', repeated: false, message: () => AuthUserChangePasswordRequest as MessageCodec<unknown> },
    { name: 'auth_user_grant_role', property: 'authUserGrantRole', number: 1104, kind: 'message', repeated: false, message: () => AuthUserGrantRoleRequest as MessageCodec<unknown> },
    { name: 'auth_user_revoke_role', property: 'authUserRevokeRole', number: 1105, kind: 'message', repeated: false, message: () => AuthUserRevokeRoleRequest as MessageCodec<unknown> },
    { name: 'auth_user_list', property: 'authUserList', number: 1106, kind: 'message', repeated: false, message: () => AuthUserListRequest as MessageCodec<unknown> },
    { name: 'auth_role_list', property: 'authRoleList', number: 1107, kind: 'message', repeated: false, message: () => AuthRoleListRequest as MessageCodec<unknown> },
    { name: 'auth_role_add', property: 'authRoleAdd', number: 1200, kind: 'message', repeated: false, message: () => AuthRoleAddRequest as MessageCodec<unknown> },
    { name: 'auth_role_delete', property: 'authRoleDelete', number: 1201, kind: 'message', repeated: false, message: () => AuthRoleDeleteRequest as MessageCodec<unknown> },
    { name: 'auth_role_get', property: 'authRoleGet', number: 1202, kind: 'message', repeated: false, message: () => AuthRoleGetRequest as MessageCodec<unknown> },
    { name: 'auth_role_grant_permission', property: 'authRoleGrantPermission', number: 1203, kind: 'message', repeated: false, message: () => AuthRoleGrantPermissionRequest as MessageCodec<unknown> },
    { name: 'auth_role_revoke_permission', property: 'authRoleRevokePermission', number: 1204, kind: 'message', repeated: false, message: () => AuthRoleRevokePermissionRequest as MessageCodec<unknown> },
    { name: 'cluster_version_set', property: 'clusterVersionSet', number: 1300, kind: 'message', repeated: false, message: () => ClusterVersionSetRequest as MessageCodec<unknown> },
    { name: 'cluster_member_attr_set', property: 'clusterMemberAttrSet', number: 1301, kind: 'message', repeated: false, message: () => ClusterMemberAttrSetRequest as MessageCodec<unknown> },
    { name: 'downgrade_info_set', property: 'downgradeInfoSet', number: 1302, kind: 'message', repeated: false, message: () => DowngradeInfoSetRequest as MessageCodec<unknown> },
    { name: 'downgrade_version_test', property: 'downgradeVersionTest', number: 9900, kind: 'message', repeated: false, message: () => DowngradeVersionTestRequest as MessageCodec<unknown> },
  ],
  create(partial?: Partial<InternalRaftRequest>): InternalRaftRequest {
    return partial ? { header: undefined, ID: 0n, range: undefined, put: undefined, deleteRange: undefined, txn: undefined, compaction: undefined, leaseGrant: undefined, leaseRevoke: undefined, alarm: undefined, leaseCheckpoint: undefined, authEnable: undefined, authDisable: undefined, authStatus: undefined, authenticate: undefined, authUserAdd: undefined, authUserDelete: undefined, authUserGet: undefined, authUserChangePassword: undefined, authUserGrantRole: undefined, authUserRevokeRole: undefined, authUserList: undefined, authRoleList: undefined, authRoleAdd: undefined, authRoleDelete: undefined, authRoleGet: undefined, authRoleGrantPermission: undefined, authRoleRevokePermission: undefined, clusterVersionSet: undefined, clusterMemberAttrSet: undefined, downgradeInfoSet: undefined, downgradeVersionTest: undefined, ...partial } : { header: undefined, ID: 0n, range: undefined, put: undefined, deleteRange: undefined, txn: undefined, compaction: undefined, leaseGrant: undefined, leaseRevoke: undefined, alarm: undefined, leaseCheckpoint: undefined, authEnable: undefined, authDisable: undefined, authStatus: undefined, authenticate: undefined, authUserAdd: undefined, authUserDelete: undefined, authUserGet: undefined, authUserChangePassword: undefined, authUserGrantRole: undefined, authUserRevokeRole: undefined, authUserList: undefined, authRoleList: undefined, authRoleAdd: undefined, authRoleDelete: undefined, authRoleGet: undefined, authRoleGrantPermission: undefined, authRoleRevokePermission: undefined, clusterVersionSet: undefined, clusterMemberAttrSet: undefined, downgradeInfoSet: undefined, downgradeVersionTest: undefined };
  },
  write(w: Writer, m: InternalRaftRequest): void {
    if (m.ID !== 0n) {
      w.varint32(8);
      w.bigint(m.ID);
    }
    if (m.range !== undefined) {
      w.varint32(26);
      const mark = w.open();
      RangeRequest.write(w, m.range);
      w.close(mark);
    }
    if (m.put !== undefined) {
      w.varint32(34);
      const mark = w.open();
      PutRequest.write(w, m.put);
      w.close(mark);
    }
    if (m.deleteRange !== undefined) {
      w.varint32(42);
      const mark = w.open();
      DeleteRangeRequest.write(w, m.deleteRange);
      w.close(mark);
    }
    if (m.txn !== undefined) {
      w.varint32(50);
      const mark = w.open();
      TxnRequest.write(w, m.txn);
      w.close(mark);
    }
    if (m.compaction !== undefined) {
      w.varint32(58);
      const mark = w.open();
      CompactionRequest.write(w, m.compaction);
      w.close(mark);
    }
    if (m.leaseGrant !== undefined) {
      w.varint32(66);
      const mark = w.open();
      LeaseGrantRequest.write(w, m.leaseGrant);
      w.close(mark);
    }
    if (m.leaseRevoke !== undefined) {
      w.varint32(74);
      const mark = w.open();
      LeaseRevokeRequest.write(w, m.leaseRevoke);
      w.close(mark);
    }
    if (m.alarm !== undefined) {
      w.varint32(82);
      const mark = w.open();
      AlarmRequest.write(w, m.alarm);
      w.close(mark);
    }
    if (m.leaseCheckpoint !== undefined) {
      w.varint32(90);
      const mark = w.open();
      LeaseCheckpointRequest.write(w, m.leaseCheckpoint);
      w.close(mark);
    }
    if (m.header !== undefined) {
      w.varint32(802);
      const mark = w.open();
      RequestHeader.write(w, m.header);
      w.close(mark);
    }
    if (m.authEnable !== undefined) {
      w.varint32(8002);
      const mark = w.open();
      AuthEnableRequest.write(w, m.authEnable);
      w.close(mark);
    }
    if (m.authDisable !== undefined) {
      w.varint32(8090);
      const mark = w.open();
      AuthDisableRequest.write(w, m.authDisable);
      w.close(mark);
    }
    if (m.authenticate !== undefined) {
      w.varint32(8098);
      const mark = w.open();
      InternalAuthenticateRequest.write(w, m.authenticate);
      w.close(mark);
    }
    if (m.authStatus !== undefined) {
      w.varint32(8106);
      const mark = w.open();
      AuthStatusRequest.write(w, m.authStatus);
      w.close(mark);
    }
    if (m.authUserAdd !== undefined) {
      w.varint32(8802);
      const mark = w.open();
      AuthUserAddRequest.write(w, m.authUserAdd);
      w.close(mark);
    }
    if (m.authUserDelete !== undefined) {
      w.varint32(8810);
      const mark = w.open();
      AuthUserDeleteRequest.write(w, m.authUserDelete);
      w.close(mark);
    }
    if (m.authUserGet !== undefined) {
      w.varint32(8818);
      const mark = w.open();
      AuthUserGetRequest.write(w, m.authUserGet);
      w.close(mark);
    }
    if (m.authUserChangePassword !== undefined) {
      w.varint32(8826);
      const mark = w.open();
      AuthUserChangePasswordRequest.write(w, m.authUserChangePassword);
      w.close(mark);
    }
    if (m.authUserGrantRole !== undefined) {
      w.varint32(8834);
      const mark = w.open();
      AuthUserGrantRoleRequest.write(w, m.authUserGrantRole);
      w.close(mark);
    }
    if (m.authUserRevokeRole !== undefined) {
      w.varint32(8842);
      const mark = w.open();
      AuthUserRevokeRoleRequest.write(w, m.authUserRevokeRole);
      w.close(mark);
    }
    if (m.authUserList !== undefined) {
      w.varint32(8850);
      const mark = w.open();
      AuthUserListRequest.write(w, m.authUserList);
      w.close(mark);
    }
    if (m.authRoleList !== undefined) {
      w.varint32(8858);
      const mark = w.open();
      AuthRoleListRequest.write(w, m.authRoleList);
      w.close(mark);
    }
    if (m.authRoleAdd !== undefined) {
      w.varint32(9602);
      const mark = w.open();
      AuthRoleAddRequest.write(w, m.authRoleAdd);
      w.close(mark);
    }
    if (m.authRoleDelete !== undefined) {
      w.varint32(9610);
      const mark = w.open();
      AuthRoleDeleteRequest.write(w, m.authRoleDelete);
      w.close(mark);
    }
    if (m.authRoleGet !== undefined) {
      w.varint32(9618);
      const mark = w.open();
      AuthRoleGetRequest.write(w, m.authRoleGet);
      w.close(mark);
    }
    if (m.authRoleGrantPermission !== undefined) {
      w.varint32(9626);
      const mark = w.open();
      AuthRoleGrantPermissionRequest.write(w, m.authRoleGrantPermission);
      w.close(mark);
    }
    if (m.authRoleRevokePermission !== undefined) {
      w.varint32(9634);
      const mark = w.open();
      AuthRoleRevokePermissionRequest.write(w, m.authRoleRevokePermission);
      w.close(mark);
    }
    if (m.clusterVersionSet !== undefined) {
      w.varint32(10402);
      const mark = w.open();
      ClusterVersionSetRequest.write(w, m.clusterVersionSet);
      w.close(mark);
    }
    if (m.clusterMemberAttrSet !== undefined) {
      w.varint32(10410);
      const mark = w.open();
      ClusterMemberAttrSetRequest.write(w, m.clusterMemberAttrSet);
      w.close(mark);
    }
    if (m.downgradeInfoSet !== undefined) {
      w.varint32(10418);
      const mark = w.open();
      DowngradeInfoSetRequest.write(w, m.downgradeInfoSet);
      w.close(mark);
    }
    if (m.downgradeVersionTest !== undefined) {
      w.varint32(79202);
      const mark = w.open();
      DowngradeVersionTestRequest.write(w, m.downgradeVersionTest);
      w.close(mark);
    }
  },
  read(r: Reader): InternalRaftRequest {
    const m = InternalRaftRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.ID = r.biguint64();
          break;
        case 26:
        {
          const outer = r.enter();
          m.range = RangeRequest.read(r);
          r.leave(outer);
          break;
        }
        case 34:
        {
          const outer = r.enter();
          m.put = PutRequest.read(r);
          r.leave(outer);
          break;
        }
        case 42:
        {
          const outer = r.enter();
          m.deleteRange = DeleteRangeRequest.read(r);
          r.leave(outer);
          break;
        }
        case 50:
        {
          const outer = r.enter();
          m.txn = TxnRequest.read(r);
          r.leave(outer);
          break;
        }
        case 58:
        {
          const outer = r.enter();
          m.compaction = CompactionRequest.read(r);
          r.leave(outer);
          break;
        }
        case 66:
        {
          const outer = r.enter();
          m.leaseGrant = LeaseGrantRequest.read(r);
          r.leave(outer);
          break;
        }
        case 74:
        {
          const outer = r.enter();
          m.leaseRevoke = LeaseRevokeRequest.read(r);
          r.leave(outer);
          break;
        }
        case 82:
        {
          const outer = r.enter();
          m.alarm = AlarmRequest.read(r);
          r.leave(outer);
          break;
        }
        case 90:
        {
          const outer = r.enter();
          m.leaseCheckpoint = LeaseCheckpointRequest.read(r);
          r.leave(outer);
          break;
        }
        case 802:
        {
          const outer = r.enter();
          m.header = RequestHeader.read(r);
          r.leave(outer);
          break;
        }
        case 8002:
        {
          const outer = r.enter();
          m.authEnable = AuthEnableRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8090:
        {
          const outer = r.enter();
          m.authDisable = AuthDisableRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8098:
        {
          const outer = r.enter();
          m.authenticate = InternalAuthenticateRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8106:
        {
          const outer = r.enter();
          m.authStatus = AuthStatusRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8802:
        {
          const outer = r.enter();
          m.authUserAdd = AuthUserAddRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8810:
        {
          const outer = r.enter();
          m.authUserDelete = AuthUserDeleteRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8818:
        {
          const outer = r.enter();
          m.authUserGet = AuthUserGetRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8826:
        {
          const outer = r.enter();
          m.authUserChangePassword = AuthUserChangePasswordRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8834:
        {
          const outer = r.enter();
          m.authUserGrantRole = AuthUserGrantRoleRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8842:
        {
          const outer = r.enter();
          m.authUserRevokeRole = AuthUserRevokeRoleRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8850:
        {
          const outer = r.enter();
          m.authUserList = AuthUserListRequest.read(r);
          r.leave(outer);
          break;
        }
        case 8858:
        {
          const outer = r.enter();
          m.authRoleList = AuthRoleListRequest.read(r);
          r.leave(outer);
          break;
        }
        case 9602:
        {
          const outer = r.enter();
          m.authRoleAdd = AuthRoleAddRequest.read(r);
          r.leave(outer);
          break;
        }
        case 9610:
        {
          const outer = r.enter();
          m.authRoleDelete = AuthRoleDeleteRequest.read(r);
          r.leave(outer);
          break;
        }
        case 9618:
        {
          const outer = r.enter();
          m.authRoleGet = AuthRoleGetRequest.read(r);
          r.leave(outer);
          break;
        }
        case 9626:
        {
          const outer = r.enter();
          m.authRoleGrantPermission = AuthRoleGrantPermissionRequest.read(r);
          r.leave(outer);
          break;
        }
        case 9634:
        {
          const outer = r.enter();
          m.authRoleRevokePermission = AuthRoleRevokePermissionRequest.read(r);
          r.leave(outer);
          break;
        }
        case 10402:
        {
          const outer = r.enter();
          m.clusterVersionSet = ClusterVersionSetRequest.read(r);
          r.leave(outer);
          break;
        }
        case 10410:
        {
          const outer = r.enter();
          m.clusterMemberAttrSet = ClusterMemberAttrSetRequest.read(r);
          r.leave(outer);
          break;
        }
        case 10418:
        {
          const outer = r.enter();
          m.downgradeInfoSet = DowngradeInfoSetRequest.read(r);
          r.leave(outer);
          break;
        }
        case 79202:
        {
          const outer = r.enter();
          m.downgradeVersionTest = DowngradeVersionTestRequest.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: InternalRaftRequest): Uint8Array {
    return encodeWith(InternalRaftRequest.write, message);
  },
  decode(bytes: Uint8Array): InternalRaftRequest {
    return InternalRaftRequest.read(new Reader(bytes));
  },
};


export interface InternalAuthenticateRequest {
  name: string;
  password: string;
  simpleToken: string;
}

export const InternalAuthenticateRequest: MessageCodec<InternalAuthenticateRequest> = {
  typeName: 'etcdserverpb.InternalAuthenticateRequest',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'string', repeated: false },
    { name: 'password', property: 'password', number: 2, kind: 'string', repeated: false },
    { name: 'simple_token', property: 'simpleToken', number: 3, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<InternalAuthenticateRequest>): InternalAuthenticateRequest {
    return partial ? { name: '', password: '', simpleToken: '', ...partial } : { name: '', password: '', simpleToken: '' };
  },
  write(w: Writer, m: InternalAuthenticateRequest): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.string(m.name);
    }
    if (m.password.length !== 0) {
      w.varint32(18);
      w.string(m.password);
    }
    if (m.simpleToken.length !== 0) {
      w.varint32(26);
      w.string(m.simpleToken);
    }
  },
  read(r: Reader): InternalAuthenticateRequest {
    const m = InternalAuthenticateRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.string();
          break;
        case 18:
          m.password = r.string();
          break;
        case 26:
          m.simpleToken = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: InternalAuthenticateRequest): Uint8Array {
    return encodeWith(InternalAuthenticateRequest.write, message);
  },
  decode(bytes: Uint8Array): InternalAuthenticateRequest {
    return InternalAuthenticateRequest.read(new Reader(bytes));
  },
};
