/**
 * The checkers. Each takes what happened and throws nothing: it says in words what is wrong, or nothing.
 *
 * Linearizability is verified, not searched for: the committed log is the order in which requests are said to have
 * taken effect. It is a linearization if (1) the model, fed in that order, gives the answers that clients got, (2) what
 * returned before another request began comes before it, (3) nothing takes effect twice or without having been asked
 * for. A read has no entry; it is placed by the revision it was answered at.
 */
import { bytesEqual } from '../../src/core/wire/bytes.ts';
import { EntryType } from '../../src/core/wire/gen/raft.ts';
import { LeaseGrantRequest, LeaseRevokeRequest } from '../../src/core/wire/gen/rpc.ts';
import { Op, Proposal } from '../../src/core/wire/proposal.ts';
import { covers, type Event } from '../unit/mvcc/twin.ts';
import { OP_NAMES, rangeText, refused, rowText } from './answers.ts';
import type { Moment, WitnessedEntry } from './book.ts';
import type { Call, History, Read, Write } from './history.ts';
import { LeaseCheck, type Overlaps } from './lease-check.ts';
import { Model } from './model.ts';
import type { WatchClient } from './watch-client.ts';

/** Requests that members make by themselves. */
const INTERNAL: ReadonlySet<number> = new Set([
  Op.LeaseRevoke,
  Op.LeaseCheckpoint,
  Op.ClusterVersionSet,
  Op.ClusterMemberAttrSet,
]);

/** What a watcher asked for and what it saw, in this process or over a wire. */
export type Watched = Pick<WatchClient, 'range' | 'from' | 'holes' | 'events'>;

export interface VerdictOptions {
  readonly history: History;
  /** The committed log. */
  readonly log: readonly WitnessedEntry[];
  /** When each entry of it was first known to be committed; absent: nobody can tell. */
  readonly committedSince?: readonly Moment[];
  readonly minTtlSeconds: number;
  /** Absent: nobody was replaced. */
  readonly overlaps?: Overlaps;
}

const ONE_LEADER: Overlaps = { leaders: [], overlapMs: 0 };

export class Verdict {
  readonly model: Model;
  readonly wrong: string[] = [];
  /** By log index: the revision after the entry. */
  private readonly revisionAt: number[] = [1];
  /** By revision: the log index that made it. */
  private readonly indexOf: number[] = [0, 0];
  /** By log index. */
  private readonly writeAt: (Write | undefined)[] = [];
  /** By request id. */
  private readonly writes = new Map<string, Write>();
  private readonly indexOfWrite = new Map<Write, number>();
  private readonly compactions: { readonly revision: number; readonly write: Write | undefined }[] = [];
  private readonly history: History;

  constructor({ history, log, committedSince = [], minTtlSeconds, overlaps = ONE_LEADER }: VerdictOptions) {
    this.model = new Model(minTtlSeconds);
    this.history = history;
    const leases = new LeaseCheck(overlaps, (what) => this.say(what));
    for (const call of history.calls) if (call.kind === 'write') this.writes.set(call.requestId, call);
    for (const entry of log) this.replay(entry, leases, committedSince[entry.index - 1]);
    this.checkPresence();
    this.checkOrder();
    for (const call of history.calls) if (call.kind === 'read') this.checkRead(call);
    leases.check(history.calls);
  }

  private say(what: string): void {
    this.wrong.push(what);
  }

  private replay(entry: WitnessedEntry, leases: LeaseCheck, committed: Moment | undefined): void {
    if (entry.type === EntryType.EntryNormal && entry.data.length > 0) this.request(entry, leases, committed);
    const { revision } = this.model;
    this.revisionAt[entry.index] = revision;
    this.indexOf[revision] ??= entry.index;
  }

  private request(
    { index, data, since }: WitnessedEntry,
    leases: LeaseCheck,
    committed: Moment | undefined,
  ): void {
    const proposal = new Proposal(data);
    const write = this.writes.get(`${proposal.member}:${proposal.sequence}`);
    const answer = this.model.apply(proposal.op, proposal.body);
    const happened = answer !== undefined && !answer.startsWith('refused');
    if (proposal.op === Op.LeaseRevoke && happened) {
      const { ID } = LeaseRevokeRequest.decode(proposal.body);
      leases.ended({ lease: ID, index, since, committed, write });
    }
    if (proposal.op === Op.LeaseGrant && happened) {
      const { ID } = LeaseGrantRequest.decode(proposal.body);
      leases.granted({ lease: ID, ttl: this.model.leases.get(ID)!.ttl, write });
    }
    if (proposal.op === Op.Compaction && happened)
      this.compactions.push({ revision: this.model.twin.compact, write });
    if (!write) {
      if (!INTERNAL.has(proposal.op))
        this.say(`entry ${index} (${OP_NAMES[proposal.op]}) was asked for by nobody`);
      return;
    }
    if (this.indexOfWrite.has(write))
      return this.say(`${write.what} is in the log at ${this.indexOfWrite.get(write)} and at ${index}`);
    this.indexOfWrite.set(write, index);
    this.writeAt[index] = write;
    if (write.answer !== undefined && write.answer !== answer)
      this.say(`${write.what} (entry ${index}) was answered "${write.answer}", by the rules "${answer}"`);
  }

