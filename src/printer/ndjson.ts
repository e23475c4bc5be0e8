/**
 * `-w ndjson`: one JSON object a line. What has rows (pairs, events, members, ...) is written row by row without the
 * header around them, so that a reader can start with the first; everything else is as in `json`.
 */
import type { MessageCodec } from '../core/wire/codec.ts';
import { Event, KeyValue } from '../core/wire/gen/kv.ts';
import * as rpc from '../core/wire/gen/rpc.ts';
import { hashItem, healthItem, jsonMessage, jsonRenderers, statusItem } from './json.ts';
import { jsonString, object } from './json-text.ts';
import type { Out } from './out.ts';
import { erased, type Renderers, type Style } from './printables.ts';

function rows<T>(out: Out, codec: MessageCodec<T>, messages: readonly T[], style: Style): void {
  for (const message of messages) out.line(jsonMessage(erased(codec), message, style.decoding));
}

/** An item of a list that has a renderer of its own for the whole list. */
function items<T>(out: Out, list: readonly T[], line: (item: T) => string): void {
  for (const item of list) out.line(line(item));
}

export const ndjsonRenderers: Renderers = {
  get: (out, r, style) => rows(out, KeyValue, r.kvs, style),
  watch(out, message, style) {
    rows(out, Event, message.events, style);
    if (message.events.length === 0) jsonRenderers.watch!(out, message, style);
  },
  leaseList: (out, r) => items(out, r.leases, (lease) => object(`"id":${lease.ID}`)),
  memberList(out, r, style) {
    if (style.hex) jsonRenderers.memberList!(out, r, style);
    else rows(out, rpc.Member, r.members, style);
  },
  alarm: (out, r, style) => rows(out, rpc.AlarmMember, r.alarms, style),
  endpointHealth: (out, list) => items(out, list, healthItem),
  endpointStatus: (out, list) => items(out, list, statusItem),
  endpointHashKV: (out, list) => items(out, list, hashItem),
  roleList: (out, r) => items(out, r.roles, jsonString),
  userList: (out, r) => items(out, r.users, jsonString),
};
