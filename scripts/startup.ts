/**
 * How long `kvctl get` takes beside `node -e 0`, the least that any program in Node.js takes: medians of wall times,
 * measured in turn in one run against a member that is started for it.
 *
 *   npm run startup            20 of each
 *   npm run startup -- 50      50 of each
 */
import { spawnSync } from 'node:child_process';
import { kvctlBin, startKvctl } from '../test/support/processes.ts';

/** kvctl's promise. */
const MOST_TIMES = 2.2;
const DEFAULT_RUNS = 20;

function milliseconds(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} exits with ${status}: ${stderr}`);
  return performance.now() - start;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const runs = Number(process.argv[2] ?? DEFAULT_RUNS);
if (!Number.isInteger(runs) || runs < 1)
  throw new Error(`a number of runs from 1 on, not ${process.argv[2]}`);
const server = await startKvctl();
try {
  const get = [kvctlBin, `--endpoints=${server.endpoint}`, 'get', 'k'];
  const nothing = ['-e', '0'];
  const times = { nothing: [] as number[], get: [] as number[] };
  for (let i = 0; i < runs; i++) {
    times.nothing.push(milliseconds(nothing));
    times.get.push(milliseconds(get));
  }
  const [least, ours] = [median(times.nothing), median(times.get)];
  const ratio = ours / least;
  console.log(`node -e 0   ${least.toFixed(1)} ms`);
  console.log(`kvctl get   ${ours.toFixed(1)} ms`);
  console.log(`ratio       ${ratio.toFixed(2)}, medians of ${runs}; at most ${MOST_TIMES}`);
  if (ratio > MOST_TIMES) process.exitCode = 1;
} finally {
  await server.dispose();
}
