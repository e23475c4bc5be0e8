/**
 * A node as its shell drives it: `step`, `tick` and the proposals go in, `ready` comes out, and what it asks for is
 * acknowledged: by `advance` when the shell stores and applies before it goes on, or, with asynchronous storage writes,
 * by the responses that ride on the messages to the storage threads.
 */

import type { RaftConfig } from './config.ts';
import { applyConfChange } from './configuration.ts';
import { type RaftError, RaftPanic, STEP_LOCAL_MESSAGE, STEP_PEER_NOT_FOUND } from './errors.ts';
import { Raft } from './raft.ts';
import { describeProgressMap } from './tracker.ts';
import {
  type ChangeSet,
  ConfChange,
  ConfChangeType,
  type ConfState,
  EMPTY_HARD_STATE,
  type Entry,
  EntryType,
  entriesSize,
  type HardState,
  isLocalThread,
  isLocalType,
  isResponseType,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  message,
  NONE,
  type NodeId,
  type ReadState,
  type Snapshot,
  type SoftState,
  State,
  sameHardState,
} from './types.ts';

export interface Ready {
  /** Only when it changed. */
  readonly softState: SoftState | undefined;
  /** Only when it changed. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  /** To be made stable, before the messages of this Ready are sent (unless writes are asynchronous). */
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly mustSync: boolean;
}

export interface Founder {
  readonly id: NodeId;
  readonly context: Uint8Array;
}

export class RawNode {
  readonly raft: Raft;
  private readonly async: boolean;
  private previousSoft: SoftState;
  private previousHard: HardState;
  private onAdvance: Message[] = [];

  constructor(config: RaftConfig) {
    this.raft = new Raft(config);
    this.async = config.asyncStorageWrites === true;
    this.previousSoft = this.raft.softState;
    this.previousHard = this.raft.hardState;
  }

  /**
   * The first start of a new cluster: its founders are the first entries of the log, committed at once. Every founder
   * does the same, so all begin with equal logs.
   */
  bootstrap(founders: readonly Founder[]): void {
    const { raft } = this;
    if (founders.length === 0) throw new RaftPanic('must provide at least one peer to Bootstrap');
    if (raft.log.lastIndex() !== 0) throw new RaftPanic("can't bootstrap a nonempty Storage");
    this.previousHard = EMPTY_HARD_STATE;
    raft.becomeFollower(1, NONE);
    const sorted = [...founders].sort((a, b) => (a.id < b.id ? -1 : 1));
    const entries = sorted.map(({ id, context }, i) => ({
      type: EntryType.EntryConfChange,
      term: 1,
      index: i + 1,
      data: ConfChange.encode({ id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: id, context }),
    }));
    raft.log.append(entries);
    raft.log.committed = entries.length;
    for (const { id } of sorted) {
      applyConfChange(raft, {
        transition: 0,
        changes: [{ type: ConfChangeType.ConfChangeAddNode, nodeId: id }],
      });
    }
  }

  get term(): number {
    return this.raft.term;
  }

  get committed(): number {
    return this.raft.log.committed;
  }

  get lead(): NodeId {
    return this.raft.lead;
  }

  get isLeader(): boolean {
    return this.raft.state === State.Leader;
  }

  tick(): void {
    this.raft.tick();
  }

  campaign(): RaftError | undefined {
    return this.raft.step(message({ type: MessageType.MsgHup, from: this.raft.id }));
  }

  /** One entry each; they are appended together. */
  propose(payloads: readonly Uint8Array[]): RaftError | undefined {
    const entries = payloads.map((data) => ({ type: EntryType.EntryNormal, term: 0, index: 0, data }));
    return this.raft.step(message({ type: MessageType.MsgProp, from: this.raft.id, entries }));
  }

  /** @param type EntryConfChange or EntryConfChangeV2, with its encoded change */
  proposeConfChange(type: number, data: Uint8Array): RaftError | undefined {
    const entries = [{ type, term: 0, index: 0, data }];
    return this.raft.step(message({ type: MessageType.MsgProp, from: this.raft.id, entries }));
  }

  /** To be called for every committed change; one that was refused comes with node id 0n. */
  applyConfChange(change: ConfChange | ChangeSet): ConfState {
    if ('changes' in change) return applyConfChange(this.raft, change);
    const { type, nodeId } = change;
    return applyConfChange(this.raft, { transition: 0, changes: [{ type, nodeId }] });
  }

  /** A message from outside. @returns why it was refused */
  step(m: Message): RaftError | undefined {
    if (isLocalType(m.type) && !isLocalThread(m.from)) return STEP_LOCAL_MESSAGE;
    if (isResponseType(m.type) && !isLocalThread(m.from) && !this.raft.tracker.progress.has(m.from)) {
      return STEP_PEER_NOT_FOUND;
    }
    return this.raft.step(m);
  }

  reportUnreachable(id: NodeId): void {
    this.raft.step(message({ type: MessageType.MsgUnreachable, from: id }));
  }

  reportSnapshot(id: NodeId, ok: boolean): void {
    this.raft.step(message({ type: MessageType.MsgSnapStatus, from: id, reject: !ok }));
  }

  transferLeader(to: NodeId): void {
    this.raft.step(message({ type: MessageType.MsgTransferLeader, from: to }));
  }

  forgetLeader(): RaftError | undefined {
    return this.raft.step(message({ type: MessageType.MsgForgetLeader }));
  }

  /** Asks for the index behind which reads are linearizable; the answer is a ReadState with the same context. */
  readIndex(context: Uint8Array): void {
    const entries = [{ type: EntryType.EntryNormal, term: 0, index: 0, data: context }];
    this.raft.step(message({ type: MessageType.MsgReadIndex, entries }));
  }

