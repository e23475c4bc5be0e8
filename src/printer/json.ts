/**
 * JSON as Go's encoding/json prints etcd's messages (cli.md 5.2): keys in field order, empty values left out, 64-bit
 * numbers bare, bytes in base64, enums as numbers. The shapes that etcdctl builds itself (lease answers, watch
 * messages, endpoint lists) always show their keys.
 */
import { asBuffer } from '../core/wire/bytes.ts';
import type { FieldDescriptor, MessageCodec } from '../core/wire/codec.ts';
import { Event } from '../core/wire/gen/kv.ts';
import * as rpc from '../core/wire/gen/rpc.ts';
import type { Out } from './out.ts';
import { type ContextFacts, type EndpointResponse, erased, type Renderers } from './printables.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

export function jsonString(text: string): string {
  return JSON.stringify(text)
    .replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character])
    .replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd');
}

export function jsonBytes(bytes: Uint8Array): string {
  return `"${asBuffer(bytes).toString('base64')}"`;
}

type Fields = Readonly<Record<string, unknown>>;

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === 0 || value === 0n || value === false || value === '') return true;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function scalar(field: FieldDescriptor, value: unknown): string {
  switch (field.kind) {
    case 'message':
      return jsonMessage(field.message!(), value);
    case 'bytes':
      return jsonBytes(value as Uint8Array);
    case 'string':
      return jsonString(value as string);
    default:
      return String(value);
  }
}

function members(codec: MessageCodec<unknown>, message: Fields): string[] {
  const parts: string[] = [];
  for (const field of codec.fields) {
    const value = message[field.property];
    if (isEmpty(value)) continue;
    const text = field.repeated
      ? `[${(value as unknown[]).map((item) => scalar(field, item)).join(',')}]`
      : scalar(field, value);
    parts.push(`"${field.name}":${text}`);
  }
  return parts;
}

/** A server's message. A response of a transaction is wrapped in a key of its own. */
export function jsonMessage(codec: MessageCodec<unknown>, message: unknown): string {
  const body = `{${members(codec, message as Fields).join(',')}}`;
  if (codec.typeName !== rpc.ResponseOp.typeName) return body;
  return body === '{}' ? '{"Response":null}' : `{"Response":${body}}`;
}

function header(header: rpc.ResponseHeader | undefined): string[] {
  return header === undefined ? [] : members(erased(rpc.ResponseHeader), { ...header });
}

function object(...parts: readonly string[]): string {
  return `{${parts.join(',')}}`;
}

function hexHeader(header: rpc.ResponseHeader | undefined): string {
  const h = header ?? rpc.ResponseHeader.create();
  const parts = [`"cluster_id":"${h.clusterId.toString(16)}"`, `"member_id":"${h.memberId.toString(16)}"`];
  if (h.revision !== 0) parts.push(`"revision":${h.revision}`);
  if (h.raftTerm !== 0) parts.push(`"raft_term":${h.raftTerm}`);
  return object(...parts);
}

function hexMember(member: rpc.Member): string {
  const rest = members(erased(rpc.Member), { ...member, ID: 0n });
  return object(`"ID":"${member.ID.toString(16)}"`, ...rest);
}

interface MemberAnswer {
  readonly header?: rpc.ResponseHeader | undefined;
  readonly member?: rpc.Member | undefined;
  readonly members: readonly rpc.Member[];
}

/** The answers of `member` commands: with --hex their ids are hexadecimal strings. */
function memberAnswer(out: Out, codec: MessageCodec<unknown>, answer: MemberAnswer, hex: boolean): void {
  if (!hex) {
    out.line(jsonMessage(codec, answer));
    return;
  }
  const parts = [`"header":${hexHeader(answer.header)}`];
  if (answer.member !== undefined) parts.push(`"member":${hexMember(answer.member)}`);
  parts.push(`"members":[${answer.members.map(hexMember).join(',')}]`);
  out.line(object(...parts));
}

