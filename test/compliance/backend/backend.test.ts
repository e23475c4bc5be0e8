import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type Backend,
  type Bucket,
  after as keyAfter,
  MAX_BACKEND_KEY_BYTES,
} from '../../../src/core/ports/backend.ts';
import { fromLatin1, toLatin1 } from '../../../src/core/wire/bytes.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';

interface World {
  readonly name: string;
  open(): { backend: Backend; reopen(): Promise<Backend>; end(): void };
}

const worlds: World[] = [
  {
    name: 'memory',
    open() {
      let backend = new MemoryBackend();
      return { backend, reopen: async () => (backend = backend.crash()), end() {} };
    },
  },
  {
    name: 'lmdb',
    open() {
      const directory = mkdtempSync(join(tmpdir(), 'kvctl-backend-'));
      const path = join(directory, 'db');
      let backend = new LmdbBackend({ path });
      return {
        backend,
        async reopen() {
          await backend.close();
          return (backend = new LmdbBackend({ path }));
        },
        end: () => rmSync(directory, { recursive: true }),
      };
    },
  },
];

const bytes = fromLatin1;
const put = (bucket: Bucket, key: string, value: string) => ({
  bucket,
  key: bytes(key),
  value: bytes(value),
});
const remove = (bucket: Bucket, key: string) => ({ bucket, key: bytes(key), value: undefined });
const all = (backend: Pick<Backend, 'scan'>, bucket: Bucket, limit = 1000) =>
  backend.scan({ bucket, limit }).map(({ key, value }) => `${toLatin1(key)}=${toLatin1(value)}`);
/** As `all`, by a cursor. */
function whole(backend: Backend, bucket: Bucket): string[] {
  const cursor = backend.readAll(bucket);
  const found: string[] = [];
  while (cursor.next()) {
    const key = cursor.keyBytes.subarray(cursor.keyAt, cursor.keyEnd);
    found.push(`${toLatin1(key)}=${toLatin1(cursor.valueBytes.subarray(cursor.valueAt, cursor.valueEnd))}`);
  }
  assert.equal(cursor.next(), false, 'the end stays the end');
  cursor.close();
  return found;
}

