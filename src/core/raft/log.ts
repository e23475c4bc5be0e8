/**
 * The log as the core sees it: what storage has, what it does not have yet, and three marks on it.
 *
 *   applied <= applying <= committed <= lastIndex
 */
import { COMPACTED, RaftPanic, UNAVAILABLE } from './errors.ts';
import type { RaftStorage } from './storage.ts';
import { type Entry, limitSize, NO_LIMIT, type RaftLogger, type Snapshot } from './types.ts';
import { Unstable } from './unstable.ts';

/** Answers of `term` for indexes that have none. */
export const TERM_COMPACTED = -1;
export const TERM_UNAVAILABLE = -2;

export class RaftLog {
  readonly unstable: Unstable;
  committed: number;
  applying: number;
  applied: number;
  private readonly storage: RaftStorage;
  private readonly logger: RaftLogger;
  /** Entries handed out for apply and not yet applied, in bytes, at most. */
  private readonly maxApplyingBytes: number;
  private applyingBytes = 0;
  private applyingPaused = false;

  constructor(storage: RaftStorage, logger: RaftLogger, maxApplyingBytes: number) {
    this.storage = storage;
    this.logger = logger;
    this.maxApplyingBytes = maxApplyingBytes;
    this.unstable = new Unstable(storage.lastIndex() + 1, logger);
    this.committed = storage.firstIndex() - 1;
    this.applying = this.committed;
    this.applied = this.committed;
  }

  toString(): string {
    const u = this.unstable;
    return `committed=${this.committed}, applied=${this.applied}, applying=${this.applying}, unstable.offset=${u.offset}, unstable.offsetInProgress=${u.offsetInProgress}, len(unstable.Entries)=${u.entries.length}`;
  }

  firstIndex(): number {
    return this.unstable.firstIndex() ?? this.storage.firstIndex();
  }

  lastIndex(): number {
    return this.unstable.lastIndex() ?? this.storage.lastIndex();
  }

  lastTerm(): number {
    return this.term(this.lastIndex());
  }

  /** TERM_COMPACTED or TERM_UNAVAILABLE when the log does not know. */
  term(index: number): number {
    const fresh = this.unstable.term(index);
    if (fresh !== undefined) return fresh;
    if (index + 1 < this.firstIndex()) return TERM_COMPACTED;
    if (index > this.lastIndex()) return TERM_UNAVAILABLE;
    try {
      return this.storage.term(index);
    } catch (error) {
      if (error === COMPACTED) return TERM_COMPACTED;
      if (error === UNAVAILABLE) return TERM_UNAVAILABLE;
      throw error;
    }
  }

  termOrZero(index: number): number {
    return Math.max(0, this.term(index));
  }

  matchTerm(index: number, term: number): boolean {
    return this.term(index) === term;
  }

  isUpToDate(term: number, index: number): boolean {
    const lastTerm = this.lastTerm();
    return term > lastTerm || (term === lastTerm && index >= this.lastIndex());
  }

  /** Appends what fits behind (index, term); the new last index, or undefined if the logs don't meet there. */
  maybeAppend(o: {
    index: number;
    logTerm: number;
    committed: number;
    entries: Entry[];
  }): number | undefined {
    const { index, logTerm, committed, entries } = o;
    if (!this.matchTerm(index, logTerm)) return undefined;
    const last = index + entries.length;
    const conflict = this.findConflict(entries);
    if (conflict !== 0) {
      if (conflict <= this.committed) {
        throw new RaftPanic(`entry ${conflict} conflict with committed entry [committed(${this.committed})]`);
      }
      this.append(entries.slice(conflict - index - 1));
    }
    this.commitTo(Math.min(committed, last));
    return last;
  }

  append(entries: readonly Entry[]): number {
    if (entries.length === 0) return this.lastIndex();
    const after = entries[0].index - 1;
    if (after < this.committed)
      throw new RaftPanic(`after(${after}) is out of range [committed(${this.committed})]`);
    this.unstable.truncateAndAppend(entries);
    return this.lastIndex();
  }

  /** Index of the first entry that the log has not, or has with another term; 0 if there is none. */
  private findConflict(entries: readonly Entry[]): number {
    for (const { index, term } of entries) {
      if (this.matchTerm(index, term)) continue;
      if (index <= this.lastIndex()) {
        this.logger.info(
          `found conflict at index ${index} [existing term: ${this.termOrZero(index)}, conflicting term: ${term}]`,
        );
      }
      return index;
    }
    return 0;
  }

