/**
 * JSON as Go's encoding/json prints etcd's messages (cli.md 5.2): keys in field order, empty values left out, 64-bit
 * numbers bare, bytes in base64, enums as numbers. The shapes that etcdctl builds itself (lease answers, watch
 * messages, endpoint lists) always show their keys.
 */
import { asBuffer } from '../core/wire/bytes.ts';
import type { FieldDescriptor, MessageCodec } from '../core/wire/codec.ts';
import { Event } from '../core/wire/gen/kv.ts';
import * as rpc from '../core/wire/gen/rpc.ts';
import { type Decoding, jsonOfBytes } from './decode.ts';
import { jsonString, object } from './json-text.ts';
import type { Out } from './out.ts';
import {
  type ContextFacts,
  type EndpointHealth,
  type EndpointResponse,
  erased,
  type Renderers,
  type Style,
} from './printables.ts';

/** The form that etcd's JSON has of bytes. */
const AS_ETCD: Decoding = 'base64';

export function jsonBytes(bytes: Uint8Array): string {
  return `"${asBuffer(bytes).toString('base64')}"`;
}

type Fields = Readonly<Record<string, unknown>>;

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === 0 || value === 0n || value === false || value === '') return true;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function scalar(field: FieldDescriptor, value: unknown, decoding: Decoding): string {
  switch (field.kind) {
    case 'message':
      return jsonMessage(field.message!(), value, decoding);
    case 'bytes':
      return jsonOfBytes(value as Uint8Array, decoding, field.name === 'value' ? 'value' : 'key');
    case 'string':
      return jsonString(value as string);
    default:
      return String(value);
  }
}

function members(codec: MessageCodec<unknown>, message: Fields, decoding: Decoding): string[] {
  const parts: string[] = [];
  for (const field of codec.fields) {
    const value = message[field.property];
    if (isEmpty(value)) continue;
    const text = field.repeated
      ? `[${(value as unknown[]).map((item) => scalar(field, item, decoding)).join(',')}]`
      : scalar(field, value, decoding);
    parts.push(`"${field.name}":${text}`);
  }
  return parts;
}

/** A server's message. A response of a transaction is wrapped in a key of its own. */
export function jsonMessage(
  codec: MessageCodec<unknown>,
  message: unknown,
  decoding: Decoding = AS_ETCD,
): string {
  const body = `{${members(codec, message as Fields, decoding).join(',')}}`;
  if (codec.typeName !== rpc.ResponseOp.typeName) return body;
  return body === '{}' ? '{"Response":null}' : `{"Response":${body}}`;
}

function header(header: rpc.ResponseHeader | undefined): string[] {
  return header === undefined ? [] : members(erased(rpc.ResponseHeader), { ...header }, AS_ETCD);
}

function hexHeader(header: rpc.ResponseHeader | undefined): string {
  const h = header ?? rpc.ResponseHeader.create();
  const parts = [`"cluster_id":"${h.clusterId.toString(16)}"`, `"member_id":"${h.memberId.toString(16)}"`];
  if (h.revision !== 0) parts.push(`"revision":${h.revision}`);
  if (h.raftTerm !== 0) parts.push(`"raft_term":${h.raftTerm}`);
  return object(...parts);
}

function hexMember(member: rpc.Member): string {
  const rest = members(erased(rpc.Member), { ...member, ID: 0n }, AS_ETCD);
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

/** One endpoint of a list. */
function endpointItem<T>(key: string, codec: MessageCodec<unknown>) {
  return ({ endpoint, response }: EndpointResponse<T>) =>
    object(`"Endpoint":${jsonString(endpoint)}`, `"${key}":${jsonMessage(codec, response)}`);
}

export const statusItem = endpointItem<rpc.StatusResponse>('Status', erased(rpc.StatusResponse));
export const hashItem = endpointItem<rpc.HashKVResponse>('HashKV', erased(rpc.HashKVResponse));

export function healthItem(item: EndpointHealth): string {
  return object(
    `"endpoint":${jsonString(item.endpoint)}`,
    `"health":${item.health}`,
    `"took":${jsonString(item.took)}`,
    ...(item.error === '' ? [] : [`"error":${jsonString(item.error)}`]),
  );
}

const listOrNull = (items: readonly string[]) => (items.length === 0 ? 'null' : `[${items.join(',')}]`);

function contextObject({ name, current, settings, passwordStored }: ContextFacts): Fields {
  return { name, current, ...settings, 'password-stored': passwordStored };
}

/** Prints any message by its descriptor; the renderers below are for what is not just a message. */
export function jsonLine(out: Out, codec: MessageCodec<unknown>, message: unknown, style: Style): void {
  out.line(jsonMessage(codec, message, style.decoding));
}

export const jsonRenderers: Renderers = {
  watch(out, message, { decoding }) {
    const events = message.events.map((event) => jsonMessage(erased(Event), event, decoding));
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
  endpointHealth: (out, list) => out.line(`[${list.map(healthItem).join(',')}]`),
  endpointStatus: (out, list) => out.line(listOrNull(list.map(statusItem))),
  endpointHashKV: (out, list) => out.line(listOrNull(list.map(hashItem))),
  snapshotStatus(out, { hash, revision, totalKeys, totalBytes, version }) {
    out.line(JSON.stringify({ hash, revision, totalKey: totalKeys, totalSize: totalBytes, version }));
  },
  contextList: (out, list) => out.line(JSON.stringify(list.map(contextObject))),
  top: (out, facts) => out.line(JSON.stringify(facts)),
  context: (out, facts) => out.line(JSON.stringify(contextObject(facts))),
  checkData: (out, report) => out.line(JSON.stringify(report)),
  fileHash: (out, { hash, hashRevision, compactRevision }) =>
    out.line(JSON.stringify({ hash, hashRevision, compactRevision })),
};
