/** `-w fields`: one `"Name" : value` per line (cli.md 5.3). */
import type { KeyValue } from '../core/wire/gen/kv.ts';
import type { MemberListResponse, ResponseHeader, ResponseOp } from '../core/wire/gen/rpc.ts';
import type { Out } from './out.ts';
import type { ContextFacts, Renderers, Style } from './printables.ts';
import { quote, quoteBytes } from './quote.ts';
import { contextSettings } from './rows.ts';
import { ALARM_NAMES, EVENT_NAMES, leaseHex, PERMISSION_NAMES } from './words.ts';

function field(out: Out, name: string, value: string | number | bigint | boolean): void {
  out.line(`"${name}" : ${value}`);
}

const id = (value: bigint, style: Style) => (style.hex ? value.toString(16) : value.toString());
const leaseId = (value: bigint, style: Style) => (style.hex ? leaseHex(value) : value.toString());

function header(out: Out, header: ResponseHeader | undefined, style: Style): void {
  field(out, 'ClusterID', id(header?.clusterId ?? 0n, style));
  field(out, 'MemberID', id(header?.memberId ?? 0n, style));
  if (header !== undefined && header.revision !== 0) field(out, 'Revision', header.revision);
  field(out, 'RaftTerm', header?.raftTerm ?? 0);
}

function keyValue(out: Out, prefix: string, kv: KeyValue, style: Style): void {
  field(out, `${prefix}Key`, quoteBytes(kv.key));
  field(out, `${prefix}CreateRevision`, kv.createRevision);
  field(out, `${prefix}ModRevision`, kv.modRevision);
  field(out, `${prefix}Version`, kv.version);
  field(out, `${prefix}Value`, quoteBytes(kv.value));
  field(out, `${prefix}Lease`, leaseId(kv.lease, style));
}

function operation(out: Out, op: ResponseOp, style: Style): void {
  if (op.responsePut !== undefined) fieldsRenderers.put!(out, op.responsePut, style);
  else if (op.responseRange !== undefined) fieldsRenderers.get!(out, op.responseRange, style);
  else if (op.responseDeleteRange !== undefined) fieldsRenderers.del!(out, op.responseDeleteRange, style);
  else if (op.responseTxn !== undefined) fieldsRenderers.txn!(out, op.responseTxn, style);
}

const onlyHeader = (
  out: Out,
  value: { readonly response: { readonly header?: ResponseHeader | undefined } },
  style: Style,
) => header(out, value.response.header, style);

function members(out: Out, response: MemberListResponse, style: Style): void {
  header(out, response.header, style);
  for (const member of response.members) {
    field(out, 'ID', id(member.ID, style));
    field(out, 'Name', quote(member.name));
    for (const url of member.peerURLs) field(out, 'PeerURL', quote(url));
    for (const url of member.clientURLs) field(out, 'ClientURL', quote(url));
    field(out, 'IsLearner', member.isLearner);
    out.line('');
  }
}

function contextFields(out: Out, facts: ContextFacts): void {
  for (const [name, value] of contextSettings(facts)) field(out, name, quote(value));
  out.line('');
}

