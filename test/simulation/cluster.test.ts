import assert from 'node:assert/strict';
import { runCluster } from './cluster.ts';
import { CLUSTER_MISTAKES } from './cluster-mistakes.ts';
import { lesson, MistakeTable } from './report.ts';
import { emptySum, sumText, sumUp } from './run.ts';

const SEEDS = Number(process.env.KVCTL_CLUSTER_SEEDS ?? 120);
const RUNS = [
  { size: 3, steps: 3000, seeds: SEEDS },
  { size: 5, steps: 4000, seeds: Math.ceil(SEEDS / 4) },
];
/** Seeds after which a mistake counts as not found. */
const MISTAKE_SEEDS = 600;

describe('simulation: a cluster', () => {
  for (const { size, steps, seeds } of RUNS) {
    it(`of ${size} stays linearizable, and all members agree (${seeds} seeds)`, async function () {
      this.timeout(seeds * 5000);
      const sum = emptySum();
      for (let seed = 1; seed <= seeds; seed++) {
        const result = await runCluster({ seed, size, steps });
        const how = `--cluster ${size} --steps ${steps} --seed ${seed}`;
        assert(result.wrong.length === 0, lesson(how, result));
        sumUp(sum, result);
      }
      console.log(`      ${sumText(sum)}`);
    });
  }

  it('is the same run for the same seed', async () => {
    const options = { seed: 7, size: 3, steps: 3000 };
    assert.deepEqual(await runCluster(options), await runCluster(options));
  });

  describe('finds mistakes', () => {
    const table = new MistakeTable();
    after(() => table.print());
    for (const mistake of CLUSTER_MISTAKES) {
      it(mistake.name, async function () {
        this.timeout(MISTAKE_SEEDS * 2000);
        const size = mistake.temper?.size ?? 3;
        const run = (seed: number) => runCluster({ seed, size, steps: 3000, mistake });
        await table.find(mistake.name, MISTAKE_SEEDS, run, mistake.firstSeed);
      });
    }
  });
});
