import { Snapshotter } from '../../src/member/snapshotter.ts';
import { runPowerCuts } from './power-cut.ts';

(Snapshotter.prototype as any).applied = function (index: number) {
  if (this.busy || index - this.last <= this.o.snapshotCount) return;
  this.busy = true;
  this.take().catch(this.o.onFatal);
};
let n = 0;
for (let seed = 1; seed <= 8000; seed++) {
  const { wrong } = await runPowerCuts({ seed });
  if (wrong.length) {
    console.log(seed, wrong[0].slice(0, 150));
    if (++n >= 4) break;
  }
}
