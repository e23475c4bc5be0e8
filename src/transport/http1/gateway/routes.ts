/** Paths of the JSON API to methods. All are POST, and the body is the whole request. */
import type { MethodDescriptor } from '../../../core/wire/codec.ts';
import { ElectionService } from '../../../core/wire/gen/election.ts';
import { LockService } from '../../../core/wire/gen/lock.ts';
import {
  AuthService,
  ClusterService,
  KVService,
  LeaseService,
  MaintenanceService,
  WatchService,
} from '../../../core/wire/gen/rpc.ts';

const lease = {
  revoke: LeaseService.leaseRevoke,
  timetolive: LeaseService.leaseTimeToLive,
  leases: LeaseService.leaseLeases,
};

/** Behind `/v3/`. */
const ROUTES: Readonly<Record<string, MethodDescriptor<any, any>>> = {
  'kv/range': KVService.range,
  'kv/put': KVService.put,
  'kv/deleterange': KVService.deleteRange,
  'kv/txn': KVService.txn,
  'kv/compaction': KVService.compact,
  watch: WatchService.watch,
  'lease/grant': LeaseService.leaseGrant,
  'lease/revoke': lease.revoke,
  'kv/lease/revoke': lease.revoke,
  'lease/keepalive': LeaseService.leaseKeepAlive,
  'lease/timetolive': lease.timetolive,
  'kv/lease/timetolive': lease.timetolive,
  'lease/leases': lease.leases,
  'kv/lease/leases': lease.leases,
  'cluster/member/add': ClusterService.memberAdd,
  'cluster/member/remove': ClusterService.memberRemove,
  'cluster/member/update': ClusterService.memberUpdate,
  'cluster/member/list': ClusterService.memberList,
  'cluster/member/promote': ClusterService.memberPromote,
  'maintenance/alarm': MaintenanceService.alarm,
  'maintenance/status': MaintenanceService.status,
  'maintenance/defragment': MaintenanceService.defragment,
  'maintenance/hash': MaintenanceService.hash,
  'maintenance/hashkv': MaintenanceService.hashKV,
  'maintenance/snapshot': MaintenanceService.snapshot,
  'maintenance/transfer-leadership': MaintenanceService.moveLeader,
  'maintenance/downgrade': MaintenanceService.downgrade,
  'auth/enable': AuthService.authEnable,
  'auth/disable': AuthService.authDisable,
  'auth/status': AuthService.authStatus,
  'auth/authenticate': AuthService.authenticate,
  'auth/user/add': AuthService.userAdd,
  'auth/user/get': AuthService.userGet,
  'auth/user/list': AuthService.userList,
  'auth/user/delete': AuthService.userDelete,
  'auth/user/changepw': AuthService.userChangePassword,
  'auth/user/grant': AuthService.userGrantRole,
  'auth/user/revoke': AuthService.userRevokeRole,
  'auth/role/add': AuthService.roleAdd,
  'auth/role/get': AuthService.roleGet,
  'auth/role/list': AuthService.roleList,
  'auth/role/delete': AuthService.roleDelete,
  'auth/role/grant': AuthService.roleGrantPermission,
  'auth/role/revoke': AuthService.roleRevokePermission,
  'lock/lock': LockService.lock,
  'lock/unlock': LockService.unlock,
  'election/campaign': ElectionService.campaign,
  'election/proclaim': ElectionService.proclaim,
  'election/leader': ElectionService.leader,
  'election/observe': ElectionService.observe,
  'election/resign': ElectionService.resign,
};

/** `/v3beta/` is `/v3/`. Undefined: no such path. */
export function routeOf(path: string): MethodDescriptor<any, any> | undefined {
  const name = path.replace(/^\/v3(beta)?\//, '');
  return Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
}
