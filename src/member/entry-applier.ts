/**
 * Committed entries -> state and answers. Each entry is applied exactly once: those that the backend had before a
 * restart only pass by, so that what lives in memory (the configuration of raft) follows the whole log.
 */
import { type Apply, OPERATIONS } from '../core/apply/applier.ts';
import type { ApplyProgress } from '../core/apply/progress.ts';
import { ERR, type EtcdError } from '../core/errors.ts';
import { expected } from '../core/failure.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import { type ClusterMember, type MemberChange, parseMember } from '../core/membership/member.ts';
import type { Clock } from '../core/ports/clock.ts';
import { utf8Text } from '../core/wire/bytes.ts';
import { ConfChange, ConfChangeType, type ConfState, type Entry, EntryType } from '../core/wire/gen/raft.ts';
import { Proposal, type RequestId, splitRequestId } from '../core/wire/proposal.ts';
import type { MembershipChangeKind } from './events.ts';
import type { Proposals } from './proposals.ts';

/** Time of a turn, in milliseconds: some hundred small puts, or a tenth of that while code is cold. */
const APPLY_MS = 3;
/** Entries between two looks at the clock. */
const CLOCK_ENTRIES = 4;

export interface EntryApplierOptions {
  readonly apply: Apply;
  readonly progress: ApplyProgress;
  readonly cluster: Cluster;
  readonly proposals: Proposals;
  readonly clock: Clock;
  /** Events handed to watchers so far: what applying an entry costs beyond the entry. */
  eventsDelivered(): number;
  /** After so many of them the other entries are left. */
  readonly eventsATurn: number;
  /** Puts a configuration change into effect in raft; node id 0n: it was refused. */
  applyConfChange(change: ConfChange): ConfState;
  /** A leader's first entry of its term was applied. */
  onEmptyEntry(term: number): void;
  onMembershipChanged(change: ConfChange, member: MemberChange | undefined): void;
  /** For the first time, not at a replay. The member is as it is now, or was before it was removed. */
  onChangeApplied(kind: MembershipChangeKind, member: ClusterMember): void;
}

export class EntryApplier {
  private readonly o: EntryApplierOptions;
  /** What the backend had at start: entries up to here are not applied to it again. */
  private replayUpTo: number;
  private position: number;

  constructor(options: EntryApplierOptions, startIndex: number) {
    this.o = options;
    this.replayUpTo = options.progress.index;
    this.position = startIndex;
  }

  get appliedIndex(): number {
    return this.position;
  }

  /** The backend is another one now, at this index. */
  restored(index: number): void {
    this.replayUpTo = index;
    this.position = index;
  }

  /** How many of them were applied, or had been: one at least. */
  apply(entries: readonly Entry[]): number {
    const { clock, eventsDelivered, eventsATurn } = this.o;
    const enough = eventsDelivered() + eventsATurn;
    const end = clock.now() + APPLY_MS;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (i > 0 && (eventsDelivered() >= enough || (i % CLOCK_ENTRIES === 0 && clock.now() >= end))) return i;
      if (entry.index <= this.position) continue;
      if (entry.index !== this.position + 1) {
        throw new Error(`invariant: entry ${entry.index} follows applied index ${this.position}`);
      }
      this.one(entry);
      this.position = entry.index;
    }
    return entries.length;
  }

  private one(entry: Entry): void {
    const { progress } = this.o;
    const fresh = entry.index > this.replayUpTo;
    if (entry.type === EntryType.EntryConfChange) this.confChange(entry, fresh);
    else if (entry.type !== EntryType.EntryNormal)
      throw new Error(`invariant: entry type ${entry.type} in the log`);
    else if (entry.data.length === 0) this.o.onEmptyEntry(entry.term);
    else if (fresh) this.request(entry);
    if (!fresh) return;
    progress.index = entry.index;
    progress.term = entry.term;
  }

  private request(entry: Entry): void {
    const proposal = new Proposal(entry.data);
    const waiting = this.o.proposals.take(proposal);
    const codec = OPERATIONS[proposal.op];
    let response: unknown;
    let error: EtcdError | undefined;
    try {
      // An operation without a codec is refused by the innermost layer.
      const request = waiting ? waiting.request : codec?.decode(proposal.body);
      response = this.o.apply(proposal.op, request);
    } catch (failure) {
      error = expected(failure);
    }
    waiting?.done(error, response);
  }

  private confChange(entry: Entry, fresh: boolean): void {
    const { cluster, progress, proposals } = this.o;
    const change = ConfChange.decode(entry.data);
    const member = change.context.length > 0 ? parseMember(utf8Text(change.context)) : undefined;
    // The configuration was stored with the index it belongs to: what came before is in it, or was refused then.
    if (!fresh) {
      if (!progress.confState) this.o.applyConfChange(change);
      return this.o.onMembershipChanged(change, member);
    }
    const refused = this.refusal(change, member);
    const effective = refused ? { ...change, nodeId: 0n } : change;
    progress.confState = this.o.applyConfChange(effective);
    if (!refused) this.changeCluster(change, member);
    const id: RequestId = splitRequestId(change.id);
    const waiting = change.id === 0n ? undefined : proposals.take(id);
    waiting?.done(refused, cluster.members());
    if (!refused) this.o.onMembershipChanged(change, member);
  }

  private refusal(change: ConfChange, member: MemberChange | undefined): EtcdError | undefined {
    const { cluster } = this.o;
    if (cluster.isRemoved(change.nodeId)) return ERR.MemberNotFound;
    switch (change.type) {
      case ConfChangeType.ConfChangeAddNode:
      case ConfChangeType.ConfChangeAddLearnerNode:
        if (member === undefined) return ERR.MemberBadURLs;
        return member.isPromote ? cluster.cannotPromote(change.nodeId) : cluster.cannotAdd(member);
      case ConfChangeType.ConfChangeUpdateNode:
        return member === undefined ? ERR.MemberBadURLs : cluster.cannotUpdate(member);
      default:
        return cluster.cannotRemove(change.nodeId);
    }
  }

  private changeCluster(change: ConfChange, member: MemberChange | undefined): void {
    const { cluster, onChangeApplied } = this.o;
    const { nodeId, type } = change;
    const before = cluster.member(nodeId);
    const kind = kindOf(type, member);
    if (kind === 'removed') cluster.remove(nodeId);
    else if (kind === 'promoted') cluster.promote(nodeId);
    else if (kind === 'updated') cluster.updatePeerURLs(nodeId, member!.peerURLs);
    else {
      const { isPromote: _, ...added } = member!;
      cluster.add(added);
    }
    onChangeApplied(kind, cluster.member(nodeId) ?? before!);
  }
}

function kindOf(type: number, member: MemberChange | undefined): MembershipChangeKind {
  if (type === ConfChangeType.ConfChangeRemoveNode) return 'removed';
  if (member?.isPromote) return 'promoted';
  return type === ConfChangeType.ConfChangeUpdateNode ? 'updated' : 'added';
}