function endpointList<T>(
  key: string,
  codec: MessageCodec<unknown>,
  list: readonly EndpointResponse<T>[],
): string {
  if (list.length === 0) return 'null';
  const items = list.map(({ endpoint, response }) =>
    object(`"Endpoint":${jsonString(endpoint)}`, `"${key}":${jsonMessage(codec, response)}`),
  );
  return `[${items.join(',')}]`;
}

function contextObject({ name, current, settings, passwordStored }: ContextFacts): Fields {
  return { name, current, ...settings, 'password-stored': passwordStored };
}

/** Prints any message by its descriptor; the renderers below are for what is not just a message. */
export function jsonLine(out: Out, codec: MessageCodec<unknown>, message: unknown): void {
  out.line(jsonMessage(codec, message));
}

export const jsonRenderers: Renderers = {
  watch(out, message) {
    const events = message.events.map((event) => jsonMessage(erased(Event), event));
    out.line(
      object(
        `"Header":${object(...header(message.header))}`,
        `"Events":${events.length === 0 ? 'null' : `[${events.join(',')}]`}`,
        `"CompactRevision":${message.compactRevision}`,
        `"Canceled":${message.canceled}`,
        `"Created":${message.created}`,
        `"CancelReason":${jsonString(message.cancelReason)}`,
      ),
    );
  },
  leaseGrant(out, r) {
    out.line(object(...header(r.header), `"ID":${r.ID}`, `"TTL":${r.TTL}`, `"Error":${jsonString(r.error)}`));
  },
  leaseKeepAlive(out, r) {
    out.line(object(...header(r.header), `"ID":${r.ID}`, `"TTL":${r.TTL}`));
  },
  leaseTimeToLive(out, { response: r }) {
    const keys = r.keys.length === 0 ? 'null' : `[${r.keys.map(jsonBytes).join(',')}]`;
    out.line(
      object(
        ...header(r.header),
        `"id":${r.ID}`,
        `"ttl":${r.TTL}`,
        `"granted-ttl":${r.grantedTTL}`,
        `"keys":${keys}`,
      ),
    );
  },
  leaseList(out, r) {
    const leases = r.leases.map((lease) => `{"id":${lease.ID}}`).join(',');
    out.line(object(...header(r.header), `"leases":[${leases}]`));
  },
  memberList: (out, r, { hex }) => memberAnswer(out, erased(rpc.MemberListResponse), r, hex),
  memberAdd: (out, r, { hex }) => memberAnswer(out, erased(rpc.MemberAddResponse), r, hex),
  memberRemove: (out, { response }, { hex }) =>
    memberAnswer(out, erased(rpc.MemberRemoveResponse), response, hex),
  memberUpdate: (out, { response }, { hex }) =>
    memberAnswer(out, erased(rpc.MemberUpdateResponse), response, hex),
  memberPromote: (out, { response }, { hex }) =>
    memberAnswer(out, erased(rpc.MemberPromoteResponse), response, hex),
  endpointHealth(out, list) {
    const items = list.map((item) =>
      object(
        `"endpoint":${jsonString(item.endpoint)}`,
        `"health":${item.health}`,
        `"took":${jsonString(item.took)}`,
        ...(item.error === '' ? [] : [`"error":${jsonString(item.error)}`]),
      ),
    );
    out.line(`[${items.join(',')}]`);
  },
  endpointStatus: (out, list) => out.line(endpointList('Status', erased(rpc.StatusResponse), list)),
  endpointHashKV: (out, list) => out.line(endpointList('HashKV', erased(rpc.HashKVResponse), list)),
  snapshotStatus(out, { hash, revision, totalKeys, totalBytes, version }) {
    out.line(JSON.stringify({ hash, revision, totalKey: totalKeys, totalSize: totalBytes, version }));
  },
  contextList: (out, list) => out.line(JSON.stringify(list.map(contextObject))),
  top: (out, facts) => out.line(JSON.stringify(facts)),
  context: (out, facts) => out.line(JSON.stringify(contextObject(facts))),
  fileHash: (out, { hash, hashRevision, compactRevision }) =>
    out.line(JSON.stringify({ hash, hashRevision, compactRevision })),
};
