import { mkdtempSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Store } from './src/core/mvcc/store.ts';
import { WriteBuffer } from './src/core/mvcc/write-buffer.ts';
import { executePut, executeRange } from './src/core/mvcc/txn.ts';
import { RangeRequest } from './src/core/wire/gen/rpc.ts';
import { LmdbBackend } from './src/storage/lmdb/backend.ts';
import { runToEnd } from './src/core/mvcc/steps.ts';
const N = Number(process.argv[2] ?? 3e5);
const us = (t: number, n: number) => (t * 1000 / n).toFixed(3) + ' us';
const keys = Array.from({ length: N }, (_, i) => Buffer.from(String((i * 7919 + 13) % 1e9 | 0).padStart(8, '0') + String(i).padStart(8, '0')));
const dir = mkdtempSync('/tmp/kvctl-bench-');
let backend = new LmdbBackend({ path: dir + '/db' });
let buffer = new WriteBuffer({ backend });
let store = runToEnd(Store.open({ buffer }));
const value = Buffer.alloc(256, 7);
for (const round of [0, 1]) {
let sync = 0, fl = 0;
for (let i = 0; i < N; i += 100) {
  const t0 = performance.now();
  for (let j = i; j < i + 100; j++) { const txn = store.beginWrite(); executePut(txn, { key: keys[j], value, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false }); txn.end(); }
  sync += performance.now() - t0;
  if (buffer.pendingWrites >= 2000) { const t = performance.now(); const p = buffer.flush(); fl += performance.now() - t; await p; }
}
await buffer.flush();
console.log(round ? 'overwrite' : 'put new', us(sync, N), 'flush call', us(fl, N));
}
for (let r = 0; r < 2; r++) {
  const reqs = Array.from({ length: N }, (_, i) => RangeRequest.create({ key: keys[(i * 7877) % N] }));
  let t0 = performance.now(); let n = 0; for (const q of reqs) n += executeRange(store, q).kvs.length; console.log('get', us(performance.now() - t0, N), n);
  const texts = keys.map((k) => k.latin1Slice(0, 16));
  t0 = performance.now(); n = 0; for (let i = 0; i < N; i++) n += store.state.index.find(keys[(i * 7877) % N].latin1Slice(0, 16)); console.log('latin1 + find', us(performance.now() - t0, N));
  t0 = performance.now(); n = 0; for (let i = 0; i < N; i++) n += buffer.pair(2 + N + (i * 7877) % N, 0)!.length; console.log('pair by revision', us(performance.now() - t0, N));
}
await backend.close();
backend = new LmdbBackend({ path: dir + '/db' }); buffer = new WriteBuffer({ backend });
{ const t = performance.now(); let n = 0; let from = { main: 0, sub: 0 }; for (;;) { const e = buffer.scanRevisions({ from, to: 1e15, limit: 1000 }); n += e.length; if (e.length < 1000) break; const k = e[e.length-1].key; from = { main: Buffer.from(k).readUInt32BE(4), sub: 1 }; } console.log('scan', us(performance.now() - t, n)); }
{ const t = performance.now(); const w = Store.open({ buffer }); runToEnd(w); console.log('restore', us(performance.now() - t, 2 * N)); }
await backend.close(); rmSync(dir, { recursive: true });
