/**
 * Who asked, and may they? The check that every member makes when it applies an entry, so that a permission taken away
 * meanwhile counts; and the entries that change users and roles. Reads are checked where they are asked, not here.
 */
import type { AuthStore } from '../auth/auth-store.ts';
import { type Access, covers, type KeyRange, keyRange } from '../auth/permissions.ts';
import { ERR } from '../errors.ts';
import { EMPTY, fromLatin1 } from '../wire/bytes.ts';
import type { MessageCodec } from '../wire/codec.ts';
import * as rpc from '../wire/gen/rpc.ts';
import { Op } from '../wire/proposal.ts';
import type { Apply } from './applier.ts';

/** Operations of the Auth service, by their field in InternalRaftRequest; those that change nothing are left out. */
export const AuthOp = {
  Enable: 1000,
  Disable: 1011,
  UserAdd: 1100,
  UserDelete: 1101,
  UserChangePassword: 1103,
  UserGrantRole: 1104,
  UserRevokeRole: 1105,
  RoleAdd: 1200,
  RoleDelete: 1201,
  RoleGrantPermission: 1203,
  RoleRevokePermission: 1204,
} as const;

export const AUTH_OPERATIONS: Readonly<Record<number, MessageCodec<any>>> = {
  [AuthOp.Enable]: rpc.AuthEnableRequest,
  [AuthOp.Disable]: rpc.AuthDisableRequest,
  [AuthOp.UserAdd]: rpc.AuthUserAddRequest,
  [AuthOp.UserDelete]: rpc.AuthUserDeleteRequest,
  [AuthOp.UserChangePassword]: rpc.AuthUserChangePasswordRequest,
  [AuthOp.UserGrantRole]: rpc.AuthUserGrantRoleRequest,
  [AuthOp.UserRevokeRole]: rpc.AuthUserRevokeRoleRequest,
  [AuthOp.RoleAdd]: rpc.AuthRoleAddRequest,
  [AuthOp.RoleDelete]: rpc.AuthRoleDeleteRequest,
  [AuthOp.RoleGrantPermission]: rpc.AuthRoleGrantPermissionRequest,
  [AuthOp.RoleRevokePermission]: rpc.AuthRoleRevokePermissionRequest,
};

export interface Caller {
  readonly username: string;
  /** Of the auth store, when the caller got its token. 0: it has none. */
  readonly authRevision: number;
}

export interface AuthLayerOptions {
  readonly auth: AuthStore;
  /** Who proposed the entry that is applied now. */
  caller(): Caller;
  /** Keys attached to a lease. */
  leasedKeys(id: bigint): readonly string[];
  /** The stored form of a password: base64 of its hash as it was replicated, or what an old release replicated. */
  storedPassword(request: { readonly password: string; readonly hashedPassword: string }): Uint8Array;
}

export function authLayer(o: AuthLayerOptions, next: Apply): Apply {
  const change = authChanges(o);
  return (op, request) => {
    const handler = change[op];
    if (handler) {
      checkAdmin(o.auth, o.caller());
      return handler(request);
    }
    if (o.auth.enabled) for (const needed of needs(o, op, request)) check(o.auth, o.caller(), needed);
    return next(op, request);
  };
}

function checkAdmin(auth: AuthStore, { username }: Caller): void {
  if (!auth.enabled) return;
  if (username === '') throw ERR.UserEmpty;
  if (auth.user(username) === undefined) throw ERR.UserNotFound;
  if (!auth.isAdmin(username)) throw ERR.PermissionDenied;
}

interface Need {
  readonly access: Access;
  readonly range: KeyRange;
}

function check(auth: AuthStore, { username, authRevision }: Caller, { access, range }: Need): void {
  if (authRevision === 0) throw ERR.UserEmpty;
  if (authRevision < auth.revision) throw ERR.AuthOldRevision;
  if (auth.isAdmin(username)) return;
  if (!covers(auth.permissionsOf(username), access, range)) throw ERR.PermissionDenied;
}