  describeProgress(): string {
    return this.isLeader ? describeProgressMap(this.raft.tracker.progress) : '';
  }

  hasReady(): boolean {
    const { raft } = this;
    const { log } = raft;
    if (raft.messages.length > 0 || raft.messagesAfterAppend.length > 0 || raft.readStates.length > 0)
      return true;
    if (log.unstable.hasNextEntries || log.hasNextCommitted(!this.async)) return true;
    if (log.unstable.nextSnapshot() !== undefined) return true;
    if (raft.lead !== this.previousSoft.lead || raft.state !== this.previousSoft.state) return true;
    const hard = this.previousHard;
    return raft.term !== hard.term || raft.vote !== hard.vote || log.committed !== hard.commit;
  }

  /** Takes over what there is to do. In synchronous mode `advance` has to follow before the next. */
  ready(): Ready {
    const { raft } = this;
    const soft = raft.softState;
    const hard = raft.hardState;
    const softChanged = soft.lead !== this.previousSoft.lead || soft.state !== this.previousSoft.state;
    const hardChanged = !sameHardState(hard, this.previousHard);
    const entries = raft.log.unstable.nextEntries();
    const committedEntries = raft.log.nextCommitted(!this.async);
    const snapshot = raft.log.unstable.nextSnapshot();
    const hardState = hardChanged ? hard : undefined;
    const { term, vote } = this.previousHard;
    const mustSync = entries.length > 0 || (hardChanged && (hard.vote !== vote || hard.term !== term));
    const messages = raft.messages;
    if (this.async) this.addStorageMessages(messages, { entries, hardState, snapshot, committedEntries });
    else for (const m of raft.messagesAfterAppend) if (m.to !== raft.id) messages.push(m);
    const ready: Ready = {
      softState: softChanged ? soft : undefined,
      hardState,
      readStates: raft.readStates,
      entries,
      snapshot,
      committedEntries,
      messages,
      mustSync,
    };
    this.accept(ready, soft, hard);
    return ready;
  }

  /** Synchronous mode: everything the last Ready asked for is done. */
  advance(): void {
    if (this.async) throw new RaftPanic('Advance must not be called when using AsyncStorageWrites');
    const messages = this.onAdvance;
    this.onAdvance = [];
    for (const m of messages) this.raft.step(m);
  }

  private accept(ready: Ready, soft: SoftState, hard: HardState): void {
    const { raft } = this;
    if (!this.async) {
      if (this.onAdvance.length > 0)
        throw new RaftPanic('two accepted Ready structs without call to Advance');
      for (const m of raft.messagesAfterAppend) if (m.to === raft.id) this.onAdvance.push(m);
      if (this.needsAppendResponse(ready.snapshot)) this.onAdvance.push(this.appendResponse(ready.snapshot));
      if (ready.committedEntries.length > 0) this.onAdvance.push(this.applyResponse(ready.committedEntries));
    }
    this.previousSoft = soft;
    if (ready.hardState) this.previousHard = hard;
    raft.readStates = [];
    raft.messages = [];
    raft.messagesAfterAppend = [];
    raft.log.unstable.acceptInProgress();
    const { committedEntries } = ready;
    if (committedEntries.length === 0) return;
    const last = committedEntries[committedEntries.length - 1].index;
    raft.log.acceptApplying(last, entriesSize(committedEntries), !this.async);
  }

  // ---- asynchronous storage writes ----

  private addStorageMessages(
    messages: Message[],
    rd: Pick<Ready, 'entries' | 'hardState' | 'snapshot' | 'committedEntries'>,
  ): void {
    const { raft } = this;
    const afterAppend = raft.messagesAfterAppend;
    if (rd.entries.length > 0 || rd.hardState || rd.snapshot || afterAppend.length > 0) {
      const responses = [...afterAppend];
      if (this.needsAppendResponse(rd.snapshot)) responses.push(this.appendResponse(rd.snapshot));
      messages.push(
        message({
          type: MessageType.MsgStorageAppend,
          to: LOCAL_APPEND_THREAD,
          from: raft.id,
          entries: rd.entries as Entry[],
          term: rd.hardState?.term,
          vote: rd.hardState?.vote,
          commit: rd.hardState?.commit,
          snapshot: rd.snapshot,
          responses,
        }),
      );
    }
    if (rd.committedEntries.length > 0) {
      messages.push(
        message({
          type: MessageType.MsgStorageApply,
          to: LOCAL_APPLY_THREAD,
          from: raft.id,
          entries: rd.committedEntries as Entry[],
          responses: [this.applyResponse(rd.committedEntries)],
        }),
      );
    }
  }

  private needsAppendResponse(snapshot: Snapshot | undefined): boolean {
    return this.raft.log.unstable.entries.length > 0 || snapshot !== undefined;
  }

  /**
   * Says that all entries are stable, also those of earlier Readys: it carries the last one's term, so that an answer
   * which comes after the log was rewritten is known to be about other entries (the ABA problem).
   */
  private appendResponse(snapshot: Snapshot | undefined): Message {
    const { raft } = this;
    const { length } = raft.log.unstable.entries;
    return message({
      type: MessageType.MsgStorageAppendResp,
      to: raft.id,
      from: LOCAL_APPEND_THREAD,
      term: raft.term,
      index: length > 0 ? raft.log.lastIndex() : 0,
      logTerm: length > 0 ? raft.log.lastTerm() : 0,
      snapshot,
    });
  }

  private applyResponse(entries: readonly Entry[]): Message {
    return message({
      type: MessageType.MsgStorageApplyResp,
      to: this.raft.id,
      from: LOCAL_APPLY_THREAD,
      entries: entries as Entry[],
    });
  }
}
