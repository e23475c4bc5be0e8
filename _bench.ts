import { mkdtempSync, rmSync } from 'node:fs';
import { performance, PerformanceObserver, monitorEventLoopDelay } from 'node:perf_hooks';
import { Store } from './src/core/mvcc/store.ts';
import { WriteBuffer } from './src/core/mvcc/write-buffer.ts';
import { executePut, executeRange } from './src/core/mvcc/txn.ts';
import { PutRequest, RangeRequest } from './src/core/wire/gen/rpc.ts';
import { LmdbBackend } from './src/storage/lmdb/backend.ts';
import { runToEnd } from './src/core/mvcc/steps.ts';
import { KeyIndex, LATEST } from './src/core/mvcc/key-index.ts';
const N = Number(process.argv[2] ?? 1e6);
const mode = process.argv[3] ?? 'all';
const gcs: number[] = [];
new PerformanceObserver((l) => { for (const e of l.getEntries()) gcs.push(e.duration); }).observe({ entryTypes: ['gc'] });
const us = (t: number, n: number) => (t * 1000 / n).toFixed(3) + ' us';
const mem = () => { (globalThis as any).gc?.(); (globalThis as any).gc?.(); const m = process.memoryUsage(); return { heap: m.heapUsed, ext: m.external, ab: m.arrayBuffers, rss: m.rss }; };
const keyOf = (i: number) => { const b = Buffer.allocUnsafe(16); b.latin1Write(String((i * 7919 + 13) % 1e9 | 0).padStart(8, '0') + String(i).padStart(8, '0'), 0); return b; };
if (mode === 'index' || mode === 'all') {
  const m0 = mem();
  const index = new KeyIndex();
  let worst = 0;
  for (let k = 0; k < N; k += N / 10) {
    const t0 = performance.now();
    for (let i = k; i < k + N / 10; i++) { const key = keyOf(i).latin1Slice(0, 16); index.put(index.find(key), key, i + 2, 0); if ((i & 127) === 0) { } }
    const t = performance.now() - t0;
    if (k === 0 || k >= N * 0.9) console.log('index insert new key', us(t, N / 10));
  }
  let last = performance.now();
  for (let i = 0; i < N; i++) { const key = keyOf((i * 31) % N).latin1Slice(0, 16); index.put(index.find(key), key, N + i + 2, 0); if ((i & 63) === 0) { const n = performance.now(); worst = Math.max(worst, n - last); last = n; } }
  let t0 = performance.now();
  for (let i = 0; i < 300000; i++) { const key = keyOf((i * 7877) % N).latin1Slice(0, 16); index.find(key); }
  console.log('find', us(performance.now() - t0, 300000), 'longest 64 updates ms', worst.toFixed(1));
  const m1 = mem();
  console.log('two revisions per key: heap/key', ((m1.heap - m0.heap) / N).toFixed(1), 'arraybuffers/key', ((m1.ab - m0.ab) / N).toFixed(1));
  t0 = performance.now();
  const g = (index as any).compact(2 * N + 5); let maxStep = 0; for (;;) { const s = performance.now(); const d = g.next().done; maxStep = Math.max(maxStep, performance.now() - s); if (d) break; }
  console.log('compact', us(performance.now() - t0, N), 'longest slice', maxStep.toFixed(1));
  const m2 = mem();
  console.log('heap/key', ((m2.heap - m0.heap) / N).toFixed(1), 'ab/key', ((m2.ab - m0.ab) / N).toFixed(1));
  t0 = performance.now(); let c = 0; for (let i = 0; i < 1000; i++) c += index.count({ start: '0' + i, end: '9' }, LATEST); console.log('count', us(performance.now() - t0, 1000), c);
  t0 = performance.now(); (globalThis as any).gc?.(); console.log('full gc ms', (performance.now() - t0).toFixed(0));
  console.log('keys', index.keys.size);
}
if (mode === 'store' || mode === 'all') {
  const dir = mkdtempSync('/tmp/kvctl-bench-');
  let backend = new LmdbBackend({ path: dir + '/db' });
  let buffer = new WriteBuffer({ backend });
  let store = runToEnd(Store.open({ buffer }));
  const value = Buffer.alloc(256, 7);
  const loop = monitorEventLoopDelay({ resolution: 1 }); loop.enable();
  const cpu0 = process.cpuUsage();
  let sync = 0, flushCall = 0, worst = 0, flushes = 0; const T = performance.now();
  let pending: Promise<void> | undefined;
  gcs.length = 0;
  for (let i = 0; i < N; i += 100) {
    const t0 = performance.now();
    for (let j = i; j < i + 100; j++) {
      const txn = store.beginWrite();
      executePut(txn, { key: keyOf(j), value, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false });
      txn.end();
    }
    const t1 = performance.now(); sync += t1 - t0; worst = Math.max(worst, t1 - t0);
    if (buffer.pendingWrites >= 10000) {
      if (pending) await pending;
      const f = performance.now(); pending = buffer.flush(); flushCall += performance.now() - f; flushes++;
      worst = Math.max(worst, performance.now() - f);
    }
    await new Promise((r) => setImmediate(r));
  }
  await pending; await buffer.flush();
  const wall = performance.now() - T;
  const cpu = process.cpuUsage(cpu0);
  console.log('put (index+encode+buffer)', us(sync, N), 'flush call', us(flushCall, N), 'wall', us(wall, N), 'cpu all threads', ((cpu.user + cpu.system) / N).toFixed(2), 'us; longest sync piece ms', worst.toFixed(1), 'flushes', flushes, 'loop max ms', (loop.max / 1e6).toFixed(1), 'gc max', Math.max(...gcs).toFixed(1));
  console.log(backend.sizes(), process.memoryUsage().rss / 1e6 | 0);
  // no flush variant
  { const t0 = performance.now(); const M = 200000; for (let j = 0; j < M; j++) { const txn = store.beginWrite(); executePut(txn, { key: keyOf(j), value, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false }); txn.end(); } console.log('overwrite, one by one', us(performance.now() - t0, M));
    await buffer.flush(); }
  for (let r = 0; r < 2; r++) {
  { const M = 200000; const reqs = Array.from({ length: M }, (_, i) => RangeRequest.create({ key: keyOf((i * 7877) % N) })); const t0 = performance.now(); let n = 0; for (const q of reqs) n += executeRange(store, q).kvs.length; console.log('get', us(performance.now() - t0, M), n); }
  { const t0 = performance.now(); let n = 0; for (let i = 0; i < 200; i++) n += executeRange(store, RangeRequest.create({ key: Buffer.from('0' + String(i).padStart(3, '0')), rangeEnd: Buffer.from([0]), limit: 1000 })).kvs.length; console.log('range of 1000', us(performance.now() - t0, n), 'an item'); }
  { const t0 = performance.now(); let n = 0; for (let i = 0; i < 200; i++) n += executeRange(store, RangeRequest.create({ key: Buffer.from('0' + String(i).padStart(3, '0')), rangeEnd: Buffer.from([0]), limit: 1000, keysOnly: true })).kvs.length; console.log('keys_only', us(performance.now() - t0, n), 'an item'); }
  { const t0 = performance.now(); for (let i = 0; i < 1000; i++) executeRange(store, RangeRequest.create({ key: Buffer.from('0'), rangeEnd: Buffer.from([0]), countOnly: true, revision: N / 2 })); console.log('count at old revision', us(performance.now() - t0, 1000)); }
  }
  await backend.close();
  (globalThis as any).gc?.();
  backend = new LmdbBackend({ path: dir + '/db' }); buffer = new WriteBuffer({ backend });
  gcs.length = 0;
  const t0 = performance.now(); const work = Store.open({ buffer }); let maxStep = 0; for (;;) { const s = performance.now(); const d = work.step(); maxStep = Math.max(maxStep, performance.now() - s); if (d) break; }
  console.log('restore', (performance.now() - t0).toFixed(0), 'ms', us(performance.now() - t0, N * 1.2), 'longest step', maxStep.toFixed(1), 'gc max', Math.max(...gcs).toFixed(1), 'rss', process.memoryUsage().rss / 1e6 | 0);
  store = work.result;
  { const w = store.hashKV(0); const t = performance.now(); let mx = 0; for (;;) { const s = performance.now(); const d = w.step(); mx = Math.max(mx, performance.now() - s); if (d) break; } console.log('hashKV', us(performance.now() - t, N * 1.2), 'longest', mx.toFixed(1)); }
  { const w = store.compact(store.currentRevision); const t = performance.now(); let mx = 0; let steps = 0; for (;;) { const s = performance.now(); const d = w.step(); mx = Math.max(mx, performance.now() - s); if (buffer.pendingWrites > 10000) await buffer.flush(); if (d) break; steps++; } console.log('compaction', us(performance.now() - t, N * 1.2), 'longest step', mx.toFixed(1), steps); await buffer.flush(); }
  { const t = performance.now(); await backend.defragment(); console.log('defragment ms', performance.now() - t, backend.sizes()); }
  await backend.close(); rmSync(dir, { recursive: true });
}
