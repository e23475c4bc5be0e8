/**
 * Looks over a log's shoulder. What was handed to the log, in its last version, goes into the book of the cluster: the
 * checkers need not search for a linearization, they verify that one. It also holds the log to its word: what it
 * acknowledged has to be there after a crash.
 */
import type {
  LogBatch,
  LogContents,
  LogDone,
  LogEntry,
  LogSnapshot,
  LogStore,
} from '../../src/core/ports/log-store.ts';
import type { Book, WitnessedEntry } from './book.ts';

export class Witness {
  /** By index - 1, from the beginning of the log, whatever the log itself has let go of. */
  readonly entries: WitnessedEntry[] = [];
  /** Acknowledged up to here. */
  durable = 0;
  private readonly book: Book;

  constructor(book: Book) {
    this.book = book;
  }

  append(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const { index } = entry;
      if (index > this.entries.length + 1)
        throw new Error(`entry ${index} follows ${this.entries.length} in the log`);
      this.entries.length = index - 1;
      this.durable = Math.min(this.durable, index - 1);
      this.entries.push(this.book.entry(entry));
    }
  }

  /** A snapshot of another member takes the place of the log. @returns what is wrong with it */
  install({ metadata: { index, term } }: LogSnapshot): string | undefined {
    const { committed } = this.book;
    if (committed.length < index) return `a snapshot is at index ${index}, ${committed.length} are committed`;
    if (committed[index - 1].term !== term) return `a snapshot at index ${index} has term ${term}`;
    // One that the member took itself: the log goes on.
    if (this.entries[index - 1]?.term === term) return undefined;
    const differs = this.entries.findIndex((entry, i) => entry !== committed[i]);
    if (differs >= 0) this.durable = Math.min(this.durable, differs);
    this.entries.length = 0;
    for (let i = 0; i < index; i++) this.entries.push(committed[i]);
    return undefined;
  }

  /** What a restart found. @returns what is wrong with it */
  reopened({ entries, snapshot }: LogContents): string | undefined {
    const base = snapshot?.metadata.index ?? 0;
    const last = base + entries.length;
    if (last < this.durable) return `the log ends at ${last}, ${this.durable} were acknowledged`;
    const wrong = snapshot && this.install(snapshot);
    if (wrong) return wrong;
    const found: WitnessedEntry[] = [];
    for (const { index, term, type, data } of entries) {
      const known = this.book.find(index, term);
      if (!known || this.book.entry({ index, term, type, data }) !== known)
        return `entry ${index} of term ${term} was never appended`;
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
  /** Index of the newest snapshot that was saved. */
  private taken = 0;
  private readonly o: { violated(what: string): void; touch(): void };

  constructor(log: LogStore, witness: Witness, o: { violated(what: string): void; touch(): void }) {
    this.log = log;
    this.witness = witness;
    this.o = o;
  }

  append(batch: LogBatch, done: LogDone): void {
    // Batches that need no sync are acknowledged by a promise.
    this.o.touch();
    this.witness.append(batch.entries);
    const last = batch.entries.at(-1)?.index ?? 0;
    const term = batch.entries.at(-1)?.term;
    this.log.append(batch, (error) => {
      if (!error && this.witness.entries[last - 1]?.term === term)
        this.witness.durable = Math.max(this.witness.durable, last, this.taken);
      done(error);
    });
  }

  saveSnapshot(snapshot: LogSnapshot, done: LogDone): void {
    const wrong = this.witness.install(snapshot);
    if (wrong) this.o.violated(wrong);
    const { index, term } = snapshot.metadata;
    this.log.saveSnapshot(snapshot, (error) => {
      // It counts from the hard state on that comes behind it: until then a crash may pass it over.
      if (!error && this.witness.entries[index - 1]?.term === term) this.taken = index;
      done(error);
    });
  }

  purge(): Promise<readonly string[]> {
    return this.log.purge();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
