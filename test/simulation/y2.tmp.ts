import { runPowerCuts } from './pc.tmp.ts';

let n = 0;
for (const seed of [4343, 4408, 5172, 6704]) {
  const { wrong } = await runPowerCuts({ seed });
  console.log(seed, wrong.length); if (wrong.length) {
    console.log(seed, wrong[0].slice(0, 150));
    if (++n >= 4) break;
  }
}
