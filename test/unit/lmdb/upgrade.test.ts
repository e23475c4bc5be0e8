/** Databases of the format before checksums. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { BUCKETS } from '../../../src/core/ports/backend.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { DamagedDatabase } from '../../../src/storage/lmdb/errors.ts';
import { upgradeDatabase } from '../../../src/storage/lmdb/upgrade.ts';

const ENTRIES = 12_000;

/** As it was written before: the buckets' plain names, values without a seal. */
async function writeOld(path: string, buckets: readonly string[] = BUCKETS): Promise<void> {
  const root = open<Buffer, Uint8Array>({
    path,
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: 20,
    overlappingSync: false,
  });
  for (const name of buckets) {
    const bucket = root.openDB<Buffer, Uint8Array>({ name, encoding: 'binary', keyEncoding: 'binary' });
    const count = name === 'key' ? ENTRIES : 3;
    for (let i = 0; i < count; i++) bucket.put(Buffer.from(`${name}${i}`), Buffer.from(`value ${i}`));
    await bucket.flushed;
  }
  await root.close();
}

describe('lmdb: upgrade', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-upgrade-'));
    path = join(directory, 'db');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes an old database anew, once', async () => {
    await writeOld(path);
    assert.throws(() => new LmdbBackend({ path }), /before checksums/);
    assert.equal(await upgradeDatabase(path), true);
    assert.equal(await upgradeDatabase(path), false);
    assert.deepEqual(readdirSync(directory).sort(), ['db', 'db-lock']);
    const backend = new LmdbBackend({ path });
    for (const name of BUCKETS) {
      const entries = backend.scan({ bucket: name, limit: ENTRIES + 1 });
      assert.equal(entries.length, name === 'key' ? ENTRIES : 3);
      for (const { key, value } of entries)
        assert.equal(Buffer.from(key).toString(), Buffer.from(value).toString().replace('value ', name));
    }
    await backend.close();
  });

  it('has nothing to do where there is no database', async () => {
    assert.equal(await upgradeDatabase(path), false);
    assert.ok(!existsSync(path));
  });

  it('refuses buckets it does not know, and leaves the file alone', async () => {
    await writeOld(path, ['key', 'mete']);
    const before = readFileSync(path);
    await assert.rejects(upgradeDatabase(path), (error) => error instanceof DamagedDatabase);
    assert.deepEqual(readFileSync(path), before);
  });
});
