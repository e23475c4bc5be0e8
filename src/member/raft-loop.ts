/**
 * Drives the consensus core: gives it messages, proposals and ticks, and carries out what it asks for. The core runs
 * with asynchronous storage writes, so nothing here ever waits: appends go to the log and are acknowledged when they
 * are durable, committed entries are applied when they come, heartbeats pass a slow disk by.
 *
 *   step/tick/propose --> RawNode --> ready --> append --> LogStore ..durable..> responses --> RawNode
 *                                          |--> apply  --> member  -----------> responses --> RawNode
 *                                          '--> messages --> PeerLink
 *
 * Input of one turn is taken first; `ready` is asked once at the end of it, so that a batch is a turn.
 */
import type { Clock } from '../core/ports/clock.ts';
import type { LogSnapshot, LogStore } from '../core/ports/log-store.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import {
  type Entry,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type MemoryStorage,
  type Message,
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
  /** Applies committed entries, in order, before it returns. */
  apply(entries: readonly Entry[]): void;
  /** Installs a snapshot whose database is already here; the log goes on behind it. */
  applySnapshot(snapshot: Snapshot): void;
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
      else (outgoing ??= []).push(message);
    }
    if (outgoing) this.o.link.send(outgoing);
  }

  private append(message: Message): void {
    const { storage, log } = this.o;
    const { entries, snapshot } = message;
    const hardState =
      message.term !== 0 || message.vote !== 0n || message.commit !== 0
        ? { term: message.term, vote: message.vote, commit: message.commit }
        : undefined;
    const durable = (error: Error | null): void => {
      if (this.stopped) return;
      if (error) return this.fail(error);
      try {
        if (hardState) storage.setHardState(hardState);
        if (entries.length > 0) storage.append(entries);
        this.deliver(message.responses);
      } catch (broken) {
        return this.fail(broken as Error);
      }
      this.run();
    };
    const batch = { hardState, entries, mustSync: entries.length > 0 || message.responses.length > 0 };
    if (!snapshot) return log.append(batch, durable);
    log.saveSnapshot(snapshot as LogSnapshot, (error) => {
      if (this.stopped) return;
      if (error) return this.fail(error);
      storage.applySnapshot(snapshot);
      this.o.applySnapshot(snapshot);
      log.append(batch, durable);
    });
  }

  private fail(error: Error): void {
    this.stopped = true;
    this.o.onFatal(error);
  }

  private applyEntries(message: Message): void {
    this.o.apply(message.entries);
    this.deliver(message.responses);
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
