import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  BoltError,
  type BoltFile,
  DamagedPageError,
  InvalidDatabaseError,
  problemsOf,
  TruncatedFileError,
} from '../../../src/storage/bbolt/index.ts';
import { writeMeta } from '../../../src/storage/bbolt/meta.ts';
import {
  EtcdDatabase,
  SchemaError,
  verifySchema,
  verifyTrailer,
} from '../../../src/storage/etcd-data/index.ts';
import {
  bytesOf,
  type Content,
  contentOf,
  FIXTURES,
  fixture,
  memoryFile,
  openBytes,
  seeded,
} from './support.ts';

const FLIPS = 1_000;
const LEAF = 2;
const IS_BUCKET = 1;

function sample(): Content {
  const many: Record<string, string> = {};
  for (let i = 0; i < 400; i++) many[`=key${String(i).padStart(5, '0')}`] = `value ${i}`.repeat(i % 7);
  return { '=big': { '=b': 'x'.repeat(5_000) }, '=many': many, '=none': {}, '=tiny': { '=k': 'v' } };
}

/**
 * Which bytes bbolt leaves uncovered: keys (as long as their order stays), values and sequences. A reader of its own,
 * so that it does not share the mistakes of the one under test.
 */
function uncovered(bytes: Buffer, pageSize: number): Set<number> {
  const blind = new Set<number>();
  const cover = (from: number, length: number): void => {
    for (let i = from; i < from + length; i++) blind.add(i);
  };
  const leaf = (page: number): void => {
    for (let i = 0; i < bytes.readUInt16LE(page + 10); i++) {
      const element = page + 16 + 16 * i;
      const key = element + bytes.readUInt32LE(element + 4);
      const [keySize, valueSize] = [bytes.readUInt32LE(element + 8), bytes.readUInt32LE(element + 12)];
      cover(key, keySize);
      if (bytes.readUInt32LE(element) !== IS_BUCKET) cover(key + keySize, valueSize);
      else cover(key + keySize + 8, 8);
      if (bytes.readUInt32LE(element) === IS_BUCKET && valueSize > 16) leaf(key + keySize + 16);
      // The sizes of the last element of a page: what it may grow into is empty space.
      else if (i === bytes.readUInt16LE(page + 10) - 1) cover(element + 8, 8);
    }
  };
  for (let page = 2 * pageSize; page + pageSize <= bytes.length; page += pageSize)
    if (bytes.readUInt16LE(page + 8) === LEAF && bytes.readUInt32LE(page) === page / pageSize) leaf(page);
  return blind;
}

type Outcome = 'reported by the pages' | 'reported by the schema' | 'harmless' | 'unseen';

/** What a reader that checks first makes of the file; a reader that does not must come to no other content. */
async function outcomeOf(bytes: Buffer, before: Content, schema: boolean): Promise<Outcome> {
  let file: BoltFile;
  try {
    file = await openBytes(bytes);
  } catch (error) {
    assert.ok(error instanceof BoltError, String(error));
    return 'reported by the pages';
  }
  const reported = file.damagedMeta !== undefined || (await problemsOf(file)).length > 0;
  let content: Content;
  try {
    content = await contentOf(file);
  } catch (error) {
    assert.ok(error instanceof DamagedPageError, String(error));
    assert.ok(reported, `reading found what the check did not: ${error.message}`);
    return 'reported by the pages';
  }
  if (reported) return 'reported by the pages';
  if (schema)
    for await (const problem of verifySchema(new EtcdDatabase(file))) {
      assert.ok(problem instanceof SchemaError);
      return 'reported by the schema';
    }
  try {
    assert.deepEqual(content, before);
    return 'harmless';
  } catch {
    return 'unseen';
  }
}

async function flipEverywhere(original: Buffer, schema: boolean): Promise<Record<Outcome, number>> {
  const bytes = Buffer.from(original);
  const file = await openBytes(bytes);
  const before = await contentOf(file);
  const blind = uncovered(bytes, file.meta.pageSize);
  const random = seeded(2024);
  const counts = { 'reported by the pages': 0, 'reported by the schema': 0, harmless: 0, unseen: 0 };
  for (let i = 0; i < FLIPS; i++) {
    const [at, bit] = [random(bytes.length), 1 << random(8)];
    bytes[at] ^= bit;
    const outcome = await outcomeOf(bytes, before, schema);
    counts[outcome]++;
    if (outcome === 'unseen')
      assert.ok(blind.has(at), `a flip of bit ${bit} at ${at} changed the content unseen`);
    bytes[at] ^= bit;
  }
  return counts;
}

