/**
 * The stable part of the log as the core reads it. `MemoryStorage` holds it in memory, as etcd's members do with the
 * write-ahead log behind it: entries are put in when they are durable, and taken out when a snapshot covers them.
 */
import { COMPACTED, RaftPanic, SNAPSHOT_OUT_OF_DATE, UNAVAILABLE } from './errors.ts';
import {
  type ConfState,
  EMPTY_HARD_STATE,
  type Entry,
  type HardState,
  limitSize,
  type Snapshot,
} from './types.ts';

export interface RaftStorage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** Entries with lo <= index < hi, as many as fit `maxBytes` but at least one. @throws COMPACTED, UNAVAILABLE */
  entries(lo: number, hi: number, maxBytes: number): Entry[];
  /** @throws COMPACTED, UNAVAILABLE */
  term(index: number): number;
  lastIndex(): number;
  firstIndex(): number;
  /**
   * What a follower gets that is too far behind for the log. It has to be at least as new as the change that added the
   * follower: one whose configuration lacks the follower is refused and asked for again, as fast as the network goes.
   * @throws SNAPSHOT_TEMPORARILY_UNAVAILABLE
   */
  snapshot(): Snapshot;
}

const NO_CONF: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

/** Compacted entries are let go when this many of them have gathered: a slice for each one would copy the rest. */
const TRIM_FROM = 1024;

export class MemoryStorage implements RaftStorage {
  private hard: HardState = EMPTY_HARD_STATE;
  private conf: ConfState | undefined;
  private snap: Snapshot = { data: new Uint8Array(0), metadata: { confState: NO_CONF, index: 0, term: 0 } };
  /** list[skipped] is the entry behind the dummy. */
  private list: Entry[] = [];
  private skipped = 0;
  private dummy = { index: 0, term: 0 };

  initialState(): { hardState: HardState; confState: ConfState } {
    return { hardState: this.hard, confState: this.conf ?? this.snap.metadata!.confState ?? NO_CONF };
  }

  /** The configuration that apply had come to before a restart, where that is further than the snapshot. */
  setConfState(conf: ConfState): void {
    this.conf = conf;
  }

  setHardState(state: HardState): void {
    this.hard = state;
  }

  firstIndex(): number {
    return this.dummy.index + 1;
  }

  lastIndex(): number {
    return this.dummy.index + this.list.length - this.skipped;
  }

  term(index: number): number {
    if (index < this.dummy.index) throw COMPACTED;
    if (index === this.dummy.index) return this.dummy.term;
    if (index > this.lastIndex()) throw UNAVAILABLE;
    return this.list[this.skipped + index - this.dummy.index - 1].term;
  }

  entries(lo: number, hi: number, maxBytes: number): Entry[] {
    if (lo <= this.dummy.index) throw COMPACTED;
    if (hi > this.lastIndex() + 1)
      throw new RaftPanic(`entries' hi(${hi}) is out of bound lastindex(${this.lastIndex()})`);
    if (this.list.length === this.skipped) throw UNAVAILABLE;
    const from = this.skipped + lo - this.dummy.index - 1;
    return limitSize(this.list.slice(from, from + hi - lo), maxBytes);
  }

  snapshot(): Snapshot {
    return this.snap;
  }

  /** @throws SNAPSHOT_OUT_OF_DATE */
  applySnapshot(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata!;
    if (this.snap.metadata!.index >= index) throw SNAPSHOT_OUT_OF_DATE;
    this.snap = snapshot;
    this.dummy = { index, term };
    this.list = [];
    this.skipped = 0;
  }

  /** Keeps a snapshot of what is applied up to `index`, to be sent to followers that need more than the log has. */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot {
    if (index <= this.snap.metadata!.index) throw SNAPSHOT_OUT_OF_DATE;
    if (index > this.lastIndex())
      throw new RaftPanic(`snapshot ${index} is out of bound lastindex(${this.lastIndex()})`);
    this.snap = { data, metadata: { confState, index, term: this.term(index) } };
    return this.snap;
  }

  /**
   * Lets go of the entries up to `index`, which must be no further than what the core knows to be applied: it still reads
   * what lies behind. @throws COMPACTED
   */
  compact(index: number): void {
    if (index <= this.dummy.index) throw COMPACTED;
    if (index > this.lastIndex())
      throw new RaftPanic(`compact ${index} is out of bound lastindex(${this.lastIndex()})`);
    const term = this.term(index);
    this.skipped += index - this.dummy.index;
    this.dummy = { index, term };
    if (this.skipped < TRIM_FROM && this.skipped * 2 < this.list.length) return;
    this.list = this.list.slice(this.skipped);
    this.skipped = 0;
  }

  append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const first = this.firstIndex();
    const skip = Math.max(0, first - entries[0].index);
    if (skip >= entries.length) return;
    const at = this.skipped + entries[skip].index - first;
    if (at > this.list.length) {
      throw new RaftPanic(`missing log entry [last: ${this.lastIndex()}, append at: ${entries[skip].index}]`);
    }
    this.list.length = at;
    for (let i = skip; i < entries.length; i++) this.list.push(entries[i]);
  }
}
