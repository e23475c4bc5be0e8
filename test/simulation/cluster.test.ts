import assert from 'node:assert/strict';
import { runCluster } from './cluster.ts';
import { CLUSTER_MISTAKES } from './cluster-mistakes.ts';
import { lesson, MistakeTable } from './report.ts';

const SEEDS = Number(process.env.KVCTL_CLUSTER_SEEDS ?? 200);
const STEPS = 3000;
/** Seeds after which a mistake counts as not found. */
const MISTAKE_SEEDS = 600;

describe('simulation: a cluster', () => {
  for (const size of [3, 5]) {
    const seeds = size === 3 ? SEEDS : Math.ceil(SEEDS / 4);
    it(`of ${size} stays linearizable, and all members agree (${seeds} seeds)`, async function () {
      this.timeout(seeds * 2000);
      const sum = { lives: 0, calls: 0, acknowledged: 0, revisions: 0, events: 0, virtualMs: 0 };
      for (let seed = 1; seed <= seeds; seed++) {
        const result = await runCluster({ seed, size, steps: STEPS });
        const how = `--cluster ${size} --steps ${STEPS} --seed ${seed}`;
        assert(result.wrong.length === 0, lesson(how, result.wrong));
        for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += result[name];
      }
      console.log(
        `      ${sum.lives} lives, ${sum.calls} calls (${sum.acknowledged} came back), ${sum.revisions} revisions, ${sum.events} watch events, ${Math.round(sum.virtualMs / 1000)} s of virtual time`,
      );
    });
  }

  it('is the same run for the same seed', async () => {
    const options = { seed: 7, size: 3, steps: STEPS };
    assert.deepEqual(await runCluster(options), await runCluster(options));
  });

  describe('finds mistakes', () => {
    const table = new MistakeTable();
    after(() => table.print());
    for (const mistake of CLUSTER_MISTAKES) {
      it(mistake.name, async function () {
        this.timeout(MISTAKE_SEEDS * 500);
        const run = (seed: number) => runCluster({ seed, size: 3, steps: STEPS, mistake });
        await table.find(mistake.name, MISTAKE_SEEDS, run);
      });
    }
  });
});