for (const world of worlds) {
  describe(`backend: ${world.name}`, () => {
    let place: ReturnType<World['open']>;
    let backend: Backend;

    beforeEach(() => {
      place = world.open();
      backend = place.backend;
    });

    afterEach(async () => {
      await backend.close();
      place.end();
    });

    it('reads what was committed, empty values and zero bytes included', async () => {
      await backend.commit([put('key', 'a', '1'), put('alarm', 'a', ''), put('meta', 'a\0b', '\0\xff')]);
      assert.equal(toLatin1(backend.get('key', bytes('a'))!), '1');
      assert.equal(backend.get('alarm', bytes('a'))!.length, 0);
      assert.equal(toLatin1(backend.get('meta', bytes('a\0b'))!), '\0\xff');
      assert.equal(backend.get('key', bytes('b')), undefined);
      assert.equal(backend.get('lease', bytes('a')), undefined);
    });

    it('applies the writes of a commit in order', async () => {
      await backend.commit([
        put('key', 'a', '1'),
        remove('key', 'a'),
        put('key', 'a', '2'),
        put('key', 'b', '1'),
        remove('key', 'b'),
      ]);
      assert.deepEqual(all(backend, 'key'), ['a=2']);
      await backend.commit([]);
      assert.deepEqual(all(backend, 'key'), ['a=2']);
    });

    it('takes the deletion of what is not there', async () => {
      await backend.commit([remove('key', 'nobody')]);
      assert.deepEqual(all(backend, 'key'), []);
    });

    it('scans in byte order, from inclusive, to exclusive, limited', async () => {
      const keys = ['\x01', 'a', 'a\0', 'a\xff', 'b', '\x80', '\xff\xff'];
      await backend.commit([...keys].reverse().map((key) => put('key', key, key)));
      const scan = (from: string | undefined, to: string | undefined, limit = 100) =>
        backend
          .scan({
            bucket: 'key',
            from: from === undefined ? undefined : bytes(from),
            to: to === undefined ? undefined : bytes(to),
            limit,
          })
          .map(({ key }) => toLatin1(key));
      assert.deepEqual(scan(undefined, undefined), keys);
      assert.deepEqual(scan('a', 'b'), ['a', 'a\0', 'a\xff']);
      assert.deepEqual(scan('a\0', undefined, 2), ['a\0', 'a\xff']);
      assert.deepEqual(scan('b', 'a'), []);
      assert.deepEqual(scan(toLatin1(keyAfter(bytes('a'))), 'b'), ['a\0', 'a\xff']);
    });

    it('keeps what it returned when later reads and commits follow', async () => {
      await backend.commit([put('key', 'a', 'first'), put('key', 'b', 'other')]);
      const first = backend.get('key', bytes('a'))!;
      const [entry] = backend.scan({ bucket: 'key', limit: 1 });
      backend.get('key', bytes('b'));
      await backend.commit([put('key', 'a', 'later')]);
      backend.get('key', bytes('a'));
      assert.equal(toLatin1(first), 'first');
      assert.equal(toLatin1(entry.key), 'a');
      assert.equal(toLatin1(entry.value), 'first');
    });

    it('holds large values and the longest keys', async () => {
      const large = new Uint8Array(2_000_000).map((_, i) => i * 7);
      const longest = bytes('k'.repeat(MAX_BACKEND_KEY_BYTES));
      await backend.commit([
        { bucket: 'key', key: bytes('large'), value: large },
        { bucket: 'authUsers', key: longest, value: bytes('x') },
      ]);
      assert.deepEqual(new Uint8Array(backend.get('key', bytes('large'))!), large);
      assert.deepEqual(new Uint8Array(backend.scan({ bucket: 'key', limit: 1 })[0].value), large);
      assert.equal(toLatin1(backend.get('authUsers', longest)!), 'x');
      for (const bucket of ['key', 'authUsers', 'lease'] as const)
        assert.deepEqual(whole(backend, bucket), all(backend, bucket));
    });

    it('ends a slice of a scan behind so many bytes', async () => {
      await backend.commit(['a', 'b', 'c', 'd'].map((key) => put('key', key, 'x'.repeat(100))));
      const keys = (from: string, maxBytes: number): string[] =>
        backend
          .scan({ bucket: 'key', from: bytes(from), limit: 3, maxBytes })
          .map(({ key }) => toLatin1(key));
      assert.deepEqual(keys('a', 1), ['a']);
      assert.deepEqual(keys('a', 101), ['a']);
      assert.deepEqual(keys('a', 102), ['a', 'b']);
      assert.deepEqual(keys('a', 1_000_000), ['a', 'b', 'c']);
      assert.deepEqual(keys('e', 1), []);
    });

    it('loses no commit that comes while it defragments', async () => {
      for (let i = 0; i < 40; i++)
        await backend.commit(
          Array.from({ length: 100 }, (_, k) => put('key', `${1000 + i * 100 + k}`, 'x'.repeat(500))),
        );
      let done = false;
      const both = [backend.defragment(), backend.defragment()];
      const finished = Promise.all(both).then(() => {
        done = true;
      });
      const expected = new Map(all(backend, 'key', 10_000).map((line) => [line.slice(0, 4), line]));
      for (let i = 0; !done || i < 5; i++) {
        const key = String(1000 + i * 3);
        await backend.commit([put('key', key, String(i)), remove('key', String(4999 - i))]);
        expected.set(key, `${key}=${i}`);
        expected.delete(String(4999 - i));
      }
      await finished;
      const sorted = [...expected.values()].sort();
      assert.deepEqual(all(backend, 'key', 10_000), sorted);
      backend = await place.reopen();
      assert.deepEqual(all(backend, 'key', 10_000), sorted);
    });

    it('keeps commits over a restart', async () => {
      await backend.commit([put('key', 'a', '1'), put('lease', 'l', '2')]);
      await backend.commit([put('key', 'b', '3'), remove('lease', 'l')]);
      backend = await place.reopen();
      assert.deepEqual(all(backend, 'key'), ['a=1', 'b=3']);
      assert.deepEqual(all(backend, 'lease'), []);
    });

    it('completes commits in order and makes each visible', async () => {
      const seen: string[] = [];
      await Promise.all(
        ['1', '2', '3'].map((value) =>
          backend
            .commit([put('key', 'a', value)])
            .then(() => seen.push(toLatin1(backend.get('key', bytes('a'))!))),
        ),
      );
      assert.equal(toLatin1(backend.get('key', bytes('a'))!), '3');
      assert.deepEqual([...seen].sort(), seen);
    });

    it('fixes a snapshot', async () => {
      await backend.commit([put('key', 'a', '1'), put('meta', 'm', '1')]);
      const snapshot = backend.snapshot();
      await backend.commit([put('key', 'a', '2'), put('key', 'b', '2'), remove('meta', 'm')]);
      assert.deepEqual(all(snapshot, 'key'), ['a=1']);
      assert.equal(toLatin1(snapshot.get('meta', bytes('m'))!), '1');
      assert.deepEqual(all(backend, 'key'), ['a=2', 'b=2']);
      snapshot.close();
      const later = backend.snapshot();
      assert.deepEqual(all(later, 'key'), ['a=2', 'b=2']);
      later.close();
    });

    it('defragments under readers and commits', async () => {
      const value = 'x'.repeat(3000);
      const keys = Array.from({ length: 300 }, (_, i) => String(i).padStart(4, '0'));
      await backend.commit(keys.map((key) => put('key', key, value)));
      await backend.commit(keys.slice(1).map((key) => remove('key', key)));
      const before = backend.sizes();
      assert.ok(before.inUse <= before.allocated);
      const snapshot = backend.snapshot();
      const done = backend.defragment();
      const commit = backend.commit([put('key', 'z', 'late')]);
      await Promise.all([done, commit]);
      assert.deepEqual(all(snapshot, 'key'), [`0000=${value}`]);
      snapshot.close();
      assert.deepEqual(all(backend, 'key'), [`0000=${value}`, 'z=late']);
      assert.ok(backend.sizes().allocated <= before.allocated + 16);
      await backend.defragment();
      backend = await place.reopen();
      assert.deepEqual(all(backend, 'key'), [`0000=${value}`, 'z=late']);
    });

    it('reads a large bucket whole', async () => {
      const entries = Array.from({ length: 5_000 }, (_, i) => put('key', `k${i}`, `${i}`.repeat(i % 50)));
      await backend.commit(entries);
      await backend.commit(
        entries.filter((_, i) => i % 3 === 0).map(({ key }) => remove('key', toLatin1(key))),
      );
      assert.deepEqual(whole(backend, 'key'), all(backend, 'key', 10_000));
    });

    it('equals a plain map under random commits', async () => {
      const key = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', '\xff'), minLength: 1, maxLength: 4 });
      const write = fc.record({
        bucket: fc.constantFrom<Bucket>('key', 'lease', 'authRoles'),
        key,
        value: fc.option(fc.string({ unit: 'binary-ascii', maxLength: 8 }), { nil: undefined }),
      });
      const twin = new Map<string, string>();
      await fc.assert(
        fc.asyncProperty(fc.array(write, { maxLength: 30 }), key, key, async (writes, from, to) => {
          await backend.commit(
            writes.map(({ bucket, key, value }) =>
              value === undefined ? remove(bucket, key) : put(bucket, key, value),
            ),
          );
          for (const { bucket, key, value } of writes) {
            if (value === undefined) twin.delete(`${bucket} ${key}`);
            else twin.set(`${bucket} ${key}`, value);
          }
          for (const bucket of ['key', 'lease', 'authRoles'] as const) {
            const expected = [...twin]
              .filter(([name]) => name.startsWith(`${bucket} `))
              .map(([name, value]) => [name.slice(bucket.length + 1), value])
              .filter(([name]) => name >= from && name < to)
              .sort(([a], [b]) => (a < b ? -1 : 1));
            const found = backend.scan({ bucket, from: bytes(from), to: bytes(to), limit: 1000 });
            assert.deepEqual(
              found.map(({ key, value }) => [toLatin1(key), toLatin1(value)]),
              expected,
            );
            assert.deepEqual(whole(backend, bucket), all(backend, bucket));
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}

describe('memory backend: power cuts', () => {
  it('forgets the commits that were not completed, and only those', async () => {
    const queue: (() => void)[] = [];
    const backend = new MemoryBackend({ schedule: (complete) => queue.push(complete) });
    const first = backend.commit([put('key', 'a', '1'), put('meta', 'i', '1')]);
    void backend.commit([put('key', 'b', '2'), put('meta', 'i', '2')]);
    assert.deepEqual(all(backend, 'key'), []);
    queue.shift()!();
    await first;
    const survivor = backend.crash();
    queue.shift()!();
    assert.deepEqual(all(survivor, 'key'), ['a=1']);
    assert.deepEqual(all(survivor, 'meta'), ['i=1']);
    assert.throws(() => backend.get('key', bytes('a')), /closed/);
  });
});

describe('lmdb backend: reading a bucket whole', () => {
  it('does not pass over a commit that came meanwhile', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-backend-'));
    const backend = new LmdbBackend({ path: join(directory, 'db') });
    try {
      await backend.commit([put('key', 'a', '1'), put('key', 'b', '2')]);
      const cursor = backend.readAll('key');
      assert.equal(cursor.next(), true);
      await backend.commit([put('key', 'c', '3')]);
      assert.equal(cursor.next(), true);
      assert.throws(() => cursor.next(), /a commit to .* while all of key was read/);
      cursor.close();
    } finally {
      await backend.close();
      rmSync(directory, { recursive: true });
    }
  });
});

describe('lmdb backend: space', () => {
  it('uses freed pages again, and grows beyond its map', async function () {
    this.timeout(20_000);
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-backend-'));
    const backend = new LmdbBackend({ path: join(directory, 'db'), mapBytes: 1024 * 1024 });
    try {
      const value = Buffer.alloc(1000, 1);
      const round = async (n: number, from: number, remove: boolean): Promise<void> => {
        const writes = Array.from({ length: n }, (_, i) => ({
          bucket: 'key' as const,
          key: bytes(String(from + i).padStart(17, '0')),
          value: remove ? undefined : value,
        }));
        await backend.commit(writes);
        backend.get('key', bytes('x'));
        await new Promise((resolve) => setImmediate(resolve));
      };
      for (let i = 0; i < 5; i++) await round(1000, i * 1000, false);
      const grown = backend.sizes();
      assert.ok(grown.allocated > 5_000_000);
      assert.ok(grown.inUse > 5_000_000 && grown.inUse <= grown.allocated);
      assert.equal(backend.get('key', bytes(String(4999).padStart(17, '0')))!.length, 1000);
      for (let i = 0; i < 20; i++) {
        await round(1000, i * 1000, true);
        await round(1000, (i + 5) * 1000, false);
      }
      assert.ok(backend.sizes().allocated < 2 * grown.allocated, 'freed pages are not used again');
      await backend.defragment();
      assert.ok(backend.sizes().allocated < 1.3 * grown.inUse);
      assert.deepEqual(readdirSync(directory).sort(), ['db', 'db-lock']);
    } finally {
      await backend.close();
      rmSync(directory, { recursive: true });
    }
  });

  it('does not wait for a defragmentation that is no longer wanted, and leaves nothing of it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-backend-'));
    try {
      const backend = new LmdbBackend({ path: join(directory, 'db') });
      const value = Buffer.alloc(1000, 1);
      for (let i = 0; i < 10; i++)
        await backend.commit(
          Array.from({ length: 1000 }, (_, k) => ({ bucket: 'key', key: bytes(`${i}/${k}`), value })),
        );
      assert.equal(statSync(join(directory, 'db')).mode & 0o777, 0o600);
      const defragmented = backend.defragment().catch((error: Error) => error.message);
      await backend.close();
      assert.match(String(await defragmented), /the database is being closed/);
      assert.deepEqual(readdirSync(directory).sort(), ['db', 'db-lock']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('rejects a commit that the disk refuses, and changes nothing', function () {
    this.timeout(20_000);
    if (process.platform === 'win32') this.skip();
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-backend-'));
    const script = `
      const { LmdbBackend } = await import(${JSON.stringify(new URL('../../../src/storage/lmdb/backend.ts', import.meta.url).href)});
      const backend = new LmdbBackend({ path: ${JSON.stringify(join(directory, 'db'))} });
      const write = (key, size) => ({ bucket: 'key', key: Buffer.from(key), value: Buffer.alloc(size, 'x') });
      await backend.commit([write('a', 10)]);
      const failed = await backend.commit([write('b', 10), write('c', 3_000_000)]).catch((error) => error);
      const has = (key) => backend.get('key', Buffer.from(key)) !== undefined;
      console.log(failed instanceof Error, has('a'), has('b'), has('c'));
      await backend.close();`;
    // Files of this process may not grow beyond 1 MiB.
    const shell = `trap '' XFSZ; ulimit -f 2048; exec "$0" --import tsx --input-type=module -e "$1"`;
    const { stdout, status } = spawnSync('/bin/sh', ['-c', shell, process.execPath, script], {
      encoding: 'utf8',
    });
    rmSync(directory, { recursive: true });
    assert.deepEqual([stdout.trim(), status], ['true true false false', 0]);
  });
});
