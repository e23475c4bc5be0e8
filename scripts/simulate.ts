/**
 * Runs the simulation: `npm run simulate -- --seed 17` replays one run exactly and tells what it did, `--seeds 100000`
 * looks for a run that fails, from `--seed` on. Exit code 1: one did.
 */
import { parseArgs } from 'node:util';
import { runPowerCuts } from '../test/simulation/power-cut.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.seeds);
const since = Date.now();
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  const trace = values.trace ? (line: string) => console.log(line) : undefined;
  const result = await runPowerCuts({ seed, trace });
  if (count === 1 || result.wrong.length > 0) {
    const { wrong, ...numbers } = result;
    console.log(
      Object.entries(numbers)
        .map(([name, n]) => `${name} ${Math.round(n)}`)
        .join(', '),
    );
    for (const what of wrong) console.log(`  ${what}`);
  }
  if (result.wrong.length > 0) failed++;
}
console.log(`${count} seeds, ${failed} failed, ${((Date.now() - since) / 1000).toFixed(1)} s`);
process.exitCode = failed > 0 ? 1 : 0;