describe('bbolt files: damage', () => {
  it(`${FLIPS} bit flips: reported, harmless, or inside a key or value`, async function () {
    this.timeout(60_000);
    const { bytes } = await bytesOf(sample(), 512);
    const counts = await flipEverywhere(bytes, false);
    assert.ok(counts['reported by the pages'] > FLIPS / 10, JSON.stringify(counts));
  });

  for (const release of FIXTURES) {
    it(`${FLIPS} bit flips in a snapshot of ${release}: all are seen by its SHA-256`, async function () {
      this.timeout(60_000);
      const path = fixture(release, 'snapshot.db');
      if (!path) return this.skip();
      const whole = readFileSync(path);
      const counts = await flipEverywhere(whole.subarray(0, -32), true);
      assert.ok(counts['reported by the pages'] > 0 && counts['reported by the schema'] > 0);
      const random = seeded(7);
      for (let i = 0; i < 100; i++) {
        const [at, bit] = [random(whole.length), 1 << random(8)];
        whole[at] ^= bit;
        await assert.rejects(
          verifyTrailer(memoryFile(whole), 'snap.db'),
          /^SnapshotHashError: expected sha256/,
        );
        whole[at] ^= bit;
      }
      await verifyTrailer(memoryFile(whole), 'snap.db');
    });
  }

  it('a file cut off anywhere is refused', async () => {
    const { bytes } = await bytesOf(sample(), 512);
    for (let length = 0; length < bytes.length; length += 101)
      await assert.rejects(
        openBytes(bytes.subarray(0, length)),
        (error) =>
          error instanceof TruncatedFileError ||
          (error instanceof InvalidDatabaseError && error.message === 'invalid database'),
      );
  });

  it('foreign bytes are no database', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('#!/bin/sh\n'),
      Buffer.alloc(100_000),
      Buffer.alloc(70_000, 0xff),
    ])
      await assert.rejects(openBytes(bytes), { name: 'InvalidDatabaseError', message: 'invalid database' });
  });

  it('one damaged meta page is passed over, at any page size, and named', async () => {
    for (const pageSize of [1024, 4096, 65536]) {
      for (const page of [0, 1]) {
        const { bytes } = await bytesOf(sample(), pageSize);
        bytes[page * pageSize + 16 + 20] ^= 1;
        const file = await openBytes(bytes);
        assert.equal(file.damagedMeta?.page, page);
        assert.equal(file.meta.pageSize, pageSize);
        assert.deepEqual(await contentOf(file), sample());
      }
    }
  });

  it('both damaged: no database', async () => {
    const { bytes } = await bytesOf(sample());
    bytes[16 + 20] ^= 1;
    bytes[4096 + 16 + 20] ^= 1;
    await assert.rejects(openBytes(bytes), InvalidDatabaseError);
  });

  it('the newer of two intact meta pages counts', async () => {
    const { bytes } = await bytesOf(sample());
    const { meta } = await openBytes(bytes);
    writeMeta(bytes.subarray(4096), 1, { ...meta, transaction: 99 });
    assert.equal((await openBytes(bytes)).meta.transaction, 99);
  });
});

