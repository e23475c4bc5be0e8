/**
 * How kvctl and a real etcd hold a lot: keys, watchers, leases. `npm run scale [-- --etcd FILE --keys N]` starts both,
 * one after the other, on loopback, and prints the table of docs/scale.md. A measurement, not a test.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { LoadConnection } from '../src/bench/client/connection.ts';
import { dialAll } from '../src/bench/client/dial.ts';
import { call } from '../src/bench/client/unary.ts';
import { targetsOf } from '../src/bench/cluster.ts';
import * as rpc from '../src/core/wire/gen/rpc.ts';
import { TestClient } from '../test/support/grpc-client.ts';
import { type ServerProcess, startEtcd, startKvctl } from '../test/support/processes.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string', default: 'etcd' },
    keys: { type: 'string', default: '1000000' },
    watchers: { type: 'string', default: '10000' },
    leases: { type: 'string', default: '100000' },
  },
});
const KEYS = Number(options.keys);
const WATCHERS = Number(options.watchers);
const LEASES = Number(options.leases);
const VALUE = Buffer.alloc(256, 'v');
const CONNECTIONS = 8;
const IN_FLIGHT = 64;
const DIAL_TIMEOUT_MS = 5000;
const QUOTA = ['--quota-backend-bytes=8589934592'];

interface Row {
  readonly what: string;
  readonly value: string;
}

const keyOf = (n: number): Buffer => Buffer.from(`scale/${String(n).padStart(10, '0')}`);

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

/** Runs `task(n)` for all n below `total`, a bounded number at a time; the result is seconds. */
async function spread(
  total: number,
  task: (n: number, connection: LoadConnection) => Promise<unknown>,
  endpoint: string,
): Promise<number> {
  const connections = await dialAll(targetsOf({ endpoints: [endpoint] }), CONNECTIONS, {
    token: '',
    timeoutMs: DIAL_TIMEOUT_MS,
  });
  let next = 0;
  const since = performance.now();
  const worker = async (connection: LoadConnection): Promise<void> => {
    while (next < total) await task(next++, connection);
  };
  await Promise.all(connections.flatMap((c) => Array.from({ length: IN_FLIGHT }, () => worker(c))));
  const seconds = (performance.now() - since) / 1000;
  for (const connection of connections) connection.close();
  return seconds;
}

/** All watchers on one stream each of a hundred connections' streams; then one put that each of them sees. */
async function watchers(server: ServerProcess): Promise<Row[]> {
  const clients = Array.from({ length: CONNECTIONS }, () => new TestClient(server.endpoint));
  const before = residentMiB(server.pid);
  let created = 0;
  let delivered = 0;
  let onEvent = (): void => {};
  const since = performance.now();
  await new Promise<void>((resolve, reject) => {
    for (let n = 0; n < WATCHERS / 100; n++) {
      const stream = clients[n % CONNECTIONS].bidi(rpc.WatchService.watch);
      stream.on('error', reject);
      stream.on('data', (response: rpc.WatchResponse) => {
        if (response.created && ++created === WATCHERS) resolve();
        delivered += response.events.length;
        if (response.events.length > 0) onEvent();
      });
      for (let i = 0; i < 100; i++) {
        const createRequest = rpc.WatchCreateRequest.create({ key: Buffer.from('watched') });
        stream.write(rpc.WatchRequest.create({ createRequest }));
      }
      stream.removeListener('error', reject);
      stream.on('error', () => {});
    }
  });
  const createdIn = (performance.now() - since) / 1000;
  const memory = residentMiB(server.pid) - before;
  const start = performance.now();
  const all = new Promise<void>((resolve) => {
    onEvent = () => delivered >= WATCHERS && resolve();
  });
  await clients[0].put('watched', 'x');
  await all;
  const fanOut = performance.now() - start;
  for (const client of clients) client.close();
  return [
    { what: `${WATCHERS} watchers created, a second`, value: (WATCHERS / createdIn).toFixed(0) },
    { what: 'memory for them, MiB', value: memory.toFixed(0) },
    { what: 'one put until the last of them has it, ms', value: fanOut.toFixed(0) },
  ];
}

async function measure(server: ServerProcess): Promise<Row[]> {
  const rows: Row[] = [];
  const started = residentMiB(server.pid);
  const put = (n: number, c: LoadConnection): Promise<unknown> =>
    call(c, rpc.KVService.put, { key: keyOf(n), value: VALUE });
  const loaded = await spread(KEYS, put, server.endpoint);
  rows.push({ what: `${KEYS} puts of 256 bytes, s`, value: loaded.toFixed(1) });
  rows.push({
    what: 'resident, empty / loaded, MiB',
    value: `${started.toFixed(0)} / ${residentMiB(server.pid).toFixed(0)}`,
  });
  const client = new TestClient(server.endpoint);
  const ranges: number[] = [];
  for (let i = 0; i < 20; i++) {
    const since = performance.now();
    const first = (i * 10_000) % KEYS;
    const { kvs } = await client.range(keyOf(first).toString(), { rangeEnd: keyOf(first + 10_000) });
    if (kvs.length !== Math.min(10_000, KEYS)) throw new Error(`range gave ${kvs.length} keys`);
    ranges.push(performance.now() - since);
  }
  ranges.sort((a, b) => a - b);
  rows.push({ what: 'range of 10,000 keys, median ms', value: ranges[10].toFixed(1) });
  client.close();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const since = performance.now();
  await server.restart();
  rows.push({ what: 'stop and start again, s', value: ((performance.now() - since) / 1000).toFixed(1) });
  rows.push({ what: 'resident after restart, MiB', value: residentMiB(server.pid).toFixed(0) });
  rows.push(...(await watchers(server)));
  const beforeLeases = residentMiB(server.pid);
  const grant = (_n: number, c: LoadConnection): Promise<unknown> =>
    call(c, rpc.LeaseService.leaseGrant, { TTL: 3600 });
  const granted = await spread(LEASES, grant, server.endpoint);
  rows.push({ what: `${LEASES} leases granted, a second`, value: (LEASES / granted).toFixed(0) });
  rows.push({ what: 'memory for them, MiB', value: (residentMiB(server.pid) - beforeLeases).toFixed(0) });
  return rows;
}

async function world(start: () => Promise<ServerProcess>): Promise<Row[]> {
  const server = await start();
  try {
    return await measure(server);
  } finally {
    await server.dispose();
  }
}

const version = execFileSync(options.etcd!, ['--version'], { encoding: 'utf8' }).split('\n')[0];
const ours = await world(() => startKvctl({ args: QUOTA }));
const theirs = await world(() => startEtcd(options.etcd!, { args: QUOTA }));
console.log(
  `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node.js ${process.version}; ${version}; load by one Node.js process\n`,
);
console.log('| | kvctl | etcd |\n| --- | --- | --- |');
ours.forEach(({ what, value }, i) => {
  console.log(`| ${what} | ${value} | ${theirs[i].value} |`);
});
