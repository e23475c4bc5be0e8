import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Found, KeyIndex, LATEST } from '../../../src/core/mvcc/key-index.ts';
import { KeyTable } from '../../../src/core/mvcc/key-table.ts';
import { NONE, RevisionChains } from '../../../src/core/mvcc/revision-chains.ts';
import { runSteps } from '../../../src/core/mvcc/steps.ts';

/** The index's twin: per key, all its revisions in a list. */
type Twin = Map<string, { main: number; tombstone: boolean }[]>;

function aliveIn(twin: Twin, start: string, end: string | undefined, main: number): [string, number][] {
  const alive: [string, number][] = [];
  for (const [key, revisions] of twin) {
    if (key < start || (end !== undefined && key >= end)) continue;
    const seen = revisions.filter((revision) => revision.main <= main).pop();
    if (seen && !seen.tombstone) alive.push([key, seen.main]);
  }
  return alive.sort(([a], [b]) => (a < b ? -1 : 1));
}

function compactTwin(twin: Twin, main: number): void {
  for (const [key, revisions] of twin) {
    const seen = revisions.filter((revision) => revision.main <= main).pop();
    const kept = revisions.filter(
      (revision) =>
        revision.main > main || (revision === seen && (!revision.tombstone || revision.main === main)),
    );
    if (kept.length > 0) twin.set(key, kept);
    else twin.delete(key);
  }
}

function listed(index: KeyIndex, start: string, end: string | undefined, main: number): [string, number][] {
  const found: Found = { ids: [], nodes: [] };
  assert.equal(index.collect({ start, end }, main, Number.POSITIVE_INFINITY, found), undefined);
  return found.ids.map((id, i) => [index.keys.key(id), index.revisions.main(found.nodes[i])]);
}

describe('key index', () => {
  /** Different orders of arrival make different trees. */
  const orders: Record<string, (n: number) => number[]> = {
    ascending: (n) => Array.from({ length: n }, (_, i) => i),
    descending: (n) => Array.from({ length: n }, (_, i) => n - i),
    shuffled: (n) => Array.from({ length: n }, (_, i) => (i * 7919) % n),
    'outside in': (n) => Array.from({ length: n }, (_, i) => (i % 2 ? n - i : i)),
    'runs that go down': (n) =>
      Array.from({ length: n }, (_, i) => Math.floor(i / 100) * 100 + (100 - (i % 100))),
  };
  for (const [name, order] of Object.entries(orders)) {
    it(`keeps order, counts and history: ${name}`, () => {
      const index = new KeyIndex();
      const twin: Twin = new Map();
      const key = (n: number): string => `key-${String(n).padStart(6, '0')}`;
      let main = 1;
      const change = (k: string, tombstone: boolean): void => {
        main++;
        if (tombstone) index.delete(index.find(k), main, 0);
        else index.put(index.find(k), k, main, 0);
        if (!twin.has(k)) twin.set(k, []);
        twin.get(k)!.push({ main, tombstone });
      };
      const check = (): void => {
        for (const [start, end] of [
          ['', undefined],
          [key(100), key(900)],
          [key(2000), undefined],
          [key(1500), key(1500)],
          [key(1777), key(1778)],
        ] as const) {
          for (const at of [LATEST, main, main - 500, 1500]) {
            const expected = aliveIn(twin, start, end, at);
            assert.deepEqual(listed(index, start, end, at), expected);
            assert.equal(index.count({ start, end }, at), expected.length);
          }
        }
      };
      for (const n of order(3000)) change(key(n), false);
      check();
      for (const n of order(3000)) if (n % 3 === 0) change(key(n), n % 2 === 0);
      check();
      for (const n of order(3000))
        if (n > 500 && n < 2500 && index.isAlive(index.find(key(n)))) change(key(n), true);
      check();
      for (const at of [main - 1000, main]) {
        runSteps(index.compact(at));
        compactTwin(twin, at);
        assert.equal(index.keys.size, twin.size);
        for (const [k, revisions] of twin) {
          const chain: { main: number; tombstone: boolean }[] = [];
          for (let node = index.keys.head(index.find(k)); node !== NONE; node = index.revisions.older(node))
            chain.unshift({ main: index.revisions.main(node), tombstone: index.revisions.isTombstone(node) });
          assert.deepEqual(chain, revisions);
        }
      }
      for (const n of order(3000)) change(key(n), false);
      assert.equal(index.count({ start: '', end: undefined }, LATEST), new Set(order(3000)).size);
    });
  }

  it('fills its leaves, whatever the order', () => {
    const leavesFor = (keys: string[]): number => {
      const index = new KeyIndex();
      for (const [i, key] of keys.entries()) index.put(NONE, key, i + 2, 0);
      let leaves = 0;
      for (let leaf = (index as any).tree.leafFor(''); leaf; leaf = leaf.next) leaves++;
      return leaves;
    };
    const n = 6400;
    const key = (i: number): string => String(i).padStart(8, '0');
    const ascending = Array.from({ length: n }, (_, i) => key(i));
    assert.equal(leavesFor(ascending), n / 64);
    assert.ok(leavesFor([...ascending].reverse()) < (n / 64) * 2.1);
    assert.ok(leavesFor(ascending.slice(0, 64).concat(ascending.slice(64).reverse())) < (n / 64) * 2.1);
  });
});

