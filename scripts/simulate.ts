/**
 * Runs the simulation.
 *
 *   npm run simulate -- --seed 17 --trace                          one run of a member whose power is cut, told step by step
 *   npm run simulate -- --cluster 3 --steps 3000 --seed 17         the same of a cluster of three
 *   npm run simulate -- --seed 1 --seeds 100000                    many, in search of one that fails
 *
 * The same options give the same run. Exit code 1: a run failed.
 */
import { parseArgs } from 'node:util';
import { runCluster } from '../test/simulation/cluster.ts';
import { runPowerCuts } from '../test/simulation/power-cut.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    /** Members; 0: a single one, whose power is cut. */
    cluster: { type: 'string', default: '0' },
    /** Length of a cluster's run, in steps of the clock. */
    steps: { type: 'string', default: '3000' },
    trace: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.seeds);
const size = Number(values.cluster);
const steps = Number(values.steps);
const trace = values.trace ? (line: string) => console.log(line) : undefined;
const since = Date.now();
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  const result =
    size > 0 ? await runCluster({ seed, size, steps, trace }) : await runPowerCuts({ seed, trace });
  const { wrong, ...numbers } = result;
  if (count === 1 || wrong.length > 0) {
    const facts = Object.entries(numbers).map(([name, n]) => `${name} ${Math.round(n)}`);
    console.log(facts.join(', '));
    for (const what of wrong) console.log(`  ${what}`);
  }
  if (wrong.length > 0) failed++;
}
console.log(`${count} seeds, ${failed} failed, ${((Date.now() - since) / 1000).toFixed(1)} s`);
process.exitCode = failed > 0 ? 1 : 0;
