/**
 * Looks over a log's shoulder. What was handed to the log, in its last version, is the witness of the order in which
 * requests took effect: the checkers need not search for a linearization, they verify this one. It also holds the log
 * to its word: what it acknowledged has to be there after a crash.
 */
import type {
  LogBatch,
  LogContents,
  LogDone,
  LogEntry,
  LogSnapshot,
  LogStore,
} from '../../src/core/ports/log-store.ts';
import { bytesEqual } from '../../src/core/wire/bytes.ts';

export interface WitnessedEntry {
  readonly index: number;
  readonly term: number;
  readonly type: number;
  readonly data: Uint8Array;
  /** When it was first handed to this log, in milliseconds. */
  readonly since: number;
}

export class Witness {
  /** By index - 1, from the beginning of the log, whatever the log itself has let go of. */
  readonly entries: WitnessedEntry[] = [];
  /** All versions that were ever appended, by index and term: one that was replaced may come back after a crash. */
  private readonly versions = new Map<string, WitnessedEntry>();
  /** Acknowledged up to here. */
  durable = 0;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  append(entries: readonly LogEntry[]): void {
    for (const { index, term, type, data } of entries) {
      if (index > this.entries.length + 1)
        throw new Error(`entry ${index} follows ${this.entries.length} in the log`);
      this.entries.length = index - 1;
      this.durable = Math.min(this.durable, index - 1);
      const since = this.versions.get(`${index}/${term}`)?.since ?? this.now();
      const entry = { index, term, type, data: Uint8Array.from(data), since };
      this.entries.push(entry);
      this.versions.set(`${index}/${term}`, entry);
    }
  }

  /** What a restart found. @returns what is wrong with it */
  reopened({ entries, snapshot }: LogContents): string | undefined {
    const base = snapshot?.metadata.index ?? 0;
    const last = base + entries.length;
    if (last < this.durable) return `the log ends at ${last}, ${this.durable} were acknowledged`;
    const found: WitnessedEntry[] = [];
    for (const { index, term, data } of entries) {
      const known = this.versions.get(`${index}/${term}`);
      if (!known || !bytesEqual(known.data, data)) return `entry ${index} of term ${term} was never appended`;
      if (index <= this.durable && this.entries[index - 1].term !== term)
        return `entry ${index} is not the one that was acknowledged`;
      found.push(known);
    }
    this.entries.length = Math.min(this.entries.length, base);
    this.entries.push(...found);
    this.durable = last;
    return undefined;
  }
}

/** The log with a witness. */
export class WitnessedLog implements LogStore {
  private readonly log: LogStore;
  private readonly witness: Witness;

  constructor(log: LogStore, witness: Witness) {
    this.log = log;
    this.witness = witness;
  }

  append(batch: LogBatch, done: LogDone): void {
    this.witness.append(batch.entries);
    const last = batch.entries.at(-1)?.index ?? 0;
    const term = batch.entries.at(-1)?.term;
    this.log.append(batch, (error) => {
      if (!error && this.witness.entries[last - 1]?.term === term)
        this.witness.durable = Math.max(this.witness.durable, last);
      done(error);
    });
  }

  saveSnapshot(snapshot: LogSnapshot, done: LogDone): void {
    this.log.saveSnapshot(snapshot, done);
  }

  purge(): Promise<readonly string[]> {
    return this.log.purge();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