describe('revision chains', () => {
  it('find every revision in logarithmic steps, through cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), chain: fc.integer({ min: 0, max: 2 }) }), {
          minLength: 1,
          maxLength: 400,
          size: 'max',
        }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (steps, cuts) => {
          const chains = new RevisionChains();
          const heads = [NONE, NONE, NONE];
          const lists: number[][] = [[], [], []];
          let main = 1;
          const cutEvery = Math.ceil(steps.length / (cuts.length + 1));
          steps.forEach(({ gap, chain }, i) => {
            main += gap;
            heads[chain] = chains.push(heads[chain], main, i, false);
            lists[chain].push(main);
            if (i % cutEvery !== cutEvery - 1) return;
            for (const c of [0, 1, 2]) {
              if (lists[c].length === 0) continue;
              const oldest = lists[c][(cuts[(i / cutEvery) | 0] ?? 0) % lists[c].length];
              const node = chains.at(heads[c], oldest);
              lists[c] = lists[c].slice(lists[c].lastIndexOf(oldest));
              if (c === 2) {
                chains.release(heads[c]);
                heads[c] = NONE;
                lists[c] = [];
              } else chains.cutBehind(heads[c], node);
            }
          });
          for (const c of [0, 1, 2]) {
            for (let at = 0; at <= main; at++) {
              const expected = lists[c].filter((m) => m <= at).pop();
              const node = chains.at(heads[c], at);
              assert.equal(node === NONE ? undefined : chains.main(node), expected);
            }
          }
          assert.equal(chains.size, lists[0].length + lists[1].length + lists[2].length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are not walked link by link', () => {
    const chains = new RevisionChains();
    let head = NONE;
    for (let main = 1; main <= 200_000; main++) head = chains.push(head, main, 0, false);
    let looks = 0;
    const main = chains.main.bind(chains);
    chains.main = (node) => {
      looks++;
      return main(node);
    };
    for (const at of [1, 2, 77_777, 100_000, 199_999]) assert.equal(main(chains.at(head, at)), at);
    assert.ok(looks < 5 * 4 * 18, `${looks} looks`);
  });
});

describe('key table', () => {
  it('equals a Map under random additions and removals', () => {
    const table = new KeyTable();
    const twin = new Map<string, number>();
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 60_000; i++) {
      const key = `k${random(20_000)}`;
      const id = twin.get(key);
      assert.equal(table.find(key), id ?? NONE);
      if (id === undefined) {
        const added = table.add(key);
        assert.equal(table.key(added), key);
        twin.set(key, added);
      } else if (random(3) === 0) {
        table.remove(id);
        assert.equal(table.has(id), false);
        twin.delete(key);
      }
    }
    assert.equal(table.size, twin.size);
    for (const [key, id] of twin) assert.equal(table.find(key), id);
    assert.ok(table.end < 21_000, 'ids are used again');
  });
});
