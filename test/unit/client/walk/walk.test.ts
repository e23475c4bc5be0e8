import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prefixSpan } from '../../../../src/client/range.ts';
import { children } from '../../../../src/client/walk/children.ts';
import { differences } from '../../../../src/client/walk/differences.ts';
import { nextLimit, pages } from '../../../../src/client/walk/pages.ts';
import { FEWEST_KEYS } from '../../../../src/client/walk/skip-scan.ts';
import { readTree, type TreeNode } from '../../../../src/client/walk/tree.ts';
import { UsageSums } from '../../../../src/client/walk/usage.ts';
import { bytes, type Contents, KeysInMemory, latin1 } from './keys-in-memory.ts';

/** Few letters, so that prefixes and groups meet; 0xff has no successor and \0 is the smallest. */
const KEY = fc
  .array(fc.constantFrom('a', 'b', '/', '\xff', '\0'), { minLength: 1, maxLength: 7 })
  .map((letters) => letters.join(''));
const KEYS = fc.uniqueArray(KEY, { maxLength: 60 });
const PREFIX = fc.oneof(fc.constant(''), KEY);
const SEPARATOR = fc.constantFrom('/', '\xff', 'a/', '\0');

/** So many keys are too many for one call; undefined as in real life. */
const WIDE = fc.constantFrom(undefined, 1, 3, 17);

const contents = (keys: readonly string[], value = ''): Contents =>
  Object.fromEntries(keys.map((key) => [key, value]));

/** Reads every key. */
function childrenOfAll(keys: readonly string[], prefix: string, separator: string): string[] {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = key.indexOf(separator, prefix.length);
      return at === -1 ? `key ${key}` : `group ${key.slice(0, at + separator.length)}`;
    });
  return [...new Set(names)].sort();
}

async function childrenBySkipping(
  store: KeysInMemory,
  prefix: string,
  separator: string,
  wideKeys?: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  const question = { prefix: bytes(prefix), separator: bytes(separator), wideKeys };
  for await (const page of children(store.read, question)) {
    for (const { key, isGroup } of page.children) found.push(`${isGroup ? 'group' : 'key'} ${latin1(key)}`);
  }
  return found;
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);

describe('children of a prefix', () => {
  it('are those that reading every key finds', async () => {
    await fc.assert(
      fc.asyncProperty(KEYS, PREFIX, SEPARATOR, WIDE, async (keys, prefix, separator, wide) => {
        const found = await childrenBySkipping(new KeysInMemory(contents(keys)), prefix, separator, wide);
        assert.deepEqual([...found].sort(), childrenOfAll(keys, prefix, separator));
        assert.equal(new Set(found).size, found.length);
      }),
      { numRuns: 500 },
    );
  });

  it('cost as much as there are children, whatever lies below', async () => {
    await fc.assert(
      fc.asyncProperty(KEYS, PREFIX, async (keys, prefix) => {
        const store = new KeysInMemory(contents(keys));
        const found = await childrenBySkipping(store, prefix, '/');
        assert.ok(store.asked.length <= found.length + 1, `${store.asked.length} requests`);
        assert.ok(store.keysSent <= store.asked.length * FEWEST_KEYS + 2 * found.length);
      }),
    );
  });

  it('take few requests where one child has 100,000 keys', async () => {
    const store = new KeysInMemory(contents([...numbered('big/', 100_000), 'a', 'zz/1', 'zz/2', 'zzz']));
    assert.deepEqual(await childrenBySkipping(store, '', '/'), [
      'key a',
      'group big/',
      'group zz/',
      'key zzz',
    ]);
    assert.ok(store.asked.length < 20, `${store.asked.length} requests`);
    assert.ok(store.keysSent < 20 * FEWEST_KEYS, `${store.keysSent} keys`);
  });

  it('do not make a server count all keys behind each of 50 groups', async () => {
    const names = Array.from({ length: 50 }, (_, i) => numbered(`g/${i}/`, 1000)).flat();
    const store = new KeysInMemory(contents(names));
    assert.equal((await childrenBySkipping(store, 'g/', '/')).length, 50);
    assert.ok(store.asked.length < 4 * 50, `${store.asked.length} requests`);
    assert.ok(store.keysCounted < 8 * names.length, `${store.keysCounted} keys counted of ${names.length}`);
  });

  it('take few requests where there are 5,000 keys and no groups', async () => {
    const store = new KeysInMemory(contents(numbered('k', 5000)));
    assert.equal((await childrenBySkipping(store, '', '/')).length, 5000);
    assert.ok(store.asked.length <= 40, `${store.asked.length} requests`);
  });

  it('are of one revision', async () => {
    const store = new KeysInMemory(contents(numbered('k', 100)));
    await childrenBySkipping(store, 'k', '/');
    assert.deepEqual(
      store.asked.map((request) => request.revision),
      [0, ...store.asked.slice(1).map(() => 1)],
    );
  });
});

