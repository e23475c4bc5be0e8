/**
 * Runs the simulation.
 *
 *   npm run simulate -- --seed 17 --trace                          one run of a member whose power is cut, told step by step
 *   npm run simulate -- --cluster 3 --steps 3000 --seed 17         the same of a cluster of three
 *   npm run simulate -- --cluster 3 --seed 17 --shorten            the fewest steps with which that run still fails
 *   npm run simulate -- --cluster 5 --hours 24 --heartbeat 100     a day of a cluster of five
 *   npm run simulate -- --seed 1 --seeds 100000                    many, in search of one that fails
 *   npm run simulate -- --nightly                                  100,000 seeds: single members, clusters of three and five
 *
 * The same options give the same run. Exit code 1: a run failed.
 */
import { parseArgs } from 'node:util';
import { runCluster } from '../test/simulation/cluster.ts';
import { runDay } from '../test/simulation/day.ts';
import { runPowerCuts } from '../test/simulation/power-cut.ts';
import { lesson } from '../test/simulation/report.ts';
import type { RunResult } from '../test/simulation/run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    /** Members; 0: a single one, whose power is cut. */
    cluster: { type: 'string', default: '0' },
    /** Length of a cluster's run, in steps of the clock. */
    steps: { type: 'string', default: '3000' },
    /** Length of a cluster's run in hours of virtual time, in place of steps. */
    hours: { type: 'string', default: '0' },
    /** Milliseconds, of a run in hours. */
    heartbeat: { type: 'string', default: '100' },
    trace: { type: 'boolean', default: false },
    shorten: { type: 'boolean', default: false },
    nightly: { type: 'boolean', default: false },
  },
});

interface Plan {
  readonly cluster: number;
  readonly steps: number;
  readonly hours: number;
  readonly heartbeatMs: number;
}

/** Shares of a night: where bugs hide longest. */
const NIGHT = [
  { share: 0.3, cluster: 0, steps: 0 },
  { share: 0.4, cluster: 3, steps: 3000 },
  { share: 0.3, cluster: 5, steps: 4000 },
];
const NIGHTLY_SEEDS = 100_000;
/** Lengths that are tried when a run is shortened. */
const PARTS = 32;
/** Seeds between two signs of life. */
const REPORT_EVERY = 1000;
const trace = values.trace ? (line: string) => console.log(line) : undefined;

function run({ cluster, steps, hours, heartbeatMs }: Plan, seed: number): Promise<RunResult> {
  if (cluster === 0) return runPowerCuts({ seed, trace });
  if (hours > 0) return runDay({ seed, size: cluster, hours, heartbeatMs, trace });
  return runCluster({ seed, size: cluster, steps, trace });
}

function flags({ cluster, steps, hours, heartbeatMs }: Plan, seed: number): string {
  const length = hours > 0 ? `--hours ${hours} --heartbeat ${heartbeatMs}` : `--steps ${steps}`;
  return `${cluster === 0 ? '' : `--cluster ${cluster} ${length} `}--seed ${seed}`;
}

/** @returns how many failed */
async function runAll(plan: Plan, first: number, count: number): Promise<number> {
  const since = Date.now();
  let failed = 0;
  let virtualMs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = await run(plan, seed);
    const { wrong, tail: _, ...numbers } = result;
    virtualMs += result.virtualMs;
    if (count === 1) {
      const facts = Object.entries(numbers).map(([name, n]) => `${name} ${Math.round(n)}`);
      console.log(facts.join(', '));
    }
    if (wrong.length > 0) {
      failed++;
      console.log(`seed ${seed} failed; ${lesson(flags(plan, seed), result)}`);
    }
    const done = seed - first + 1;
    if (done % REPORT_EVERY === 0 && done < count) console.log(`${done} seeds, ${failed} failed`);
  }
  const seconds = (Date.now() - since) / 1000;
  console.log(
    `${flags(plan, first)} --seeds ${count}: ${failed} failed, ${Math.round(virtualMs / 1000)} s of virtual time in ${seconds.toFixed(1)} s`,
  );
  return failed;
}

/** The fewest steps with which the run fails: what happens before the last step is the same in a longer run. */
async function shorten(plan: Plan, seed: number): Promise<number> {
  for (let part = 1; part <= PARTS; part++) {
    const shorter = { ...plan, steps: Math.ceil((plan.steps * part) / PARTS) };
    const result = await run(shorter, seed);
    if (result.wrong.length === 0) continue;
    console.log(`seed ${seed} fails within ${shorter.steps} steps; ${lesson(flags(shorter, seed), result)}`);
    return 1;
  }
  console.log(`seed ${seed} does not fail`);
  return 0;
}

const seed = Number(values.seed);
const seeds = Number(values.seeds);
const plan: Plan = {
  cluster: Number(values.cluster),
  steps: Number(values.steps),
  hours: Number(values.hours),
  heartbeatMs: Number(values.heartbeat),
};

async function main(): Promise<number> {
  if (values.shorten) return shorten(plan, seed);
  if (!values.nightly) return runAll(plan, seed, seeds);
  let failed = 0;
  for (const { share, cluster, steps } of NIGHT) {
    const count = Math.round((seeds > 1 ? seeds : NIGHTLY_SEEDS) * share);
    failed += await runAll({ ...plan, hours: 0, cluster, steps }, seed, count);
  }
  return failed;
}

process.exitCode = (await main()) > 0 ? 1 : 0;
