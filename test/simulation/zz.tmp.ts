import { runCluster } from './cluster.ts';
const [first, count, size, steps, trace] = process.argv.slice(2).map(Number);
let failed = 0; const t = Date.now(); let calls = 0, ack = 0, revs = 0, ms = 0;
for (let seed = first; seed < first + count; seed++) {
  const r = await runCluster({ seed, size, steps, trace: trace ? console.log : undefined });
  calls += r.calls; ack += r.acknowledged; revs += r.revisions; ms += r.virtualMs;
  if (r.wrong.length) { failed++; console.log('seed', seed, r.wrong.slice(0, 4).map((w) => w.slice(0, 600)).join('\n   ')); }
}
console.log({ failed, calls, ack, revs, virtualS: ms / 1000, s: (Date.now() - t) / 1000 });
