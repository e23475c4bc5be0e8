/** `-w simple`: keys and values as they are, sentences and comma-separated lists for the rest. */

import { prefixEnd } from '../client/range.ts';
import { asBuffer, compareBytes } from '../core/wire/bytes.ts';
import { PermissionType } from '../core/wire/gen/auth.ts';
import type { KeyValue } from '../core/wire/gen/kv.ts';
import type * as rpc from '../core/wire/gen/rpc.ts';
import type { Out } from './out.ts';
import type { Printables, Renderers, Style } from './printables.ts';
import {
  contextRows,
  contextSettings,
  fileHashRows,
  hashRows,
  memberRows,
  snapshotRows,
  statusRows,
} from './rows.ts';
import { ALARM_NAMES, EVENT_NAMES, leaseHex } from './words.ts';

function bytesLine(out: Out, bytes: Uint8Array, style: Style): void {
  if (style.hex) {
    out.line(asBuffer(bytes).toString('hex').replace(/../g, '\\x$&'));
    return;
  }
  out.bytes(bytes);
  out.line('');
}

function keyValue(out: Out, kv: KeyValue, style: Style): void {
  if (!style.valuesOnly) bytesLine(out, kv.key, style);
  bytesLine(out, kv.value, style);
}

function operation(out: Out, op: rpc.ResponseOp, style: Style): void {
  if (op.responsePut !== undefined) simpleRenderers.put!(out, op.responsePut, style);
  else if (op.responseRange !== undefined) simpleRenderers.get!(out, op.responseRange, style);
  else if (op.responseDeleteRange !== undefined) simpleRenderers.del!(out, op.responseDeleteRange, style);
  else if (op.responseTxn !== undefined) simpleRenderers.txn!(out, op.responseTxn, style);
}

/** Ids in sentences about members are right-aligned to 16 columns. */
const memberHex = (id: bigint) => id.toString(16).padStart(16);

function aboutMember(verb: string) {
  return (
    out: Out,
    {
      id,
      response,
    }: { readonly id: bigint; readonly response: { readonly header?: rpc.ResponseHeader | undefined } },
  ) => out.line(`Member ${memberHex(id)} ${verb} cluster ${memberHex(response.header?.clusterId ?? 0n)}`);
}

const OPEN_END = Buffer.of(0);

function permissionLine(out: Out, key: Uint8Array, end: Uint8Array): void {
  if (end.length === 0) {
    out.string('\t');
    out.bytes(key);
    out.line('');
    return;
  }
  out.string('\t[');
  out.bytes(key);
  out.string(', ');
  if (compareBytes(end, OPEN_END) === 0) {
    out.line('<open ended>');
    return;
  }
  out.bytes(end);
  out.string(')');
  if (compareBytes(prefixEnd(key), end) === 0) {
    out.string(' (prefix ');
    out.bytes(key);
    out.string(')');
  }
  out.line('');
}

/** Role `root` may do everything, whatever is stored for it. */
const ROOT_ROLE = 'root';

function permissions(
  out: Out,
  role: string,
  title: string,
  r: rpc.AuthRoleGetResponse,
  hidden: number,
): void {
  out.line(title);
  if (role === ROOT_ROLE && r.perm.length === 0) {
    out.line('\t[, <open ended>');
    return;
  }
  for (const permission of r.perm) {
    if (permission.permType !== hidden) permissionLine(out, permission.key, permission.rangeEnd);
  }
}

function revokedRange({ key, end }: Printables['roleRevoke']): string {
  if (end === '') return `Permission of key ${key}`;
  return end === '\x00'
    ? `Permission of range [${key}, <open ended>`
    : `Permission of range [${key}, ${end})`;
}

function lines(out: Out, list: readonly string[]): void {
  for (const text of list) out.line(text);
}

function commaRows(out: Out, rows: readonly (readonly string[])[]): void {
  for (const row of rows) out.line(row.join(', '));
}

/** For eyes, not for scripts: columns as wide as their widest cell. */
function alignedRows(out: Out, rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  );
  for (const row of rows)
    out.line(
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    );
}

