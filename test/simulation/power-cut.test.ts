import assert from 'node:assert/strict';
import { MISTAKES } from './mistakes.ts';
import { runPowerCuts } from './power-cut.ts';

const SEEDS = Number(process.env.KVCTL_SIMULATION_SEEDS ?? 1000);
/** Seeds after which a mistake counts as not found. */
const MISTAKE_SEEDS = 300;

function lesson(seed: number, wrong: readonly string[]): string {
  const lines = wrong.slice(0, 5).map((line) => line.slice(0, 500));
  return `seed ${seed} fails; replay it with: npm run simulate -- --seed ${seed}\n  ${lines.join('\n  ')}`;
}

describe('simulation: a member whose power is cut', () => {
  it(`loses nothing and invents nothing (${SEEDS} seeds)`, async function () {
    this.timeout(SEEDS * 500);
    const sum = { lives: 0, calls: 0, acknowledged: 0, revisions: 0, events: 0, virtualMs: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await runPowerCuts({ seed });
      assert(result.wrong.length === 0, lesson(seed, result.wrong));
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += result[name];
    }
    const { lives, calls, acknowledged, revisions, events, virtualMs } = sum;
    console.log(
      `      ${lives} lives, ${calls} calls (${acknowledged} came back), ${revisions} revisions, ${events} watch events, ${Math.round(virtualMs / 1000)} s of virtual time`,
    );
  });

  it('is the same run for the same seed', async () => {
    for (const seed of [3, 17, 40])
      assert.deepEqual(await runPowerCuts({ seed }), await runPowerCuts({ seed }));
  });

  describe('finds mistakes', () => {
    const found: string[][] = [];

    after(() => {
      const width = Math.max(...MISTAKES.map(({ name }) => name.length));
      console.log(`\n        ${'mistake'.padEnd(width)}  seeds  seconds  what was seen`);
      for (const [name, seeds, seconds, what] of found)
        console.log(`        ${name.padEnd(width)}  ${seeds.padStart(5)}  ${seconds.padStart(7)}  ${what}`);
    });

    for (const mistake of MISTAKES) {
      it(mistake.name, async function () {
        this.timeout(MISTAKE_SEEDS * 500);
        const since = Date.now();
        for (let seed = 1; seed <= MISTAKE_SEEDS; seed++) {
          const { wrong } = await runPowerCuts({ seed, mistake });
          if (wrong.length === 0) continue;
          const seconds = ((Date.now() - since) / 1000).toFixed(1);
          found.push([mistake.name, `${seed}`, seconds, wrong[0].split('\n')[0].slice(0, 110)]);
          return;
        }
        assert.fail(`not found in ${MISTAKE_SEEDS} seeds`);
      });
    }
  });
});
