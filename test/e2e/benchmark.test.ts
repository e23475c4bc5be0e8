/** Every load of `kvctl benchmark`, small, against a real etcd: none fails, and the report counts them all. */
import assert from 'node:assert/strict';
import type * as Cli from '../../src/cli.ts';
import type { Io } from '../../src/commands/io.ts';
import { installed, type ServerProcess, startEtcd } from '../support/processes.ts';

interface Report {
  readonly name: string;
  readonly count: number;
  readonly errors: readonly unknown[];
}

const LOADS: readonly (readonly [args: string, counts: Readonly<Record<string, number>>])[] = [
  ['put --total 300 --key-space-size 100 --sequential-keys --val-size 100', { put: 300 }],
  ['put --total 40 --rate 400 --compact-interval 30ms --compact-index-delta 10', { put: 40 }],
  ['range 00000001 --total 100', { range: 100 }],
  ['range 00000000 00000099 --total 50 --consistency s --limit 10', { range: 50 }],
  ['txn-put --total 50 --txn-ops 3 --key-space-size 100', { 'txn-put': 50 }],
  ['txn-range 00000000 00000099 --total 50 --txn-ops 2', { 'txn-range': 50 }],
  ['stm --total 50 --keys 10 --keys-per-txn 3 --isolation c', { stm: 50 }],
  ['stm --total 50 --keys 10 --keys-per-txn 3 --isolation r', { stm: 50 }],
  ['stm --total 50 --keys 10 --keys-per-txn 3 --isolation s', { stm: 50 }],
  ['stm --total 50 --keys 10 --keys-per-txn 3 --isolation ss', { stm: 50 }],
  ['stm --total 10 --stm-locker lock-rpc', { stm: 10 }],
  ['stm --total 10 --stm-locker lock-client', { stm: 10 }],
  ['lease-keepalive --total 100', { 'lease-keepalive': 100 }],
  ['lease-keepalive --total 100 --streaming', { 'lease-keepalive': 100 }],
  [
    'watch --streams 3 --watch-per-stream 5 --put-total 20',
    { 'watch creation': 15, 'watch events received': 300 },
  ],
  [
    'watch --streams 2 --watch-per-stream 5 --put-total 25 --watched-key-total 10 --key-space-size 10 --sequential-keys --prevkv',
    { 'watch creation': 10, 'watch events received': 25 },
  ],
  [
    'watch-latency --streams 2 --watch-per-stream 3 --put-total 20 --put-rate 200',
    { put: 20, 'watch events received': 120 },
  ],
];

let cli: typeof Cli;

async function kvctl(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    write: (data) => (out += data.toString()),
    warn: (line) => (err += `${line}\n`),
    status: () => {},
    readAll: async () => Buffer.alloc(0),
    readLine: async () => undefined,
  };
  const code = await cli.runCommandLine({ args, env: {}, io });
  return { code, out, err };
}

describe('kvctl benchmark against a real etcd', () => {
  let etcd: ServerProcess;
  before(async function () {
    const path = installed('etcd', 'real loads');
    if (path === undefined) return this.skip();
    // Imported as its commands are, so that both have the same error classes.
    cli = await import('../../src/cli.ts');
    // Each command listens for signals until its process ends; here they share one.
    process.setMaxListeners(100);
    etcd = await startEtcd(path);
  });
  after(() => etcd?.dispose());

  const json = async (args: string): Promise<Report[]> => {
    const shared = [`--endpoints=${etcd.endpoint}`, '--conns=2', '--clients=5', '--output=json'];
    const { code, out, err } = await kvctl(['benchmark', ...shared, ...args.split(' ')]);
    assert.equal(code, 0, err);
    return JSON.parse(out).reports;
  };

  for (const [args, counts] of LOADS) {
    it(args, async () => {
      const reports = await json(args);
      assert.deepEqual(
        reports.flatMap(({ errors }) => errors),
        [],
      );
      assert.deepEqual(Object.fromEntries(reports.map(({ name, count }) => [name, count])), counts);
    });
  }

  it('txn-mixed reads and writes', async () => {
    const [read, write] = await json('txn-mixed --total 200 --key-space-size 100 --rw-ratio 3 --limit 5');
    assert.equal(read.count + write.count, 200);
    assert.ok(read.count > write.count && write.count > 0);
  });

  it('watch-get reads until all watchers have caught up', async () => {
    const [get, events] = await json('watch-get --watchers 50 --streams 3 --events 4');
    assert.ok(get.count > 0);
    assert.equal(events.count, 200);
  });

  it('checks hashes, finds the leader', async () => {
    const shared = [`--endpoints=${etcd.endpoint}`, '--target-leader'];
    const { code, out } = await kvctl(['benchmark', ...shared, 'put', '--total', '5', '--check-hashkv']);
    assert.equal(code, 0);
    assert.match(out, /\nSummary:\n[\s\S]*\nHashKV of 127\.0\.0\.1:\d+: \d+ at revision \d+\n$/);
  });

  it('compares it with itself', async () => {
    const sides = ['--a', etcd.endpoint, '--b', etcd.endpoint];
    const bounds = [
      '--total',
      '100',
      '--rounds',
      '2',
      '--clients',
      '200',
      '--conns',
      '4',
      '--output',
      'json',
    ];
    const { code, out, err } = await kvctl([
      'benchmark',
      'compare',
      ...sides,
      ...bounds,
      '--load',
      'put,watch',
    ]);
    assert.equal(code, 0, err);
    const { loads } = JSON.parse(out);
    assert.deepEqual(
      loads.map(({ name }: { name: string }) => name),
      [
        'put',
        'put, 1 client',
        'watch events, 1000 watchers of 1 key',
        'watch events, 100 watchers of each of 100 keys',
        'put at half the peak',
      ],
    );
    for (const { rounds, errors, perSecond, residentMiB } of loads) {
      assert.equal(rounds, 2);
      assert.deepEqual(errors, { a: 0, b: 0 });
      assert.ok(perSecond.ratio.least <= perSecond.ratio.median && perSecond.ratio.most > 0);
      assert.ok(residentMiB.a.median > 1, 'the process was found by its port');
    }
  });
});