export const simpleRenderers: Renderers = {
  get(out, r, style) {
    for (const kv of r.kvs) keyValue(out, kv, style);
  },
  put(out, r, style) {
    out.line('OK');
    if (r.prevKv !== undefined) keyValue(out, r.prevKv, style);
  },
  del(out, r, style) {
    out.line(String(r.deleted));
    for (const kv of r.prevKvs) keyValue(out, kv, style);
  },
  txn(out, r, style) {
    out.line(r.succeeded ? 'SUCCESS' : 'FAILURE');
    for (const op of r.responses) {
      out.line('');
      operation(out, op, style);
    }
  },
  watch(out, message, style) {
    for (const event of message.events) {
      out.line(EVENT_NAMES[event.type] ?? String(event.type));
      if (event.prevKv !== undefined) keyValue(out, event.prevKv, style);
      if (event.kv !== undefined) keyValue(out, event.kv, style);
    }
  },
  leaseGrant: (out, r) => out.line(`lease ${leaseHex(r.ID)} granted with TTL(${r.TTL}s)`),
  leaseRevoke: (out, { id }) => out.line(`lease ${leaseHex(id)} revoked`),
  leaseKeepAlive: (out, r) => out.line(`lease ${leaseHex(r.ID)} keepalived with TTL(${r.TTL})`),
  leaseTimeToLive(out, { keys, response: r }) {
    if (r.grantedTTL === 0 && r.TTL === -1) {
      out.line(`lease ${leaseHex(r.ID)} already expired`);
      return;
    }
    out.string(`lease ${leaseHex(r.ID)} granted with TTL(${r.grantedTTL}s), remaining(${r.TTL}s)`);
    if (keys) {
      out.string(', attached keys([');
      r.keys.forEach((key, i) => {
        if (i > 0) out.string(' ');
        out.bytes(key);
      });
      out.string('])');
    }
    out.line('');
  },
  leaseList(out, r) {
    out.line(`found ${r.leases.length} leases`);
    for (const lease of r.leases) out.line(leaseHex(lease.ID));
  },
  memberList: (out, r) => commaRows(out, memberRows(r)),
  memberAdd(out, r) {
    const member = r.member!;
    const how = member.isLearner ? 'added as learner to' : 'added to';
    out.line(`Member ${memberHex(member.ID)} ${how} cluster ${memberHex(r.header?.clusterId ?? 0n)}`);
  },
  memberRemove: aboutMember('removed from'),
  memberUpdate: aboutMember('updated in'),
  memberPromote: aboutMember('promoted in'),
  endpointStatus: (out, list) => commaRows(out, statusRows(list)),
  endpointHashKV: (out, list) => commaRows(out, hashRows(list)),
  snapshotStatus: (out, facts) => commaRows(out, snapshotRows(facts)),
  checkData(out, { path, kind, facts, findings, advice }) {
    out.line(`${path}: ${kind}`);
    for (const [name, value] of Object.entries(facts)) out.line(`  ${name}: ${value}`);
    for (const finding of findings)
      out.line(`${finding.severity} (${finding.part}): ${finding.path}: ${finding.problem}`);
    const damaged = findings.filter(({ severity }) => severity === 'damage').length;
    out.line(damaged === 0 ? 'No damage found.' : `Damage found: ${damaged}.`);
    for (const sentence of advice) out.line(`What can be done: ${sentence}`);
  },
  fileHash: (out, facts) => commaRows(out, fileHashRows(facts)),
  contextList: (out, list) => alignedRows(out, contextRows(list)),
  context: (out, facts) => alignedRows(out, contextSettings(facts)),
  moveLeader: (out, { leader, target }) =>
    out.line(`Leadership transferred from ${memberHex(leader)} to ${memberHex(target)}`),
  downgradeValidate: (out, r) => out.line(`Downgrade validate success, cluster version ${r.version}`),
  downgradeEnable: (out, r) => out.line(`Downgrade enable success, cluster version ${r.version}`),
  downgradeCancel: (out, r) => out.line(`Downgrade cancel success, cluster version ${r.version}`),
  alarm(out, r) {
    for (const alarm of r.alarms) {
      out.line(`memberID:${alarm.memberID} alarm:${ALARM_NAMES[alarm.alarm] ?? alarm.alarm}`);
    }
  },
  authStatus(out, r) {
    out.line(`Authentication Status: ${r.enabled}`);
    out.line(`AuthRevision: ${r.authRevision}`);
  },
  roleAdd: (out, { name }) => out.line(`Role ${name} created`),
  roleDelete: (out, { name }) => out.line(`Role ${name} deleted`),
  roleGet(out, { name, response }) {
    out.line(`Role ${name}`);
    permissions(out, name, 'KV Read:', response, PermissionType.WRITE);
    permissions(out, name, 'KV Write:', response, PermissionType.READ);
  },
  roleList: (out, r) => lines(out, r.roles),
  roleGrant: (out, { name }) => out.line(`Role ${name} updated`),
  roleRevoke: (out, about) => out.line(`${revokedRange(about)} is revoked from role ${about.name}`),
  userAdd: (out, { name }) => out.line(`User ${name} created`),
  userDelete: (out, { name }) => out.line(`User ${name} deleted`),
  userGet: (out, { name, response }) => {
    out.line(`User: ${name}`);
    out.line(['Roles:', ...response.roles].join(' '));
  },
  userList: (out, r) => lines(out, r.users),
  userPasswd: (out) => out.line('Password updated'),
  userGrantRole: (out, { name, role }) => out.line(`Role ${role} is granted to user ${name}`),
  userRevokeRole: (out, { name, role }) => out.line(`Role ${role} is revoked from user ${name}`),
};
