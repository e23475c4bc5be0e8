import assert from 'node:assert/strict';
import { nextDue, systemClock } from '../../../src/server/system-clock.ts';

const EVERY_MS = 100;

describe('the clock of a server', () => {
  const TABLE: readonly (readonly [string, number, number])[] = [
    ['in time', 1000, 1100],
    ['a moment early', 999.5, 1100],
    ['late', 1030, 1100],
    ['as late as the next', 1100, 1200],
    ['after several were missed', 1530, 1600],
    ['after a standstill of a day', 86_401_050, 86_401_100],
  ];
  for (const [what, now, next] of TABLE) {
    it(`a tick that was due at 1000 and came ${what} is followed by that of ${next}`, () => {
      assert.equal(nextDue(1000, EVERY_MS, now), next);
    });
  }

  it('never runs ahead, and goes on when the loop is busy', async function () {
    this.timeout(10_000);
    const since = performance.now();
    let last = 0;
    await new Promise<void>((resolve) => {
      let ticks = 0;
      const timer = systemClock.every(20, () => {
        const until = performance.now() + 12;
        while (performance.now() < until); // a busy loop is late for the next
        last = performance.now() - since;
        if (++ticks < 25) return;
        timer.cancel();
        resolve();
      });
    });
    assert.ok(last >= 495, `25 ticks of 20 ms in ${last} ms`);
  });

  it('can be cancelled from within', async () => {
    let ticks = 0;
    const timer = systemClock.every(5, () => {
      ticks++;
      timer.cancel();
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(ticks, 1);
  });
});
