import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { DiskError, type DiskFile } from '../../../src/core/ports/disk.ts';
import {
  BoltFile,
  CHUNK_BYTES,
  createWhole,
  fileChunks,
  planFile,
  problemsOf,
  writeBoltFile,
} from '../../../src/storage/bbolt/index.ts';
import { SimDisk } from '../../../src/storage/disk/index.ts';
import { batchesOf, bytesOf, type Content, contentOf, memoryFile, openBytes, seeded } from './support.ts';

const immediate: Pick<Clock, 'after'> = {
  after: (_ms, run) => {
    const immediate = setImmediate(run);
    return { cancel: () => clearImmediate(immediate) };
  },
};
const simDisk = (capacityBytes?: number): SimDisk =>
  new SimDisk({ random: () => 0.5, clock: immediate, capacityBytes });

const bytes = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: min, maxLength: max })
    .map((array) => `${Buffer.from(array).toString('latin1')}`);
const named = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>, maxKeys: number) =>
  fc.dictionary(
    key.map((k) => `=${k}`),
    value,
    { maxKeys, noNullPrototype: true },
  );
/** Values from nothing to many pages; keys from one byte to more than a page. */
const value = fc.oneof({ weight: 6, arbitrary: bytes(0, 60) }, { weight: 1, arbitrary: bytes(1000, 9000) });
const key = fc.oneof({ weight: 20, arbitrary: bytes(1, 12) }, { weight: 1, arbitrary: bytes(1, 3000) });
const content = named(bytes(1, 8), named(key, value, 60), 5);

/** `count` keys in one bucket, and a few small buckets around it. */
function large(count: number, seed: number): Content {
  const random = seeded(seed);
  const many: Record<string, string> = {};
  for (let i = 0; i < count; i++)
    many[`=${String(i).padStart(7, '0')}${'k'.repeat(random(30))}`] = 'v'.repeat(random(200));
  return { '=a': { '=x': 'y' }, '=many': many, '=nothing': {}, '=z': { '=long': 'l'.repeat(100_000) } };
}

describe('bbolt files: what was written is what is read', () => {
  it('for any content and page size, and the file is sound', () =>
    fc.assert(
      fc.asyncProperty(content, fc.constantFrom(512, 1024, 4096, 16384), async (made, pageSize) => {
        const file = await openBytes((await bytesOf(made, pageSize)).bytes);
        assert.deepEqual(await contentOf(file), made);
        assert.deepEqual((await problemsOf(file)).map(String), []);
      }),
      { numRuns: 150 },
    ));

  it('through several levels of branches, a read window at a time', async () => {
    const made = large(20_000, 1);
    for (const pageSize of [512, 4096]) {
      const { bytes: written, plan } = await bytesOf(made, pageSize);
      assert.equal(written.length, plan.bytes);
      const file = await BoltFile.open(memoryFile(written), {
        cacheBytes: 128 * 1024,
      });
      assert.deepEqual(await contentOf(file), made);
      assert.deepEqual(await problemsOf(file), []);
    }
  });

  it('whether planned and streamed, or written in one pass', async () => {
    const made = large(3_000, 2);
    const { bytes: streamed, plan } = await bytesOf(made);
    const disk = simDisk();
    await disk.makeDirectory('/d', 0o700);
    const whole = await createWhole(disk, '/d/db', (file) => writeBoltFile(file, batchesOf(made, 100)));
    assert.deepEqual(whole, plan);
    const file = await disk.open('/d/db', 'read');
    const written = Buffer.alloc(await file.size());
    await file.read(written, 0);
    await file.close();
    assert.ok(written.equals(streamed));
    assert.deepEqual(await disk.list('/d'), ['db']);
    assert.equal((await disk.stat('/d/db'))?.mode, 0o600);
  });

  it('in chunks of one size', async () => {
    const made = large(5_000, 3);
    const plan = await planFile(batchesOf(made));
    const sizes: number[] = [];
    for await (const chunk of fileChunks(batchesOf(made), plan)) sizes.push(chunk.length);
    assert.ok(sizes.length > 2);
    assert.ok(sizes.slice(0, -1).every((size) => size === CHUNK_BYTES));
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      plan.bytes,
    );
  });

  it('with buckets of up to a quarter of a page inline', async () => {
    const pagesWith = async (valueBytes: number): Promise<number> =>
      (await bytesOf({ '=b': { '=k': 'v'.repeat(valueBytes) } })).plan.pages;
    const quarter = 1024 - 16 - 16 - 1;
    assert.equal(await pagesWith(quarter), 3);
    assert.equal(await pagesWith(quarter + 1), 4);
  });

  it('and keys are found: get, ranges, the last one', async () => {
    const made = large(2_000, 4);
    const file = await openBytes((await bytesOf(made, 512)).bytes);
    const many = (await file.bucket('many'))!;
    const keys = Object.keys(made['=many'])
      .sort()
      .map((k) => k.slice(1));
    for (const at of [0, 1, 777, 1998, 1999]) {
      const found = await many.get(Buffer.from(keys[at]));
      assert.equal(Buffer.from(found!).toString(), made['=many'][`=${keys[at]}`]);
    }
    assert.equal(await many.get(Buffer.from('0000777')), keys.includes('0000777') ? '' : undefined);
    assert.equal(await many.get(Buffer.from('zzz')), undefined);
    assert.equal(Buffer.from((await many.last())!.key).toString(), keys[1999]);
    assert.equal(await (await file.bucket('nothing'))!.last(), undefined);
    assert.equal(await file.bucket('none'), undefined);
    const random = seeded(5);
    for (let i = 0; i < 50; i++) {
      const [from, to] = [random(2_001), random(2_001)].sort((a, b) => a - b);
      const bound = (n: number): Buffer => Buffer.from(String(n).padStart(7, '0'));
      const got: string[] = [];
      for await (const batch of many.entries({ from: bound(from), to: bound(to) }))
        got.push(...batch.map((e) => Buffer.from(e.key).toString()));
      assert.deepEqual(got, keys.slice(from, to));
    }
  });
});