/** The keys that a tree shows and counts. */
function total(node: TreeNode): number {
  const below = node.children.reduce((sum, child) => sum + total(child), 0);
  return below + (node.isGroup ? 0 : 1) + (node.keys ?? 0) + (node.hidden ?? 0);
}

function drawn(node: TreeNode, indent = ''): string {
  const lines = node.children.map((child) => {
    const count = child.keys === undefined ? '' : ` (${child.keys})`;
    return `${indent}${latin1(child.name)}${count}\n${drawn(child, `${indent}  `)}`;
  });
  return lines.join('') + (node.hidden === undefined ? '' : `${indent}+${node.hidden}\n`);
}

describe('the tree below a prefix', () => {
  const store = () =>
    new KeysInMemory(contents(['x', 'c/a/1', 'c/a/2', 'c/a/b/3', 'c/b', 'c/d', 'c/e', 'd/1']));
  const options = { prefix: bytes(''), separator: bytes('/'), depth: 0, limit: 0, mostEntries: 0 };
  const ROWS: readonly (readonly [string, Partial<typeof options>, string])[] = [
    ['whole', {}, 'c/\n  a/\n    1\n    2\n    b/\n      3\n  b\n  d\n  e\nd/\n  1\nx\n'],
    ['to a depth', { depth: 2 }, 'c/\n  a/ (3)\n  b\n  d\n  e\nd/\n  1\nx\n'],
    ['so many in a group', { limit: 2 }, 'c/\n  a/\n    1\n    2\n    +1\n  b\n  +2\nd/\n  1\n+1\n'],
    ['so many in all', { mostEntries: 4 }, 'c/\n  a/\n    1\n    2\n+6\n'],
    ['below a prefix', { prefix: bytes('c/a') }, '/\n  1\n  2\n  b/\n    3\n'],
  ];
  for (const [name, more, expected] of ROWS) {
    it(name, async () =>
      assert.equal(drawn((await readTree(store().read, { ...options, ...more })).root), expected),
    );
  }

  it('shows or counts each key once, within its limits', async () => {
    const numbers = fc.nat({ max: 4 });
    await fc.assert(
      fc.asyncProperty(
        KEYS,
        PREFIX,
        SEPARATOR,
        numbers,
        numbers,
        async (keys, prefix, separator, depth, limit) => {
          const question = {
            prefix: bytes(prefix),
            separator: bytes(separator),
            depth,
            limit,
            mostEntries: 20,
          };
          const tree = await readTree(new KeysInMemory(contents(keys)).read, question);
          assert.equal(total(tree.root), keys.filter((key) => key.startsWith(prefix)).length);
          assert.ok(tree.entries <= 20 + depth);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('usage', () => {
  it('sums keys and bytes by group, the largest first', () => {
    const sums = new UsageSums({ prefix: bytes('p/'), separator: bytes('/'), depth: 2 });
    const put = (key: string, size: number) =>
      sums.add({
        key: bytes(key),
        value: Buffer.alloc(size),
        createRevision: 1,
        modRevision: 1,
        version: 1,
        lease: 0n,
      });
    put('p/a/x/1', 10);
    put('p/a/x/2', 10);
    put('p/a/y', 5);
    put('p/b', 500);
    assert.deepEqual(
      sums.sorted().map((row) => [latin1(row.key), row.keys, row.keyBytes + row.valueBytes]),
      [
        ['p/b', 1, 503],
        ['p/a/', 3, 44],
        ['p/a/x/', 2, 34],
        ['p/a/y', 1, 10],
      ],
    );
    assert.equal(sums.total.keys, 4);
    assert.equal(sums.total.valueBytes, 525);
  });
});

describe('pages', () => {
  it('have every pair once, in order, at one revision', async () => {
    await fc.assert(
      fc.asyncProperty(KEYS, PREFIX, WIDE, async (keys, prefix, wideKeys) => {
        const store = new KeysInMemory(contents(keys, 'v'));
        const seen: string[] = [];
        for await (const page of pages(store.read, prefixSpan(bytes(prefix)), { wideKeys }))
          seen.push(...page.kvs.map((kv) => latin1(kv.key)));
        assert.deepEqual(seen, keys.filter((key) => key.startsWith(prefix)).sort());
      }),
    );
  });

  it('cost a server no more than a few times the keys that there are', async () => {
    const names = [...numbered('p/', 30_000), ...numbered('p/x', 20_000)];
    const store = new KeysInMemory(contents(names, 'v'.repeat(400)));
    let seen = 0;
    for await (const page of pages(store.read, prefixSpan(bytes('p/')))) seen += page.kvs.length;
    assert.equal(seen, names.length);
    assert.ok(store.asked.length < 100, `${store.asked.length} requests`);
    assert.ok(store.keysCounted < 8 * names.length, `${store.keysCounted} keys counted`);
  });

  const LIMITS: readonly (readonly [string, Parameters<typeof nextLimit>, number])[] = [
    ['grow while pairs are small', [32, 32, 32 * 60], 256],
    ['stop growing at a number of keys', [4000, 4000, 4000 * 60], 5000],
    ['shrink when values are large', [32, 32, 32 * 1024 * 1024], 1],
    ['aim at a size', [100, 100, 400_000], 262],
    ['stay where nothing was found', [32, 0, 0], 32],
  ];
  for (const [name, args, expected] of LIMITS) it(name, () => assert.equal(nextLimit(...args), expected));
});

describe('differences of two revisions', () => {
  async function found(store: KeysInMemory, before: number, after: number): Promise<string[]> {
    const list: string[] = [];
    for await (const item of differences(store.read, prefixSpan(bytes('')), { before, after })) {
      const side = (kv: typeof item.before) => (kv === undefined ? '-' : latin1(kv.value));
      list.push(`${latin1(item.key)} ${side(item.before)} ${side(item.after)}`);
    }
    return list;
  }

  it('are what comparing everything finds', async () => {
    const state = fc.dictionary(KEY, fc.constantFrom('1', '2', ''), { maxKeys: 50 });
    await fc.assert(
      fc.asyncProperty(state, state, state, async (a, b, c) => {
        const store = new KeysInMemory(a, b, c);
        const expected = [...new Set([...Object.keys(a), ...Object.keys(c)])]
          .sort()
          .filter((key) => a[key] !== c[key])
          .map((key) => `${key} ${a[key] ?? '-'} ${c[key] ?? '-'}`);
        assert.deepEqual(await found(store, 1, 3), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('read the values of what differs only', async () => {
    const large = 'x'.repeat(1000);
    const store = new KeysInMemory(
      { ...contents(numbered('k', 500), large), a: '1' },
      { ...contents(numbered('k', 500), large), a: '2' },
    );
    assert.deepEqual(await found(store, 1, 2), ['a 1 2']);
    assert.ok(store.bytesSent < 10_000, `${store.bytesSent} bytes`);
  });
});
