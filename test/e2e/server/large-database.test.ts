/** A database that is large enough to be checked by a thread of its own while the member reads it. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kvctlBin, run, startKvctl } from '../../support/processes.ts';

const MARK = 'a value like no other, in the midst of a page';
const LEAST_BYTES = 32 * 1024 ** 2;

describe('kvctl serve on a large database', function () {
  this.timeout(90_000);

  it('starts on a whole one, and refuses one with a single wrong bit in a value', async () => {
    const server = await startKvctl();
    try {
      const kvctl = async (...args: string[]): Promise<string> => {
        const ran = await run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, ...args]);
        assert.equal(ran.code, 0, ran.stderr);
        return ran.stdout;
      };
      await kvctl('put', 'marked', MARK);
      await kvctl(
        ...['benchmark', 'put', '--total=40', '--clients=4', '--val-size=1000000'],
        ...['--key-size=8', '--key-space-size=40', '--sequential-keys'],
      );
      await server.restart();
      assert.equal(await kvctl('get', 'marked', '--print-value-only'), `${MARK}\n`);
      await kvctl('put', 'after', 'the start');
      await server.stop();

      const path = join(server.dataDir, 'member/snap/kvctl.mdb');
      assert.ok(statSync(path).size > LEAST_BYTES);
      const bytes = readFileSync(path);
      // Pages that are free by now hold it, too.
      let found = 0;
      for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1), found++)
        bytes[at + 10] ^= 4;
      assert.ok(found > 0, 'the value is stored as it is');
      writeFileSync(path, bytes);
      await assert.rejects(
        server.restart(),
        /kvctl\.mdb is damaged, and kvctl does not serve from it: .*checksum mismatch.*Nothing was changed/,
      );
      assert.equal(server.exitCode(), 1);
      assert.ok(readFileSync(path).equals(bytes), 'the file is as it was');
    } finally {
      await server.dispose();
    }
  });
});
