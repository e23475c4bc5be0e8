/** MemoryStorage against a twin that keeps every entry by its index, and the window of acknowledgements against a list. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { COMPACTED, SNAPSHOT_OUT_OF_DATE, UNAVAILABLE } from '../../../src/core/raft/errors.ts';
import { Inflights } from '../../../src/core/raft/inflights.ts';
import { MemoryStorage } from '../../../src/core/raft/storage.ts';
import {
  type ConfState,
  type Entry,
  entrySize,
  limitSize,
  type Snapshot,
} from '../../../src/core/raft/types.ts';
import { Entry as EntryCodec } from '../../../src/core/wire/gen/raft.ts';

const CONF: ConfState = {
  voters: [1n],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

function entry(index: number, term: number, bytes = 0): Entry {
  return { type: 0, term, index, data: new Uint8Array(bytes) };
}

function snapshotAt(index: number, term: number): Snapshot {
  return { data: new Uint8Array(0), metadata: { index, term, confState: CONF } };
}

class Twin {
  terms = new Map<number, number>([[0, 0]]);
  dummy = 0;
  last = 0;

  append(entries: readonly Entry[]): void {
    const kept = entries.filter(({ index }) => index > this.dummy);
    if (kept.length === 0) return;
    for (let i = kept[0].index; i <= this.last; i++) this.terms.delete(i);
    for (const { index, term } of kept) this.terms.set(index, term);
    this.last = kept[kept.length - 1].index;
  }

  compact(to: number): void {
    for (let i = this.dummy; i < to; i++) this.terms.delete(i);
    this.dummy = to;
  }
}

const command = fc.oneof(
  fc.record({ do: fc.constant('append' as const), back: fc.nat(6), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    do: fc.constant('append' as const),
    back: fc.constant(0),
    count: fc.integer({ min: 1, max: 900 }),
  }),
  fc.record({ do: fc.constant('compact' as const), by: fc.nat(700) }),
  fc.record({ do: fc.constant('snapshot' as const), by: fc.integer({ min: 1, max: 4 }) }),
);

describe('raft: MemoryStorage', () => {
  it('answers as a plain list of entries would', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const storage = new MemoryStorage();
        const twin = new Twin();
        let term = 1;
        for (const c of commands) {
          if (c.do === 'append') {
            const from = Math.max(1, twin.last + 1 - c.back);
            term++;
            const entries = Array.from({ length: c.count }, (_, i) => entry(from + i, term));
            storage.append(entries);
            twin.append(entries);
          } else if (c.do === 'compact') {
            const to = Math.min(twin.last, twin.dummy + c.by);
            if (to <= twin.dummy) assert.throws(() => storage.compact(to), COMPACTED);
            else {
              storage.compact(to);
              twin.compact(to);
            }
          } else {
            const index = twin.last + c.by;
            term++;
            storage.applySnapshot(snapshotAt(index, term));
            assert.throws(() => storage.applySnapshot(snapshotAt(index, term)), SNAPSHOT_OUT_OF_DATE);
            twin.terms = new Map([[index, term]]);
            twin.dummy = index;
            twin.last = index;
          }
          check(storage, twin);
        }
      }),
      { numRuns: 100 },
    );
  });

  function check(storage: MemoryStorage, twin: Twin): void {
    assert.equal(storage.firstIndex(), twin.dummy + 1);
    assert.equal(storage.lastIndex(), twin.last);
    if (twin.dummy > 0) assert.throws(() => storage.term(twin.dummy - 1), COMPACTED);
    assert.throws(() => storage.term(twin.last + 1), UNAVAILABLE);
    assert.throws(() => storage.entries(twin.dummy, twin.last + 1, 1), COMPACTED);
    for (const i of [twin.dummy, twin.dummy + 1, Math.floor((twin.dummy + twin.last) / 2), twin.last]) {
      if (i >= twin.dummy && i <= twin.last) assert.equal(storage.term(i), twin.terms.get(i));
    }
    if (twin.last === twin.dummy) return;
    const all = storage.entries(twin.dummy + 1, twin.last + 1, Number.POSITIVE_INFINITY);
    assert.equal(all.length, twin.last - twin.dummy);
    assert.ok(
      all.every(({ index, term }, i) => index === twin.dummy + 1 + i && twin.terms.get(index) === term),
    );
  }

  it('hands out lists that later writes leave alone', () => {
    const storage = new MemoryStorage();
    storage.append([entry(1, 1), entry(2, 1), entry(3, 1)]);
    const before = storage.entries(1, 4, Number.POSITIVE_INFINITY);
    storage.append([entry(2, 2)]);
    storage.compact(1);
    assert.deepEqual(
      before.map(({ index, term }) => [index, term]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
  });

  it('refuses a gap', () => {
    const storage = new MemoryStorage();
    storage.append([entry(1, 1)]);
    assert.throws(() => storage.append([entry(3, 1)]), /missing log entry \[last: 1, append at: 3\]/);
  });
});

describe('raft: sizes', () => {
  it('of entries are those of their encoding', () => {
    const numbers = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    const anyEntry = fc.record({
      type: fc.nat(2),
      term: numbers,
      index: numbers,
      data: fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 16383, 16384)).map((n) => new Uint8Array(n)),
    });
    fc.assert(fc.property(anyEntry, (e) => entrySize(e) === EntryCodec.encode(e).length));
  });

  it('limit a list to the longest prefix that fits, or one entry', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1 }), fc.nat(300), (sizes, max) => {
        const entries = sizes.map((n, i) => entry(i + 1, 1, n));
        const kept = limitSize(entries, max);
        const total = (list: readonly Entry[]): number => list.reduce((sum, e) => sum + entrySize(e), 0);
        assert.ok(kept.length === 1 || total(kept) <= max);
        assert.ok(kept.length === entries.length || total(entries.slice(0, kept.length + 1)) > max);
      }),
    );
  });
});

describe('raft: Inflights', () => {
  const step = fc.oneof(fc.record({ bytes: fc.nat(30) }), fc.record({ free: fc.nat(12) }));

  it('is a window over the messages that are not acknowledged', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0, 50),
        fc.array(step),
        (capacity, maxBytes, steps) => {
          const window = new Inflights(capacity, maxBytes);
          let twin: { index: number; bytes: number }[] = [];
          let last = 0;
          for (const s of steps) {
            const bytes = twin.reduce((sum, m) => sum + m.bytes, 0);
            const full = twin.length === capacity || (maxBytes > 0 && bytes >= maxBytes);
            if ('free' in s) {
              const to = last - s.free;
              window.freeUpTo(to);
              twin = twin.filter(({ index }) => index > to);
            } else if (full) assert.throws(() => window.add(last + 1, s.bytes));
            else {
              window.add(++last, s.bytes);
              twin.push({ index: last, bytes: s.bytes });
            }
            assert.equal(window.count, twin.length);
          }
        },
      ),
    );
  });
});
