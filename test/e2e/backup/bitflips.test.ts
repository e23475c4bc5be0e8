import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { flipMany, tableText } from '../../support/flip-table.ts';
import { temporaryDirectory } from '../../support/processes.ts';

const FLIPS = Number(process.env.KVCTL_FLIPS ?? 40);

describe('bits that change in stored files', function () {
  this.timeout(60_000 + FLIPS * 5_000);

  it(`of ${FLIPS}, each is harmless or reported, and none is served`, async () => {
    const directory = temporaryDirectory('flips');
    try {
      const table = await flipMany(directory, { flips: FLIPS, seed: 3 });
      console.log(tableText(table).replace(/^/gm, '      '));
      assert.deepEqual(table.served, []);
      assert.deepEqual(table.unexplained, []);
      const refused = Object.values(table.rows).reduce((sum, row) => sum + (row.refused ?? 0), 0);
      assert.ok(refused > FLIPS / 4, 'flips that nobody noticed say nothing');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
