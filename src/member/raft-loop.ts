/**
 * Drives the consensus core: gives it messages, proposals and ticks, and carries out what it asks for. The core runs
 * with asynchronous storage writes, so nothing here ever waits: appends go to the log and are acknowledged when they
 * are durable, committed entries are applied when they come, heartbeats pass a slow disk by.
 *
 *   step/tick/propose --> RawNode --> ready --> append --> LogStore ..durable..> responses --> RawNode
 *                                          |--> apply  --> member  -----------> responses --> RawNode
 *                                          |--> MsgSnap -> sender  ..arrived..> reportSnapshot
 *                                          '--> messages --> PeerLink
 *
 * A snapshot that comes is saved in the log first and acknowledged; its database is put in place afterwards, and only
 * the entries behind it wait for that.
 *
 * Input of one turn is taken first; `ready` is asked once at the end of it, so that a batch is a turn.
 */
import type { Clock } from '../core/ports/clock.ts';
import type { LogSnapshot, LogStore } from '../core/ports/log-store.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import {
  type Entry,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type MemoryStorage,
  type Message,
  MessageType,
  type RawNode,
  type ReadState,
  type Snapshot,
  type SoftState,
} from '../core/raft/index.ts';

export interface RaftLoopOptions {
  readonly clock: Clock;
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly log: LogStore;
  readonly link: PeerLink;
  readonly memberId: bigint;
  /** Applies committed entries in order, at least one, and says how many: the others are left for the next turn. */
  apply(entries: readonly Entry[]): number;
  /** Sends a MsgSnap, with the database that goes with it. */
  sendSnapshot(message: Message): void;
  /** Puts a snapshot in the place of the state. Entries behind it wait until that is done. */
  installSnapshot(snapshot: Snapshot): Promise<void>;
  onReadStates(states: readonly ReadState[]): void;
  onSoftState(state: SoftState): void;
  /** A broken disk or invariant: the member has to stop. */
  onFatal(error: Error): void;
}

export class RaftLoop {
  private readonly o: RaftLoopOptions;
  private scheduled = false;
  private running = false;
  private stopped = false;
  /** While a snapshot is being saved: what has to come behind it in the log. */
  private behindSnapshot: Message[] | undefined;
  /** Snapshots that are not installed yet, and what is to be applied after them. */
  private readonly installing = new Set<number>();
  private unapplied: Message[] = [];
  /** What an apply has left for the next turn. It comes before all that waits. */
  private rest: { readonly message: Message; readonly entries: readonly Entry[] } | undefined;
  private installed: Promise<void> = Promise.resolve();

  constructor(options: RaftLoopOptions) {
    this.o = options;
  }

  /** Gives input to the core and sees to it that its wishes are carried out at the end of this turn. */
  input<T>(give: (node: RawNode) => T): T {
    const result = give(this.o.node);
    this.wake();
    return result;
  }

  wake(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    this.o.clock.endOfTurn(() => {
      this.scheduled = false;
      this.run();
    });
  }

  stop(): void {
    this.stopped = true;
  }

  /** A snapshot of this index was accepted, and is not in place yet. */
  awaits(index: number): boolean {
    const { unstable } = this.o.node.raft.log;
    return unstable.snapshot?.metadata?.index === index || this.installing.has(index);
  }

  /** Carries out everything the core has ready now. */
  run(): void {
    if (this.running || this.stopped) return;
    this.running = true;
    try {
      while (!this.stopped && this.o.node.hasReady()) this.carryOut();
    } catch (error) {
      this.fail(error as Error);
    } finally {
      this.running = false;
    }
  }

  private carryOut(): void {
    const ready = this.o.node.ready();
    if (ready.softState) this.o.onSoftState(ready.softState);
    if (ready.readStates.length > 0) this.o.onReadStates(ready.readStates);
    let outgoing: Message[] | undefined;
    for (const message of ready.messages) {
      if (message.to === LOCAL_APPEND_THREAD) this.append(message);
      else if (message.to === LOCAL_APPLY_THREAD) this.applyEntries(message);
      else if (message.type === MessageType.MsgSnap) this.o.sendSnapshot(message);
      else (outgoing ??= []).push(message);
    }
    if (outgoing) this.o.link.send(outgoing);
  }

  /** In order: a snapshot is saved in two steps, and what follows it may not come between them. */
  private append(message: Message): void {
    if (this.behindSnapshot) this.behindSnapshot.push(message);
    else if (message.snapshot) this.saveSnapshot(message);
    else this.appendToLog(message);
  }

  private saveSnapshot(message: Message): void {
    this.behindSnapshot = [];
    this.o.log.saveSnapshot(message.snapshot as LogSnapshot, (error) => {
      if (this.stopped) return;
      if (error) return this.fail(error);
      const behind = this.behindSnapshot!;
      this.behindSnapshot = undefined;
      this.appendToLog(message);
      for (const next of behind) this.append(next);
    });
  }

  private appendToLog(message: Message): void {
    const { entries, term, vote, commit, responses } = message;
    const hardState = term !== 0 || vote !== 0n || commit !== 0 ? { term, vote, commit } : undefined;
    const batch = { hardState, entries, mustSync: entries.length > 0 || responses.length > 0 };
    this.o.log.append(batch, (error) => {
      if (this.stopped) return;
      if (error) return this.fail(error);
      try {
        this.stored(message, hardState);
      } catch (broken) {
        return this.fail(broken as Error);
      }
      this.run();
    });
  }

  /** What the log has now, the core may read and rely on. */
  private stored({ snapshot, entries, responses }: Message, hardState: HardState | undefined): void {
    const { storage } = this.o;
    if (snapshot) storage.applySnapshot(snapshot);
    if (hardState) storage.setHardState(hardState);
    if (entries.length > 0) storage.append(entries);
    if (snapshot) this.install(snapshot);
    this.deliver(responses);
  }

  private install(snapshot: Snapshot): void {
    const { index } = snapshot.metadata!;
    this.installing.add(index);
    this.installed = this.installed
      .then(() => this.o.installSnapshot(snapshot))
      .then(
        () => {
          this.installing.delete(index);
          this.applyWaiting();
        },
        (error: Error) => this.fail(error),
      );
  }

  private applyWaiting(): void {
    if (this.installing.size > 0 || this.stopped) return;
    const { rest, unapplied: waiting } = this;
    this.rest = undefined;
    this.unapplied = [];
    try {
      if (rest) this.applyFrom(rest.message, rest.entries);
      for (const message of waiting) this.applyEntries(message);
    } catch (broken) {
      return this.fail(broken as Error);
    }
    this.run();
  }

  private fail(error: Error): void {
    this.stopped = true;
    this.o.onFatal(error);
  }

  private applyEntries(message: Message): void {
    if (this.installing.size > 0 || this.rest) this.unapplied.push(message);
    else this.applyFrom(message, message.entries);
  }

  private applyFrom(message: Message, entries: readonly Entry[]): void {
    const applied = entries.length === 0 ? 0 : this.o.apply(entries);
    if (applied < entries.length) {
      this.rest = { message, entries: entries.slice(applied) };
      this.o.clock.nextTurn(() => this.applyWaiting());
    } else this.deliver(message.responses);
  }

  /** Responses of the storage: to the core itself, or to the peers that waited for durability. */
  private deliver(responses: readonly Message[]): void {
    let outgoing: Message[] | undefined;
    for (const response of responses) {
      if (response.to === this.o.memberId) this.o.node.step(response);
      else (outgoing ??= []).push(response);
    }
    if (outgoing) this.o.link.send(outgoing);
  }
}
