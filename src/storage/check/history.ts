/**
 * Bucket `key` against itself: each change has to follow from those before it. What the entries say of their own
 * (create revision, version, lease) is held against what the history says, key by key. Memory grows with the keys.
 */
import { PairReader } from '../../core/mvcc/pair.ts';
import { type RevisionKey, revisionOf } from '../etcd-data/schema.ts';

interface Generation {
  create: number;
  version: number;
  alive: boolean;
}

export interface HistoryOptions {
  readonly compactRevision: number;
  readonly leases: ReadonlySet<bigint>;
  onProblem(problem: string): void;
  onWarning(problem: string): void;
}

export class HistoryCheck {
  changes = 0;
  private readonly o: HistoryOptions;
  private readonly keys = new Map<string, Generation>();
  private readonly leased = new Map<string, bigint>();
  private readonly pair = new PairReader();
  private last: RevisionKey | undefined;

  constructor(options: HistoryOptions) {
    this.o = options;
  }

  get lastRevision(): number {
    return this.last?.main ?? 0;
  }

  get liveKeys(): number {
    let live = 0;
    for (const { alive } of this.keys.values()) if (alive) live++;
    return live;
  }

  /** In order. */
  take(key: Uint8Array, value: Uint8Array): void {
    this.changes++;
    const change = revisionOf('key', key);
    const isBump = value.length === 0 && !change.tombstone;
    if (!isBump) this.follows(change);
    this.last = change;
    if (isBump) return;
    const name = this.pair.load(value).keyText;
    if (change.tombstone) this.tombstone(name, change);
    else this.put(name, change);
  }

  finish(): void {
    for (const [name, lease] of this.leased)
      if (!this.o.leases.has(lease))
        this.o.onWarning(`key ${show(name)} has lease ${lease.toString(16)}, which is not there`);
  }

  /** Behind the compact revision nothing is missing. */
  private follows({ main, sub }: RevisionKey): void {
    const { last } = this;
    if (main <= this.o.compactRevision) return;
    const before = Math.max(last?.main ?? 0, this.o.compactRevision, 1);
    if (main === last?.main ? sub !== last.sub + 1 : sub !== 0)
      this.o.onProblem(
        `change ${main}/${sub} does not follow ${last ? `${last.main}/${last.sub}` : 'nothing'}`,
      );
    if (main > before + 1) this.o.onProblem(`revisions ${before + 1} to ${main - 1} are missing`);
  }

  private put(name: string, { main, sub }: RevisionKey): void {
    const { createRevision: create, version } = this.pair;
    const at = `change ${main}/${sub} of key ${show(name)}`;
    const known = this.keys.get(name);
    if (known?.alive) {
      if (create !== known.create || version !== known.version + 1)
        this.o.onProblem(
          `${at} is version ${version}, created at ${create}; version ${known.version + 1} of ${known.create} was due`,
        );
    } else if (known || main > this.o.compactRevision) {
      // Compaction keeps the newest change of each key that lives: without one, this is the first of a new life.
      if (version !== 1 || create !== main)
        this.o.onProblem(`${at} is version ${version}, created at ${create}; what came before it is missing`);
    } else if (create > main || version < 1) this.o.onProblem(`${at} was created at ${create}, later`);
    this.keys.set(name, { create, version, alive: true });
    if (this.pair.hasLease) this.leased.set(name, this.pair.lease);
    else this.leased.delete(name);
  }

  private tombstone(name: string, { main, sub }: RevisionKey): void {
    const known = this.keys.get(name);
    if (!known?.alive && main > this.o.compactRevision)
      this.o.onProblem(`change ${main}/${sub} deletes key ${show(name)}, which is not there`);
    this.keys.set(name, { create: 0, version: 0, alive: false });
    this.leased.delete(name);
  }
}

function show(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name);
}
