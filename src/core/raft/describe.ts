/** Every value of the core as text, in the exact form of the test scripts. */
import { utf8Text } from '../wire/bytes.ts';
import type { Ready } from './raw-node.ts';
import {
  type ChangeSet,
  ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
  isEmptySnapshot,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  type NodeId,
  type ReadState,
  type Snapshot,
  type SoftState,
} from './types.ts';

function names(values: Readonly<Record<string, number>>): readonly string[] {
  const out: string[] = [];
  for (const [name, value] of Object.entries(values)) out[value] = name;
  return out;
}

export const MESSAGE_NAMES = names(MessageType);
const ENTRY_NAMES = names(EntryType);
const CHANGE_NAMES = names(ConfChangeType);
const TRANSITION_NAMES = names(ConfChangeTransition);
export const STATE_NAMES: readonly string[] = [
  'StateFollower',
  'StateCandidate',
  'StateLeader',
  'StatePreCandidate',
];
const CHANGE_LETTERS = ['v', 'r', 'u', 'l'];

export function hex(id: NodeId): string {
  return id.toString(16);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function hexOf(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** As Go's %q: what is no UTF-8 is shown byte by byte, what can't be printed by its number. */
export function quote(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const length = runeLength(bytes, at);
    if (length === 0) {
      out += `\\x${hexOf(bytes[at++], 2)}`;
      continue;
    }
    const char = utf8Text(bytes.subarray(at, at + length));
    const code = char.codePointAt(0)!;
    at += length;
    if (ESCAPES[char]) out += ESCAPES[char];
    else if (code < 0x20 || code === 0x7f) out += `\\x${hexOf(code, 2)}`;
    else if (char === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)) out += char;
    else out += code < 0x10000 ? `\\u${hexOf(code, 4)}` : `\\U${hexOf(code, 8)}`;
  }
  return `"${out}"`;
}

/** Bytes of the UTF-8 sequence that starts at `at`; 0 if there is none (RFC 3629: no overlong forms, no surrogates). */
function runeLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1];
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return 0;
  if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0;
  return length;
}

/** `v1 l2 r3 u4` */
export function describeChanges(changes: readonly ConfChangeSingle[]): string {
  return changes.map(({ type, nodeId }) => `${CHANGE_LETTERS[type] ?? '?'}${nodeId}`).join(' ');
}

export function describeChangeSet({ transition, changes }: ChangeSet, context: Uint8Array): string {
  let text = `transition:${TRANSITION_NAMES[transition]}`;
  for (const { type, nodeId } of changes) text += ` changes:{type:${CHANGE_NAMES[type]} node_id:${nodeId}}`;
  if (context.length > 0) text += ` context:${quote(context)}`;
  return text;
}

export function describeEntry({ type, term, index, data }: Entry): string {
  const head = `${term}/${index} ${ENTRY_NAMES[type]}`;
  if (type === EntryType.EntryNormal) return `${head} ${quote(data)}`;
  const changes =
    type === EntryType.EntryConfChange
      ? [changeOf(ConfChange.decode(data))]
      : ConfChangeV2.decode(data).changes;
  return changes.length === 0 ? head : `${head} ${describeChanges(changes)}`;
}

function changeOf({ type, nodeId }: ConfChange): ConfChangeSingle {
  return { type, nodeId };
}

export function describeEntries(entries: readonly Entry[]): string {
  return entries.map((e) => `${describeEntry(e)}\n`).join('');
}

export function describeHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === 0n ? '' : ` Vote:${vote}`} Commit:${commit}`;
}

export function describeSoftState({ lead, state }: SoftState): string {
  return `Lead:${lead} State:${STATE_NAMES[state]}`;
}

export function describeConfState(c: ConfState): string {
  const list = (ids: readonly NodeId[]): string => `[${ids.join(' ')}]`;
  return `Voters:${list(c.voters)} VotersOutgoing:${list(c.votersOutgoing)} Learners:${list(c.learners)} LearnersNext:${list(c.learnersNext)} AutoLeave:${c.autoLeave}`;
}

export function describeSnapshot(snapshot: Snapshot): string {
  const { index, term, confState } = snapshot.metadata!;
  return `Index:${index} Term:${term} ConfState:${describeConfState(confState!)}`;
}

function target(id: NodeId): string {
  if (id === 0n) return 'None';
  if (id === LOCAL_APPEND_THREAD) return 'AppendThread';
  return id === LOCAL_APPLY_THREAD ? 'ApplyThread' : hex(id);
}

export function describeMessage(m: Message, indent = ''): string {
  let text = `${indent}${target(m.from)}->${target(m.to)} ${MESSAGE_NAMES[m.type]} Term:${m.term} Log:${m.logTerm}/${m.index}`;
  if (m.reject) text += ` Rejected (Hint: ${m.rejectHint})`;
  if (m.commit !== 0) text += ` Commit:${m.commit}`;
  if (m.vote) text += ` Vote:${m.vote}`;
  if (m.entries.length === 1) text += ` Entries:[${describeEntry(m.entries[0])}]`;
  else if (m.entries.length > 1) {
    text += ` Entries:[${m.entries.map((e) => `\n${indent}  ${describeEntry(e)}`).join('')}\n${indent}]`;
  }
  if (m.snapshot && !isEmptySnapshot(m.snapshot))
    text += `\n${indent}  Snapshot: ${describeSnapshot(m.snapshot)}`;
  if (m.responses.length > 0) {
    text += ` Responses:[${m.responses.map((r) => `\n${describeMessage(r, `${indent}  `)}`).join('')}\n${indent}]`;
  }
  return text;
}

function describeReadStates(states: readonly ReadState[]): string {
  return states.map(({ index, requestCtx }) => `{${index} [${[...requestCtx].join(' ')}]}`).join(' ');
}

export function describeReady(rd: Ready): string {
  let text = '';
  if (rd.softState) text += `${describeSoftState(rd.softState)}\n`;
  if (rd.hardState) text += `HardState ${describeHardState(rd.hardState)}\n`;
  if (rd.readStates.length > 0) text += `ReadStates [${describeReadStates(rd.readStates)}]\n`;
  if (rd.entries.length > 0) text += `Entries:\n${describeEntries(rd.entries)}`;
  if (rd.snapshot && !isEmptySnapshot(rd.snapshot)) text += `Snapshot ${describeSnapshot(rd.snapshot)}\n`;
  if (rd.committedEntries.length > 0) text += `CommittedEntries:\n${describeEntries(rd.committedEntries)}`;
  if (rd.messages.length > 0)
    text += `Messages:\n${rd.messages.map((m) => `${describeMessage(m)}\n`).join('')}`;
  return text === '' ? '<empty Ready>' : `Ready MustSync=${rd.mustSync}:\n${text}`;
}
