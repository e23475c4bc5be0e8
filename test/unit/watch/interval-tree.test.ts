import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IntervalTree } from '../../../src/core/watch/interval-tree.ts';

const point = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 3 });
const interval = fc
  .tuple(point, point)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const)));

describe('interval tree', () => {
  it('finds what a linear search finds, whatever came and went before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(interval, fc.boolean()), { maxLength: 200, size: 'max' }),
        point,
        (steps, asked) => {
          const tree = new IntervalTree<string>();
          const twin = new Map<string, readonly [string, string]>();
          for (const [[begin, end], add] of steps) {
            const name = `${begin}-${end}`;
            if (add && !twin.has(name)) {
              tree.insert(begin, end, name);
              twin.set(name, [begin, end]);
            } else if (!add && twin.has(name)) {
              tree.remove(begin, end);
              twin.delete(name);
            }
            assert.equal(tree.get(begin, end), twin.has(name) ? name : undefined);
          }
          const found: string[] = [];
          tree.stab(asked, found);
          const expected = [...twin].filter(([, [begin, end]]) => begin <= asked && asked < end);
          assert.deepEqual(found.sort(), expected.map(([name]) => name).sort());
          assert.equal(tree.size, twin.size);
          assert.deepEqual([...tree.values()].sort(), [...twin.keys()].sort());
        },
      ),
    );
  });

  it('stays flat when intervals come in order', () => {
    const tree = new IntervalTree<number>();
    const name = (i: number) => i.toString().padStart(6, '0');
    for (let i = 0; i < 20_000; i++) tree.insert(name(i), name(i + 1), i);
    const found: number[] = [];
    tree.stab(name(12_345), found);
    assert.deepEqual(found, [12_345]);
    // A degenerate tree would overflow the stack here, or take minutes.
    for (let i = 0; i < 20_000; i++) tree.remove(name(i), name(i + 1));
    assert.equal(tree.size, 0);
  });
});