describe('bbolt files: the consistency check', () => {
  const PAGE = 512;

  /** Pages by type, of a file whose tree has branches. */
  async function made(): Promise<{ bytes: Buffer; leaves: number[]; branches: number[] }> {
    const { bytes } = await bytesOf(sample(), PAGE);
    const ofType = (flags: number): number[] =>
      [...Array(bytes.length / PAGE).keys()].filter(
        (p) => p > 1 && bytes.readUInt16LE(p * PAGE + 8) === flags && bytes.readUInt32LE(p * PAGE) === p,
      );
    return { bytes, leaves: ofType(2), branches: ofType(1) };
  }

  async function found(bytes: Buffer): Promise<string[]> {
    return (await problemsOf(await openBytes(bytes))).map((p) => p.message);
  }

  it('finds a page that carries another number', async () => {
    const { bytes, leaves } = await made();
    bytes.writeUInt32LE(leaves[3] + 1, leaves[3] * PAGE);
    assert.deepEqual(await found(bytes), [`page ${leaves[3]}: carries the number of page ${leaves[3] + 1}`]);
  });

  it('finds a page of no known type', async () => {
    const { bytes, leaves } = await made();
    bytes.writeUInt16LE(0x10, leaves[2] * PAGE + 8);
    assert.deepEqual(await found(bytes), [`page ${leaves[2]}: invalid type: flags 10`]);
  });

  it('finds a page that is referred to twice', async () => {
    const { bytes, branches } = await made();
    const [first, second] = [0, 1].map((i) => branches[0] * PAGE + 16 + 16 * i + 8);
    const child = bytes.readUInt32LE(first);
    bytes.writeUInt32LE(child, second);
    const problems = await found(bytes);
    assert.deepEqual(problems, [`page ${child}: multiple references`]);
  });

  it('finds a branch that points to itself', async () => {
    const { bytes, branches } = await made();
    bytes.writeUInt32LE(branches[0], branches[0] * PAGE + 16 + 8);
    assert.deepEqual(await found(bytes), [`page ${branches[0]}: multiple references`]);
    await assert.rejects(contentOf(await openBytes(bytes)), DamagedPageError);
  });

  it('finds a page out of bounds, and goes on behind each problem', async () => {
    const { bytes, branches, leaves } = await made();
    bytes.writeUInt32LE(1_000_000, branches[0] * PAGE + 16 + 8);
    bytes.writeUInt32LE(0, branches[1] * PAGE + 16 + 8);
    bytes.writeUInt16LE(7, leaves.at(-2)! * PAGE + 8);
    const problems = await found(bytes);
    assert.match(problems[0], /^page 1000000: out of bounds/);
    assert.match(problems[1], /^page 0: out of bounds/);
    assert.equal(problems.length, 3);
  });

  it('finds overflow that runs out of the file', async () => {
    const { bytes, leaves } = await made();
    bytes.writeUInt32LE(0xffffffff, leaves[0] * PAGE + 12);
    assert.match((await found(bytes))[0], /claims 4294967295 overflow pages/);
  });

  it('finds keys out of order within a page, and across pages', async () => {
    const { bytes, leaves } = await made();
    const page = leaves[4] * PAGE;
    const key = page + 16 + bytes.readUInt32LE(page + 16 + 4);
    bytes.write('zzz', key, 'latin1');
    assert.match((await found(bytes))[0], /key of element 1 is not greater than the one before/);
    bytes.write('key', key, 'latin1');
    bytes.write('aaa', key, 'latin1');
    assert.match((await found(bytes))[0], /is less than "key\d+" in the branch above/);
    bytes.write('key', key, 'latin1');
    const last = page + 16 + 16 * (bytes.readUInt16LE(page + 10) - 1);
    bytes.write('zzz', last + bytes.readUInt32LE(last + 4), 'latin1');
    assert.match((await found(bytes))[0], /is not less than "key\d+", the next page's/);
  });

  it('holds a stored freelist against what is reachable', async () => {
    const { bytes, leaves } = await made();
    const { meta } = await openBytes(bytes);
    const extended = Buffer.concat([bytes, Buffer.alloc(4 * PAGE)]);
    const list = meta.pages;
    extended.writeUInt32LE(list, list * PAGE);
    extended.writeUInt16LE(0x10, list * PAGE + 8);
    const withFree = (free: number[]): Promise<string[]> => {
      extended.writeUInt16LE(free.length, list * PAGE + 10);
      free.forEach((page, i) => {
        extended.writeBigUInt64LE(BigInt(page), list * PAGE + 16 + 8 * i);
      });
      for (const page of [0, 1] as const)
        writeMeta(extended.subarray(page * PAGE), page, { ...meta, pages: list + 4, freelist: list });
      return found(extended);
    };
    assert.deepEqual(await withFree([list + 1, list + 2, list + 3]), []);
    assert.deepEqual(await withFree([list + 1, list + 3]), [`page ${list + 2}: unreachable unfreed`]);
    assert.deepEqual(await withFree([leaves[0], list + 1, list + 2, list + 3]), [
      `page ${leaves[0]}: reachable freed`,
    ]);
    assert.deepEqual(await withFree([list + 1, list + 1, list + 2, list + 3]), [
      `page ${list + 1}: already freed`,
    ]);
    assert.match((await withFree([list + 1, list + 2, list + 3, 999_999]))[0], /lists page 999999/);
  });
});