function needs(o: AuthLayerOptions, op: number, request: unknown): Iterable<Need> {
  switch (op) {
    case Op.Put:
      return putNeeds(o, request as rpc.PutRequest);
    case Op.DeleteRange:
      return deleteNeeds(request as rpc.DeleteRangeRequest);
    case Op.Txn:
      return txnNeeds(o, request as rpc.TxnRequest);
    case Op.LeaseRevoke:
      return leaseNeeds(o, (request as rpc.LeaseRevokeRequest).ID);
    default:
      return [];
  }
}

function* putNeeds(o: AuthLayerOptions, { key, prevKv, lease }: rpc.PutRequest): Generator<Need> {
  if (lease !== 0n) yield* leaseNeeds(o, lease);
  yield { access: 'write', range: keyRange(key, EMPTY) };
  if (prevKv) yield { access: 'read', range: keyRange(key, EMPTY) };
}

function* deleteNeeds({ key, rangeEnd, prevKv }: rpc.DeleteRangeRequest): Generator<Need> {
  yield { access: 'write', range: keyRange(key, rangeEnd) };
  if (prevKv) yield { access: 'read', range: keyRange(key, rangeEnd) };
}

/** Both branches count, whichever is taken. */
function* txnNeeds(o: AuthLayerOptions, { compare, success, failure }: rpc.TxnRequest): Generator<Need> {
  for (const { key, rangeEnd } of compare) yield { access: 'read', range: keyRange(key, rangeEnd) };
  for (const { requestRange, requestPut, requestDeleteRange, requestTxn } of [...success, ...failure]) {
    if (requestRange) yield { access: 'read', range: keyRange(requestRange.key, requestRange.rangeEnd) };
    if (requestPut) yield* putNeeds(o, requestPut);
    if (requestDeleteRange) yield* deleteNeeds(requestDeleteRange);
    if (requestTxn) yield* txnNeeds(o, requestTxn);
  }
}

function* leaseNeeds({ leasedKeys }: AuthLayerOptions, id: bigint): Generator<Need> {
  for (const key of leasedKeys(id)) yield { access: 'write', range: keyRange(fromLatin1(key), EMPTY) };
}

function authChanges({ auth, storedPassword }: AuthLayerOptions): Readonly<Record<number, (r: any) => void>> {
  return {
    [AuthOp.Enable]: () => auth.enable(),
    [AuthOp.Disable]: () => auth.disable(),
    [AuthOp.UserAdd]: (r: rpc.AuthUserAddRequest) => {
      const password = r.options?.noPassword ? EMPTY : storedPassword(r);
      auth.addUser(r.name, password, r.options);
    },
    [AuthOp.UserDelete]: (r: rpc.AuthUserDeleteRequest) => auth.deleteUser(r.name),
    [AuthOp.UserChangePassword]: (r: rpc.AuthUserChangePasswordRequest) =>
      auth.changePassword(r.name, storedPassword(r)),
    [AuthOp.UserGrantRole]: (r: rpc.AuthUserGrantRoleRequest) => auth.grantRole(r.user, r.role),
    [AuthOp.UserRevokeRole]: (r: rpc.AuthUserRevokeRoleRequest) => auth.revokeRole(r.name, r.role),
    [AuthOp.RoleAdd]: (r: rpc.AuthRoleAddRequest) => auth.addRole(r.name),
    [AuthOp.RoleDelete]: (r: rpc.AuthRoleDeleteRequest) => auth.deleteRole(r.role),
    [AuthOp.RoleGrantPermission]: (r: rpc.AuthRoleGrantPermissionRequest) =>
      auth.grantPermission(r.name, r.perm),
    [AuthOp.RoleRevokePermission]: (r: rpc.AuthRoleRevokePermissionRequest) =>
      auth.revokePermission(r.role, r.key, r.rangeEnd),
  };
}
