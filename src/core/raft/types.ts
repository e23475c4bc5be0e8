/** The values that the consensus core works with; on the wire they are raftpb. */

import { EMPTY, utf8Bytes } from '../wire/bytes.ts';
import type { ConfChangeSingle, ConfState, Entry, HardState, Message, Snapshot } from '../wire/gen/raft.ts';
import { ConfChangeTransition, MessageType } from '../wire/gen/raft.ts';

export {
  ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  EntryType,
  MessageType,
} from '../wire/gen/raft.ts';
export type { ConfChangeSingle, ConfState, Entry, HardState, Message, Snapshot };

export type NodeId = bigint;
export const NONE = 0n;
/** Targets of messages to storage, when its writes are asynchronous. */
export const LOCAL_APPEND_THREAD = 2n ** 64n - 1n;
export const LOCAL_APPLY_THREAD = 2n ** 64n - 2n;
/** Marks the vote requests of a leadership transfer: they pass leases by. */
export const CAMPAIGN_TRANSFER = utf8Bytes('CampaignTransfer');
export const NO_LIMIT = Number.POSITIVE_INFINITY;

export const State = { Follower: 0, Candidate: 1, Leader: 2, PreCandidate: 3 } as const;
export type State = (typeof State)[keyof typeof State];

export interface SoftState {
  readonly lead: NodeId;
  readonly state: State;
}

/** The answer to a read request: reads behind `index` are linearizable. */
export interface ReadState {
  readonly index: number;
  readonly requestCtx: Uint8Array;
}

/** Lines that the core has to say; their texts are part of its contract. */
export interface RaftLogger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export const EMPTY_HARD_STATE: HardState = { term: 0, vote: NONE, commit: 0 };

export function sameHardState(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.vote === b.vote && a.commit === b.commit;
}

export function isEmptySnapshot(snapshot: Snapshot | undefined): boolean {
  return snapshot === undefined || (snapshot.metadata?.index ?? 0) === 0;
}

export function message(fields: Partial<Message> & Pick<Message, 'type'>): Message {
  return {
    type: fields.type,
    to: fields.to ?? NONE,
    from: fields.from ?? NONE,
    term: fields.term ?? 0,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? [],
    commit: fields.commit ?? 0,
    snapshot: fields.snapshot,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context ?? EMPTY,
    vote: fields.vote ?? NONE,
    responses: fields.responses ?? [],
  };
}

function varintBytes(value: number): number {
  let n = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) n++;
  return n;
}

/** Encoded size of an entry, in bytes, without encoding it. */
export function entrySize(entry: Entry): number {
  const n = entry.data.length;
  const data = n > 0 ? 1 + varintBytes(n) + n : 0;
  return 2 + 1 + varintBytes(entry.term) + 1 + varintBytes(entry.index) + data;
}

export function entriesSize(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += entrySize(entry);
  return size;
}

export function payloadsSize(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += entry.data.length;
  return size;
}

/** The longest prefix within `maxBytes`, but at least one entry. */
export function limitSize(entries: Entry[], maxBytes: number): Entry[] {
  if (entries.length === 0 || maxBytes === NO_LIMIT) return entries;
  let size = entrySize(entries[0]);
  let n = 1;
  for (; n < entries.length; n++) {
    size += entrySize(entries[n]);
    if (size > maxBytes) break;
  }
  return n === entries.length ? entries : entries.slice(0, n);
}

export function isLocalThread(id: NodeId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

const LOCAL_TYPES: ReadonlySet<number> = new Set([
  MessageType.MsgHup,
  MessageType.MsgBeat,
  MessageType.MsgUnreachable,
  MessageType.MsgSnapStatus,
  MessageType.MsgCheckQuorum,
  MessageType.MsgStorageAppend,
  MessageType.MsgStorageAppendResp,
  MessageType.MsgStorageApply,
  MessageType.MsgStorageApplyResp,
]);

const RESPONSE_TYPES: ReadonlySet<number> = new Set([
  MessageType.MsgAppResp,
  MessageType.MsgVoteResp,
  MessageType.MsgHeartbeatResp,
  MessageType.MsgUnreachable,
  MessageType.MsgReadIndexResp,
  MessageType.MsgPreVoteResp,
  MessageType.MsgStorageAppendResp,
  MessageType.MsgStorageApplyResp,
]);

export function isLocalType(type: number): boolean {
  return LOCAL_TYPES.has(type);
}

export function isResponseType(type: number): boolean {
  return RESPONSE_TYPES.has(type);
}

export interface ChangeSet {
  readonly transition: number;
  readonly changes: readonly ConfChangeSingle[];
}

/** Leaves a joint configuration: a change set that changes nothing. */
export function leavesJoint(cc: ChangeSet): boolean {
  return cc.transition === ConfChangeTransition.ConfChangeTransitionAuto && cc.changes.length === 0;
}

/** Needs a joint configuration; says whether it is left by itself. undefined: a simple change. */
export function entersJoint(cc: ChangeSet): { readonly autoLeave: boolean } | undefined {
  if (cc.transition === ConfChangeTransition.ConfChangeTransitionAuto && cc.changes.length <= 1)
    return undefined;
  return { autoLeave: cc.transition !== ConfChangeTransition.ConfChangeTransitionJointExplicit };
}
