/**
 * `npm run bitflips [-- --flips N --seed N]`: single bits changed in the log, the .snap files, the database and a saved
 * snapshot of a killed member; a server starts on each, and the table says what became of it. Ends with 1 if anything
 * that was not written is served.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FlipTable, flipMany, tableText } from '../test/support/flip-table.ts';

const { values } = parseArgs({
  options: { flips: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const directory = mkdtempSync(join(tmpdir(), 'kvctl-bitflips-'));
let table: FlipTable;
try {
  table = await flipMany(directory, { flips: Number(values.flips), seed: Number(values.seed) });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(tableText(table));
process.exit(table.served.length > 0 ? 1 : 0);