describe('a file that is there whole or not at all', () => {
  it('whenever the power goes', async () => {
    const made = large(300, 9);
    const { bytes: whole } = await bytesOf(made);
    for (let operations = 1, done = false; !done; operations++) {
      let left = operations;
      const fault = (): undefined => {
        if (--left === 0) cut();
      };
      const random = seeded(operations);
      let cut = (): void => {};
      const disk = new SimDisk({ random: () => random(1000) / 1000, clock: immediate, fault });
      await disk.makeDirectory('/d', 0o700);
      await disk.syncDirectory('/');
      left = operations;
      const gone = new Promise<void>((resolve) => {
        cut = () => {
          disk.powerCut();
          resolve();
        };
      });
      const write = createWhole(disk, '/d/db', (file) => writeBoltFile(file, batchesOf(made)));
      done = await Promise.race([write.then(() => true), gone.then(() => false)]);
      left = 0;
      disk.powerCut();
      const stat = await disk.stat('/d/db');
      if (done) assert.ok(stat);
      if (!stat) continue;
      const file = await disk.open('/d/db', 'read');
      const read = Buffer.alloc(await file.size());
      await file.read(read, 0);
      assert.ok(read.equals(whole), `after ${operations} operations`);
    }
  });
});

describe('bbolt files: what cannot be written', () => {
  const entry = (key: string, value = ''): { key: Buffer; value: Buffer } => ({
    key: Buffer.from(key),
    value: Buffer.from(value),
  });
  const rows: [string, Parameters<typeof writeBoltFile>[1], RegExp][] = [
    ['keys out of order', [{ bucket: 'b', entries: [entry('b'), entry('a')] }], /do not ascend/],
    ['a key twice', [{ bucket: 'b', entries: [entry('a'), entry('a')] }], /do not ascend/],
    [
      'keys out of order across batches',
      [
        { bucket: 'b', entries: [entry('b')] },
        { bucket: 'b', entries: [] },
        { bucket: 'b', entries: [entry('a')] },
      ],
      /do not ascend/,
    ],
    [
      'buckets out of order',
      [
        { bucket: 'b', entries: [] },
        { bucket: 'a', entries: [] },
      ],
      /comes behind/,
    ],
    ['an empty key', [{ bucket: 'b', entries: [entry('')] }], /key of 0 bytes/],
    ['a key beyond 32 KiB', [{ bucket: 'b', entries: [entry('k'.repeat(32769))] }], /key of 32769 bytes/],
  ];
  for (const [what, batches, message] of rows) {
    it(what, () =>
      assert.rejects(
        writeBoltFile({ write: async () => {} } satisfies Pick<DiskFile, 'write'>, batches),
        message,
      ),
    );
  }

  it('something else than was planned', async () => {
    const plan = await planFile(batchesOf(large(500, 1)));
    for (const other of [large(400, 1), large(600, 1)])
      await assert.rejects(async () => {
        for await (const chunk of fileChunks(batchesOf(other), plan)) assert.ok(chunk);
      }, /were planned/);
  });

  it('a disk that is full leaves nothing behind', async () => {
    const disk = simDisk(100_000);
    await disk.makeDirectory('/d', 0o700);
    await assert.rejects(
      createWhole(disk, '/d/db', (file) => writeBoltFile(file, batchesOf(large(3_000, 2)))),
      (error) => error instanceof DiskError && error.code === 'ENOSPC',
    );
    assert.deepEqual(await disk.list('/d'), []);
  });
});
