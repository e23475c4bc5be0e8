import assert from 'node:assert/strict';
import { MISTAKES } from './mistakes.ts';
import { runPowerCuts } from './power-cut.ts';
import { lesson, MistakeTable } from './report.ts';
import { emptySum, sumText, sumUp } from './run.ts';

const SEEDS = Number(process.env.KVCTL_SIMULATION_SEEDS ?? 1000);
/** Seeds after which a mistake counts as not found. */
const MISTAKE_SEEDS = 300;

describe('simulation: a member whose power is cut', () => {
  it(`loses nothing and invents nothing (${SEEDS} seeds)`, async function () {
    this.timeout(SEEDS * 500);
    const sum = emptySum();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await runPowerCuts({ seed });
      assert(result.wrong.length === 0, lesson(`--seed ${seed}`, result));
      sumUp(sum, result);
    }
    console.log(`      ${sumText(sum)}`);
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