  /** The last index at or below `index` whose term is at most `term`: where a rejected append may go on. */
  findConflictByTerm(index: number, term: number): { index: number; term: number } {
    for (let i = index; i > 0; i--) {
      const own = this.term(i);
      if (own < 0) return { index: i, term: 0 };
      if (own <= term) return { index: i, term: own };
    }
    return { index: 0, term: 0 };
  }

  commitTo(index: number): void {
    if (this.committed >= index) return;
    if (this.lastIndex() < index) {
      throw new RaftPanic(
        `tocommit(${index}) is out of range [lastIndex(${this.lastIndex()})]. Was the raft log corrupted, truncated, or lost?`,
      );
    }
    this.committed = index;
  }

  /** Only entries of the current term are committed by counting (Raft paper, section 5.4.2). */
  maybeCommit(index: number, term: number): boolean {
    if (term === 0 || index <= this.committed || !this.matchTerm(index, term)) return false;
    this.commitTo(index);
    return true;
  }

  appliedTo(index: number, bytes: number): void {
    if (this.committed < index || index < this.applied) {
      throw new RaftPanic(
        `applied(${index}) is out of range [prevApplied(${this.applied}), committed(${this.committed})]`,
      );
    }
    this.applied = index;
    this.applying = Math.max(this.applying, index);
    this.applyingBytes = Math.max(0, this.applyingBytes - bytes);
    this.applyingPaused = this.applyingBytes >= this.maxApplyingBytes;
  }

  acceptApplying(index: number, bytes: number, allowUnstable: boolean): void {
    this.applying = index;
    this.applyingBytes += bytes;
    this.applyingPaused =
      this.applyingBytes >= this.maxApplyingBytes || index < this.maxAppliable(allowUnstable);
  }

  get hasSnapshot(): boolean {
    return this.unstable.snapshot !== undefined;
  }

  hasNextCommitted(allowUnstable: boolean): boolean {
    if (this.applyingPaused || this.hasSnapshot) return false;
    return this.applying < this.maxAppliable(allowUnstable);
  }

  nextCommitted(allowUnstable: boolean): Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return [];
    const hi = this.maxAppliable(allowUnstable) + 1;
    return this.slice(this.applying + 1, hi, this.maxApplyingBytes - this.applyingBytes);
  }

  private maxAppliable(allowUnstable: boolean): number {
    return allowUnstable ? this.committed : Math.min(this.committed, this.unstable.offset - 1);
  }

  /** Entries from `lo` on. @throws COMPACTED */
  entriesFrom(lo: number, maxBytes: number): Entry[] {
    if (lo > this.lastIndex()) return [];
    return this.slice(lo, this.lastIndex() + 1, maxBytes);
  }

  /** @throws COMPACTED */
  slice(lo: number, hi: number, maxBytes: number): Entry[] {
    if (lo < this.firstIndex()) throw COMPACTED;
    if (hi > this.lastIndex() + 1)
      throw new RaftPanic(`slice[${lo},${hi}) out of bound [${this.firstIndex()},${this.lastIndex()}]`);
    if (lo >= hi) return [];
    const { offset, entries } = this.unstable;
    if (lo >= offset) return limitSize(entries.slice(lo - offset, hi - offset), maxBytes);
    const cut = Math.min(hi, offset);
    const stable = this.storage.entries(lo, cut, maxBytes);
    if (hi <= offset || stable.length < cut - lo) return stable;
    return limitSize(stable.concat(entries.slice(0, hi - offset)), maxBytes);
  }

  snapshot(): Snapshot {
    return this.unstable.snapshot ?? this.storage.snapshot();
  }

  restore(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata!;
    this.logger.info(`log [${this}] starts to restore snapshot [index: ${index}, term: ${term}]`);
    this.committed = index;
    this.unstable.restore(snapshot);
  }

  hasUnappliedConfChange(isConfChange: (entry: Entry) => boolean): boolean {
    if (this.applied >= this.committed) return false;
    return this.slice(this.applied + 1, this.committed + 1, NO_LIMIT).some(isConfChange);
  }
}
