/**
 * The book of a cluster: every entry that was ever handed to a log, and those that are committed, in their order. It is
 * written while the run goes on, and speaks up at once when two logs differ where they must not: one entry for an index
 * and a term, one committed entry for an index, one leader for a term (Raft paper, figure 3).
 */
import { bytesEqual } from '../../src/core/wire/bytes.ts';
import { MembershipModel } from './membership-model.ts';

export interface WitnessedEntry {
  readonly index: number;
  readonly term: number;
  readonly type: number;
  readonly data: Uint8Array;
  /** When it was first handed to a log, in milliseconds. */
  readonly since: number;
}

/** A moment: milliseconds, and the history's counter. */
export interface Moment {
  readonly at: number;
  readonly tick: number;
}

type NewEntry = Pick<WitnessedEntry, 'index' | 'term' | 'type' | 'data'>;

export class Book {
  /** By index - 1. */
  readonly committed: WitnessedEntry[] = [];
  /** By index - 1: when the first member knew. */
  readonly committedSince: Moment[] = [];
  readonly membership = new MembershipModel();
  /** When a member began to lead, in order. */
  readonly leaders: { readonly term: number; readonly leader: bigint; readonly at: number }[] = [];
  /** By index - 1: one for each term. */
  private readonly versions: WitnessedEntry[][] = [];
  private readonly leaderOf = new Map<number, bigint>();
  private readonly o: { now(): Moment; violated(what: string): void };

  constructor(options: { now(): Moment; violated(what: string): void }) {
    this.o = options;
  }

  /** The one and only entry of that index and term. */
  entry({ index, term, type, data }: NewEntry): WitnessedEntry {
    const versions = (this.versions[index - 1] ??= []);
    const known = versions.find((v) => v.term === term);
    if (known) {
      if (!bytesEqual(known.data, data)) this.o.violated(`there are two entries ${index} of term ${term}`);
      return known;
    }
    const entry = { index, term, type, data: Uint8Array.from(data), since: this.o.now().at };
    versions.push(entry);
    return entry;
  }

  /** undefined: it was never handed to any log. */
  find(index: number, term: number): WitnessedEntry | undefined {
    return this.versions[index - 1]?.find((v) => v.term === term);
  }

  /** A member holds `entries`, and those with from < index <= to to be committed. */
  commit(entries: readonly WitnessedEntry[], from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const known = this.committed[i];
      if (known === entries[i]) continue;
      if (known)
        return this.o.violated(
          `entry ${i + 1} is committed with term ${known.term}, and with term ${entries[i].term} elsewhere`,
        );
      this.committed.push(entries[i]);
      this.committedSince.push(this.o.now());
      this.membership.apply(entries[i]);
    }
  }

  leads(leader: bigint, term: number): void {
    const known = this.leaderOf.get(term);
    if (known === undefined) {
      this.leaderOf.set(term, leader);
      this.leaders.push({ term, leader, at: this.o.now().at });
    } else if (known !== leader)
      this.o.violated(`term ${term} has two leaders, ${known.toString(16)} and ${leader.toString(16)}`);
  }
}