  /** What was acknowledged is in the log. */
  private checkPresence(): void {
    for (const write of this.writes.values()) {
      if (write.answer !== undefined && !this.indexOfWrite.has(write))
        this.say(`${write.what} was acknowledged ("${write.answer}") and is lost`);
    }
  }

  /** What returned before another began comes before it. */
  private checkOrder(): void {
    const moments: { at: number; call: Call; end: boolean }[] = [];
    for (const call of this.history.calls) {
      if (call.kind !== 'write' && call.kind !== 'read') continue;
      moments.push({ at: call.invoked, call, end: false });
      if (call.returned !== undefined && call.answer !== undefined)
        moments.push({ at: call.returned, call, end: true });
    }
    moments.sort((a, b) => a.at - b.at);
    let index = 0;
    let revision = 0;
    const floors = new Map<Call, { index: number; revision: number }>();
    for (const { call, end } of moments) {
      if (!end) {
        floors.set(call, { index, revision });
        continue;
      }
      const floor = floors.get(call)!;
      if (call.kind === 'write') {
        const own = this.indexOfWrite.get(call) ?? 0;
        if (own <= floor.index)
          this.say(`${call.what} (entry ${own}) began after entry ${floor.index} was acknowledged`);
        if (this.revisionAt[own - 1] < floor.revision)
          this.say(`${call.what} (entry ${own}) began after revision ${floor.revision} was read`);
        index = Math.max(index, own);
      } else if (call.kind === 'read' && call.linearizable) {
        const least = Math.max(this.revisionAt[floor.index], floor.revision);
        if (call.revision! < least)
          this.say(
            `a linearizable read was answered at ${call.revision}, ${least} was there before it began`,
          );
        revision = Math.max(revision, call.revision!);
      }
    }
  }

  private checkRead(read: Read): void {
    const { answer, revision } = read;
    if (answer === undefined || revision === undefined || read.returned === undefined) return;
    if (revision > this.model.revision)
      return this.say(`a read was answered at revision ${revision}, there are ${this.model.revision}`);
    const at = read.at === 0 ? revision : read.at;
    if (answer === refused('Compacted')) {
      const compacted = this.compactions.some(
        (c) => c.revision > at && (c.write?.invoked ?? 0) < read.returned!,
      );
      if (!compacted) this.say(`a read at ${at} was refused as compacted, and nobody had done that`);
      return;
    }
    if (answer === refused('FutureRev')) {
      if (at <= revision) this.say(`a read at ${at} was refused as future, the store was at ${revision}`);
      return;
    }
    const rows = this.model.rangeAt(at, read.key, read.end);
    const count = [...this.model.twin.states[at].keys()].filter((k) => covers(read.key, read.end, k)).length;
    const right = rangeText(revision, count, rows);
    if (answer !== right) this.say(`a read at ${at} was answered "${answer}", by the rules "${right}"`);
    const write = this.writeAt[this.indexOf[revision]];
    if (write && write.invoked > read.returned)
      this.say(`a read saw revision ${revision} before anybody asked for it`);
  }

  /** Every event of the range once, in order, with its previous pair; at the end nothing is missing. */
  checkWatch(client: Watched, name: string): void {
    const { from, range, events, holes } = client;
    if (from === undefined) return;
    const inHole = (revision: number): boolean => holes.some(([a, b]) => revision >= a && revision < b);
    const due = this.model.events.filter(({ main, key, row }) => {
      if (main < from || inHole(main) || !covers(range.key, range.end, key)) return false;
      return row === undefined ? !range.noDelete : !range.noPut;
    });
    for (let i = 0; i < Math.max(due.length, events.length); i++) {
      const seen = events[i];
      const right = due[i] && eventText(due[i]);
      if (!seen) return this.say(`${name}: the event of ${due[i].main} (${right}) never came`);
      const text = `${seen.revision} ${seen.text}`;
      if (right === undefined || text !== `${due[i].main} ${right}`)
        return this.say(
          `${name}: event ${i} was "${text}", by the rules "${due[i] ? `${due[i].main} ${right}` : 'none'}"`,
        );
      this.checkPrevious(client, i, due[i], name);
    }
  }

  private checkPrevious({ range, events }: Watched, i: number, event: Event, name: string): void {
    const { previous, compactRevision } = events[i];
    const before = this.model.rowAt(event.main - 1, event.key);
    if (previous === undefined) {
      const visible = range.prevKv && before !== undefined && compactRevision < event.main;
      if (visible) this.say(`${name}: the event of ${event.main} came without its previous pair`);
    } else if (!range.prevKv || !before || rowText(before) !== previous) {
      this.say(`${name}: the event of ${event.main} came with the previous pair "${previous}"`);
    }
  }
}

function eventText({ key, row }: Event): string {
  return row === undefined ? `DELETE ${key}` : `PUT ${rowText(row)}`;
}

/** All logs hold the same entries as far as they are committed. */
export function checkAgreement(
  logs: readonly { readonly entries: readonly WitnessedEntry[]; readonly committed: number }[],
): string | undefined {
  const first = logs.reduce((a, b) => (a.committed >= b.committed ? a : b));
  for (const log of logs) {
    for (let i = 0; i < Math.min(log.committed, log.entries.length); i++) {
      const a = first.entries[i];
      const b = log.entries[i];
      if (a.term !== b.term || !bytesEqual(a.data, b.data))
        return `entry ${i + 1} is not the same everywhere`;
    }
  }
  return undefined;
}