export const fieldsRenderers: Renderers = {
  get(out, r, style) {
    header(out, r.header, style);
    for (const kv of r.kvs) keyValue(out, '', kv, style);
    field(out, 'More', r.more);
    field(out, 'Count', r.count);
  },
  put(out, r, style) {
    header(out, r.header, style);
    if (r.prevKv !== undefined) keyValue(out, 'Prev', r.prevKv, style);
  },
  del(out, r, style) {
    header(out, r.header, style);
    field(out, 'Deleted', r.deleted);
    for (const kv of r.prevKvs) keyValue(out, 'Prev', kv, style);
  },
  txn(out, r, style) {
    header(out, r.header, style);
    field(out, 'Succeeded', r.succeeded);
    for (const op of r.responses) operation(out, op, style);
  },
  watch(out, message, style) {
    header(out, message.header, style);
    for (const event of message.events) {
      field(out, 'Type', EVENT_NAMES[event.type] ?? event.type);
      if (event.prevKv !== undefined) keyValue(out, 'Prev', event.prevKv, style);
      if (event.kv !== undefined) keyValue(out, '', event.kv, style);
    }
  },
  leaseGrant(out, r, style) {
    header(out, r.header, style);
    field(out, 'ID', leaseId(r.ID, style));
    field(out, 'TTL', r.TTL);
  },
  leaseRevoke: onlyHeader,
  leaseKeepAlive(out, r, style) {
    header(out, r.header, style);
    field(out, 'ID', leaseId(r.ID, style));
    field(out, 'TTL', r.TTL);
  },
  leaseTimeToLive(out, { response: r }, style) {
    header(out, r.header, style);
    field(out, 'ID', leaseId(r.ID, style));
    field(out, 'TTL', r.TTL);
    field(out, 'GrantedTTL', r.grantedTTL);
    for (const key of r.keys) field(out, 'Key', quoteBytes(key));
  },
  leaseList(out, r, style) {
    header(out, r.header, style);
    for (const lease of r.leases) field(out, 'ID', leaseId(lease.ID, style));
  },
  memberList: members,
  endpointHealth(out, list) {
    for (const item of list) {
      field(out, 'Endpoint', quote(item.endpoint));
      field(out, 'Health', item.health);
      field(out, 'Took', item.took);
      field(out, 'Error', item.error);
      out.line('');
    }
  },
  endpointStatus(out, list, style) {
    for (const { endpoint, response: r } of list) {
      header(out, r.header, style);
      field(out, 'Version', quote(r.version));
      field(out, 'StorageVersion', quote(r.storageVersion));
      field(out, 'DBSize', r.dbSize);
      field(out, 'DBSizeInUse', r.dbSizeInUse);
      field(out, 'DBSizeQuota', r.dbSizeQuota);
      field(out, 'Leader', r.leader);
      field(out, 'IsLearner', r.isLearner);
      field(out, 'RaftIndex', r.raftIndex);
      field(out, 'RaftTerm', r.raftTerm);
      field(out, 'RaftAppliedIndex', r.raftAppliedIndex);
      field(out, 'Errors', `[${r.errors.map(quote).join(' ')}]`);
      field(out, 'Endpoint', quote(endpoint));
      field(out, 'DowngradeTargetVersion', quote(r.downgradeInfo?.targetVersion ?? ''));
      field(out, 'DowngradeEnabled', r.downgradeInfo?.enabled ?? false);
      out.line('');
    }
  },
  endpointHashKV(out, list, style) {
    for (const { endpoint, response: r } of list) {
      header(out, r.header, style);
      field(out, 'Endpoint', quote(endpoint));
      field(out, 'Hash', r.hash);
      field(out, 'HashRevision', r.hashRevision);
      out.line('');
    }
  },
  snapshotStatus(out, s) {
    field(out, 'Hash', s.hash);
    field(out, 'Revision', s.revision);
    field(out, 'Keys', s.totalKeys);
    field(out, 'Size', s.totalBytes);
    field(out, 'Version', s.version);
  },
  fileHash(out, h) {
    field(out, 'Hash', h.hash);
    field(out, 'Hash revision', h.hashRevision);
    field(out, 'Compact revision', h.compactRevision);
  },
  contextList(out, list) {
    for (const facts of list) contextFields(out, facts);
  },
  context: contextFields,
  alarm(out, r, style) {
    header(out, r.header, style);
    for (const alarm of r.alarms) {
      field(out, 'MemberID', id(alarm.memberID, style));
      field(out, 'AlarmType', ALARM_NAMES[alarm.alarm] ?? alarm.alarm);
      out.line('');
    }
  },
  roleAdd: onlyHeader,
  roleDelete: onlyHeader,
  roleGet(out, { response: r }, style) {
    header(out, r.header, style);
    for (const permission of r.perm) {
      out.line(`"PermType" :  ${PERMISSION_NAMES[permission.permType] ?? permission.permType}`);
      field(out, 'Key', quoteBytes(permission.key));
      field(out, 'RangeEnd', quoteBytes(permission.rangeEnd));
    }
  },
  roleList(out, r, style) {
    header(out, r.header, style);
    out.line(`"Roles" : ${r.roles.map(quote).join(' ')}`);
  },
  roleGrant: onlyHeader,
  roleRevoke: onlyHeader,
  userAdd: onlyHeader,
  userDelete: onlyHeader,
  userPasswd: (out, r, style) => header(out, r.header, style),
  userGrantRole: onlyHeader,
  userRevokeRole: onlyHeader,
};
