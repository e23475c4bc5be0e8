import { runCluster } from './cluster.ts';
import { CLUSTER_MISTAKES } from './cluster-mistakes.ts';
const extra = { name: 'standstill off', member(m: any) { m.standstill.look = () => {}; } };
for (const mistake of [...CLUSTER_MISTAKES, extra]) {
  if (!/votes are|without asking|standstill/.test(mistake.name)) continue;
  for (const size of [3, 5]) {
  const t = Date.now(); let f = false;
  for (let seed = 1; seed <= 700 && !f; seed++) {
    const r = await runCluster({ seed, size, steps: 3000, mistake });
    if (r.wrong.length) { f = true; console.log(size, mistake.name, '| seed', seed, (Date.now() - t) / 1000, r.wrong[0].split('\n')[0].slice(0, 140)); }
  }
  if (!f) console.log(size, mistake.name, 'NOT FOUND', (Date.now() - t) / 1000);
  }
}
