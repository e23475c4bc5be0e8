/** The properties of the Raft paper's figure 3, and what a client may rely on, checked as things happen. */
import assert from 'node:assert/strict';
import type { Entry, HardState, MemoryStorage, RawNode } from '../../../src/core/raft/index.ts';

export interface Replica {
  readonly id: bigint;
  readonly storage: MemoryStorage;
  /** What it has applied, as one number: equal only for equal histories. */
  state: number;
}

export class Properties {
  /** What was applied anywhere: at index i + 1, the state after it and its term. */
  readonly history: { readonly state: number; readonly term: number }[] = [];
  readsAnswered = 0;
  private readonly leaders = new Map<number, bigint>();
  private readonly votes = new Map<string, bigint>();
  private readonly reads = new Map<string, number>();

  /** Election safety, and leader completeness: a leader has every entry that was ever applied. */
  leads(id: bigint, { raft, term }: RawNode): void {
    const known = this.leaders.get(term);
    assert.ok(known === undefined || known === id, `two leaders in term ${term}: ${known} and ${id}`);
    if (known !== undefined) return;
    this.leaders.set(term, id);
    const { log } = raft;
    assert.ok(log.lastIndex() >= this.history.length, `leader ${id} lacks committed entries`);
    for (let i = log.firstIndex(); i <= this.history.length; i++) {
      assert.equal(log.term(i), this.history[i - 1].term, `leader ${id} has another entry at ${i}`);
    }
  }

  /** State machine safety: what anyone applied at an index is what everyone applies there. */
  applied({ id, state }: Replica, { index, term }: Entry): void {
    const known = this.history[index - 1];
    if (known) return assert.deepEqual({ state, term }, known, `node ${id} differs at ${index}`);
    assert.equal(index, this.history.length + 1);
    this.history.push({ state, term });
  }

  /** One vote a term, and nothing stored is taken back. */
  stores(id: bigint, before: HardState, next: HardState): void {
    assert.ok(next.term >= before.term && next.commit >= before.commit, `node ${id}: hard state went back`);
    const key = `${id}/${next.term}`;
    const vote = this.votes.get(key) ?? 0n;
    assert.ok(vote === 0n || vote === next.vote, `node ${id} votes twice in term ${next.term}`);
    this.votes.set(key, next.vote);
  }

  /** Whatever anyone has applied is visible to clients: a read that starts now has to see it. */
  readStarts(): Uint8Array {
    const context = `read ${this.reads.size}`;
    this.reads.set(context, this.history.length);
    return Buffer.from(context);
  }

  readAnswered(context: Uint8Array, index: number): void {
    const started = this.reads.get(Buffer.from(context).toString())!;
    assert.ok(index >= started, `a read at ${index} started when ${started} was applied`);
    this.readsAnswered++;
  }

  /** Log matching: logs with the same term at an index are the same up to there. */
  logsMatch(replicas: readonly Replica[]): void {
    for (const a of replicas) for (const b of replicas) if (a.id < b.id) matching(a, b);
  }
}

function matching(a: Replica, b: Replica): void {
  const from = Math.max(a.storage.firstIndex(), b.storage.firstIndex());
  let equal = false;
  for (let i = Math.min(a.storage.lastIndex(), b.storage.lastIndex()); i >= from; i--) {
    const [x] = a.storage.entries(i, i + 1, 0);
    const [y] = b.storage.entries(i, i + 1, 0);
    equal ||= x.term === y.term;
    if (equal) assert.ok(sameEntry(x, y), `logs of ${a.id} and ${b.id} differ at ${i}`);
  }
}

function sameEntry(a: Entry, b: Entry): boolean {
  return (
    a.term === b.term && a.index === b.index && a.type === b.type && Buffer.compare(a.data, b.data) === 0
  );
}
