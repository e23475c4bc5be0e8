import assert from 'node:assert/strict';
import { MISTAKES } from './mistakes.ts';
import { runPowerCuts } from './power-cut.ts';
import { lesson, MistakeTable } from './report.ts';

const SEEDS = Number(process.env.KVCTL_SIMULATION_SEEDS ?? 1000);
/** Seeds after which a mistake counts as not found. */
const MISTAKE_SEEDS = 300;

describe('simulation: a member whose power is cut', () => {
  it(`loses nothing and invents nothing (${SEEDS} seeds)`, async function () {
    this.timeout(SEEDS * 500);
    const sum = { lives: 0, calls: 0, acknowledged: 0, revisions: 0, events: 0, virtualMs: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await runPowerCuts({ seed });
      assert(result.wrong.length === 0, lesson(`--seed ${seed}`, result.wrong));
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += result[name];
    }
    console.log(
      `      ${sum.lives} lives, ${sum.calls} calls (${sum.acknowledged} came back), ${sum.revisions} revisions, ${sum.events} watch events, ${Math.round(sum.virtualMs / 1000)} s of virtual time`,
    );
  });

  it('is the same run for the same seed', async () => {
    for (const seed of [3, 17, 40])
      assert.deepEqual(await runPowerCuts({ seed }), await runPowerCuts({ seed }));
  });

  describe('finds mistakes', () => {
    const table = new MistakeTable();
    after(() => table.print());
    for (const mistake of MISTAKES) {
      it(mistake.name, async function () {
        this.timeout(MISTAKE_SEEDS * 500);
        await table.find(mistake.name, MISTAKE_SEEDS, (seed) => runPowerCuts({ seed, mistake }));
      });
    }
  });
});
