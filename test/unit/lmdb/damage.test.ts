/**
 * Flipped bits in a database file: the backend refuses it, or it reads what was written. Nothing else is allowed, least
 * of all the end of the process, which a damaged file makes of LMDB itself.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { encodeRevision } from '../../../src/core/mvcc/revision.ts';
import { after, type Backend, type BackendWrite, BUCKETS } from '../../../src/core/ports/backend.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { DamagedDatabase } from '../../../src/storage/lmdb/errors.ts';
import { checkFile } from '../../../src/storage/lmdb/file/check.ts';
import { DatabaseFile } from '../../../src/storage/lmdb/file/database-file.ts';

const FLIPS = Number(process.env.KVCTL_LMDB_FLIPS ?? 150);
const RUNS = Number(process.env.KVCTL_LMDB_RUNS ?? 12);
const PAGE_BYTES = 4096;

/** Everything in it, read as a member reads it. */
function contentOf(backend: Backend): string {
  const lines: string[] = [];
  for (const bucket of BUCKETS) {
    let from: Uint8Array | undefined;
    for (;;) {
      const entries = backend.scan({ bucket, from, limit: 1_000 });
      for (const { key, value } of entries) {
        lines.push(`${bucket} ${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('base64')}`);
        assert.deepEqual(Buffer.from(backend.get(bucket, key)!), Buffer.from(value));
      }
      if (entries.length < 1_000) break;
      from = after(entries[entries.length - 1].key);
    }
  }
  assert.deepEqual(linesOfCursors(backend), lines);
  return lines.join('\n');
}

/** The same, read as a member reads it when it starts. */
function linesOfCursors(backend: Backend): string[] {
  const lines: string[] = [];
  for (const bucket of BUCKETS) {
    const cursor = backend.readAll(bucket);
    try {
      while (cursor.next()) {
        const key = Buffer.from(cursor.keyBytes.subarray(cursor.keyAt, cursor.keyEnd));
        const value = Buffer.from(cursor.valueBytes.subarray(cursor.valueAt, cursor.valueEnd));
        lines.push(`${bucket} ${key.toString('hex')} ${value.toString('base64')}`);
      }
    } finally {
      cursor.close();
    }
  }
  return lines;
}

/** Several commits, so that there are free pages; deletions; values of all sizes. */
async function fill(backend: Backend): Promise<void> {
  for (let round = 0; round < 12; round++) {
    const writes: BackendWrite[] = [];
    for (let i = 0; i < 60; i++) {
      const main = 2 + round * 60 + i;
      const value = Buffer.alloc(i % 20 === 0 ? 9_000 : (i * 37) % 700, `${main}`);
      writes.push({ bucket: 'key', key: encodeRevision(main, 0), value });
    }
    writes.push({ bucket: 'meta', key: Buffer.from('consistent_index'), value: Buffer.alloc(8, round) });
    writes.push({ bucket: 'lease', key: Buffer.alloc(8, round), value: Buffer.from(`lease ${round}`) });
    await backend.commit(writes);
    await backend.commit(
      Array.from({ length: 30 }, (_, i) => ({
        bucket: 'key',
        key: encodeRevision(2 + round * 60 + 2 * i, 0),
        value: undefined,
      })),
    );
  }
}

function problemsOf(path: string): string[] {
  const file = DatabaseFile.open(path);
  try {
    return [...checkFile(file, { thorough: true })].map((problem) => problem.message);
  } finally {
    file.close();
  }
}

describe('lmdb: damage', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-damage-'));
    path = join(directory, 'db');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('finds nothing wrong with what it wrote, however it was used', async function () {
    this.timeout(60_000);
    const key = fc.integer({ min: 1, max: 400 });
    const write = fc.record({ key, size: fc.constantFrom(0, 1, 50, 500, 5_000, 40_000), put: fc.boolean() });
    const commits = fc.array(fc.array(write, { maxLength: 60 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(commits, async (all) => {
        let backend = new LmdbBackend({ path });
        for (const [i, writes] of all.entries()) {
          await backend.commit(
            writes.map(({ key, size, put }) => ({
              bucket: BUCKETS[key % 3],
              key: encodeRevision(key, 0),
              value: put ? Buffer.alloc(size, key) : undefined,
            })),
          );
          if (i % 5 !== 4) continue;
          await backend.close();
          assert.deepEqual(problemsOf(path), []);
          backend = new LmdbBackend({ path });
        }
        await backend.close();
        assert.deepEqual(problemsOf(path), []);
      }),
      { numRuns: RUNS },
    );
  });

  it(`refuses ${FLIPS} flipped bits, or reads what was written`, async function () {
    this.timeout(Math.max(60_000, FLIPS * 100));
    const made = new LmdbBackend({ path });
    await fill(made);
    const content = contentOf(made);
    await made.close();
    const original = readFileSync(path);
    const outcomes = { refused: 0, 'found when read': 0, harmless: 0 };
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let i = 0; i < FLIPS; i++) {
      // A third of the flips go where they hurt: the metas, and the heads of pages.
      const page = random(original.length / PAGE_BYTES);
      const at =
        i % 6 === 0
          ? random(200) + (i % 12 === 0 ? PAGE_BYTES : 0)
          : i % 6 === 1
            ? page * PAGE_BYTES + random(80)
            : random(original.length);
      const damaged = Buffer.from(original);
      damaged[at] ^= 1 << random(8);
      const copy = join(directory, `flip-${i}`);
      writeFileSync(copy, damaged);
      let backend: LmdbBackend;
      try {
        backend = new LmdbBackend({ path: copy });
      } catch (error) {
        assert.ok(error instanceof DamagedDatabase, String(error));
        outcomes.refused++;
        rmSync(copy, { force: true });
        continue;
      }
      try {
        assert.equal(contentOf(backend), content, `a flip in byte ${at} was served`);
        outcomes.harmless++;
      } catch (error) {
        if (!(error instanceof DamagedDatabase)) throw error;
        outcomes['found when read']++;
      } finally {
        await backend.close();
        rmSync(copy, { force: true });
        rmSync(`${copy}-lock`, { force: true });
      }
    }
    assert.ok(outcomes.refused > 0 && outcomes['found when read'] > 0, JSON.stringify(outcomes));
    console.log(`      ${JSON.stringify(outcomes)}`);
  });

  it('refuses files that are cut off, empty of sense, or of something else', async () => {
    const made = new LmdbBackend({ path });
    await fill(made);
    await made.close();
    const whole = readFileSync(path);
    const cases: [string, Buffer, RegExp][] = [
      ['shorter than its head', whole.subarray(0, 5_000), /cut off/],
      ['half', whole.subarray(0, Math.floor(whole.length / 2)), /cut off/],
      ['zeros', Buffer.alloc(16_384), /flags/],
      ['text', Buffer.from('no database at all\n'.repeat(1_000)), /meta page/],
    ];
    for (const [name, bytes, message] of cases) {
      const copy = join(directory, name);
      writeFileSync(copy, bytes);
      assert.throws(() => new LmdbBackend({ path: copy }), message, name);
      assert.deepEqual(readFileSync(copy), bytes);
    }
    copyFileSync(path, join(directory, 'again'));
    await new LmdbBackend({ path: join(directory, 'again') }).close();
  });
});
