/**
 * The check on a thread of its own, while the file is read: nothing of a damaged file is believed, whatever was read of it
 * meanwhile, and not a byte of it is written.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodePair } from '../../../src/core/mvcc/pair.ts';
import { encodeRevision } from '../../../src/core/mvcc/revision.ts';
import { runToEnd } from '../../../src/core/mvcc/steps.ts';
import { Store } from '../../../src/core/mvcc/store.ts';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import type { BackendWrite } from '../../../src/core/ports/backend.ts';
import { fromLatin1 } from '../../../src/core/wire/bytes.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { DamagedDatabase } from '../../../src/storage/lmdb/errors.ts';
import { checkWhole } from '../../../src/storage/lmdb/file/check.ts';
import { checkApart } from '../../../src/storage/lmdb/file/check-apart.ts';
import { projectRoot } from '../../support/processes.ts';

const KEYS = 500;
const FLIPS = 16;
/** The thread as it is built. */
const APART = { leastBytes: 0, file: pathToFileURL(join(projectRoot, 'dist/check-thread.js')) };

/** Lives in the middle of a value: no page's structure tells that it is wrong. */
const MARK = 'the value of key 250';

describe('lmdb: the check apart', function () {
  this.timeout(60_000);
  let directory: string;
  let original: Buffer;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-apart-'));
    const path = join(directory, 'db');
    const backend = new LmdbBackend({ path });
    const writes: BackendWrite[] = Array.from({ length: KEYS }, (_, i) => ({
      bucket: 'key',
      key: encodeRevision(i + 2, 0),
      value: encodePair(
        fromLatin1(`key ${i}`),
        i + 2,
        i + 2,
        1,
        fromLatin1(`the value of key ${i}`.repeat(i % 7 === 0 ? 300 : 3)),
        0n,
      ),
    }));
    await backend.commit(writes);
    await backend.close();
    original = readFileSync(path);
  });

  after(() => rmSync(directory, { recursive: true }));

  /** As a member starts on it. Commits are handed over before the verdict is there. */
  async function startOn(name: string, bytes: Buffer) {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const verdict = checkApart(path, APART);
    assert.ok(verdict !== undefined, 'there is a thread');
    let backend: LmdbBackend;
    try {
      backend = new LmdbBackend({ path, verdict });
    } catch (error) {
      return {
        error: error as Error,
        verdict: await verdict.catch((e: Error) => e),
        after: readFileSync(path),
      };
    }
    let read: Error | undefined;
    let keys: number | undefined;
    try {
      keys = runToEnd(Store.open({ buffer: new WriteBuffer({ backend }) })).keyCount;
    } catch (error) {
      read = error as Error;
    }
    const commit = backend.commit([{ bucket: 'meta', key: fromLatin1('k'), value: fromLatin1('v') }]).then(
      () => undefined,
      (error: Error) => error,
    );
    const said = await verdict.then(
      () => undefined,
      (error: Error) => error,
    );
    const error = await commit;
    await backend.close();
    return { error, read, keys, verdict: said, after: readFileSync(path) };
  }

  it('believes a whole file: commits that waited are done', async () => {
    const { error, read, keys, verdict } = await startOn('whole', original);
    assert.deepEqual([error, read, keys, verdict], [undefined, undefined, KEYS, undefined]);
  });

  it('finds a wrong value that was read meanwhile, and lets no commit through', async () => {
    const bytes = Buffer.from(original);
    const at = bytes.indexOf(MARK);
    assert.ok(at > 0);
    bytes[at] ^= 1;
    const { error, keys, verdict, after } = await startOn('value', bytes);
    assert.equal(keys, KEYS, 'nothing else is wrong with it');
    assert.match(String(verdict), /bucket key, key [0-9a-f]+: checksum mismatch/);
    assert.ok(verdict instanceof DamagedDatabase);
    assert.equal(error, verdict, 'the commit fails with it');
    assert.ok(after.equals(bytes), 'the file is as it was');
  });

  it(`says what the check at once says, of ${FLIPS} flips`, async () => {
    let damaged = 0;
    for (let i = 0; i < FLIPS; i++) {
      const bytes = Buffer.from(original);
      // Heads of pages, and the places of their nodes.
      const page = 2 + ((i * 7) % (bytes.length / 4096 - 2));
      bytes[page * 4096 + ((i * 11) % 60)] ^= 1 << (i % 8);
      const { error, verdict, after } = await startOn(`flip-${i}`, bytes);
      let expected: string | undefined;
      try {
        const path = join(directory, 'at-once');
        writeFileSync(path, bytes);
        checkWhole(path);
      } catch (found) {
        expected = (found as Error).message;
      }
      assert.equal((verdict as Error | undefined)?.message, expected);
      if (expected === undefined) continue;
      damaged++;
      assert.ok(error instanceof DamagedDatabase, String(error));
      assert.ok(after.equals(bytes), 'the file is as it was');
    }
    assert.ok(damaged >= FLIPS / 2, `${damaged} found`);
  });

  it('leaves small files to the caller, and those that are not there', () => {
    const path = join(directory, 'small');
    writeFileSync(path, original);
    assert.equal(checkApart(path), undefined);
    assert.equal(checkApart(join(directory, 'none'), APART), undefined);
  });
});
