/** One member's data is changed behind its back, checksums and all: the cluster finds out, and stops writing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { kvctl, startMember } from '../../support/cluster-processes.ts';
import { freePorts, type ServerProcess, until } from '../../support/processes.ts';

const OFF = '--feature-gates=InitialCorruptCheck=false,CompactHashCheck=false';
const NAMES = ['m0', 'm1', 'm2'];

/** One byte of the newest value that a stopped member has. */
async function alter(dataDir: string): Promise<void> {
  const backend = new LmdbBackend({ path: join(dataDir, 'member/snap/kvctl.mdb') });
  const last = backend.scan({ bucket: 'key', limit: 1_000 }).at(-1)!;
  const value = Buffer.from(last.value);
  value[value.length - 1] ^= 1;
  await backend.commit([{ bucket: 'key', key: last.key, value }]);
  await backend.close();
}

describe('corruption of one member of a cluster', function () {
  this.timeout(120_000);
  let directory: string;
  let members: (ServerProcess | undefined)[] = [];
  let ports: number[];

  const start = async (i: number, ...args: string[]): Promise<void> => {
    const initialCluster = ports.map((port, n) => `${NAMES[n]}=http://127.0.0.1:${port}`).join(',');
    members[i] = await startMember(directory, { name: NAMES[i], peerPort: ports[i], initialCluster, args });
  };
  const startAll = (...args: string[]): Promise<unknown> =>
    Promise.all(NAMES.map((_, i) => start(i, ...args)));
  const stop = async (i: number): Promise<void> => {
    await members[i]?.stop();
    members[i] = undefined;
  };
  const at = (i: number): string => members[i]!.endpoint;
  const idOf = async (name: string): Promise<string> => {
    const { stdout } = await kvctl(at(0), 'member', 'list');
    return stdout
      .split('\n')
      .find((line) => line.includes(`, ${name},`))!
      .split(',')[0];
  };
  const lead = async (name: string): Promise<void> => {
    const endpoints = members.map((m) => m!.endpoint).join(',');
    await kvctl(endpoints, 'move-leader', await idOf(name));
  };
  const putAll = (value: string, count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, (_, i) => kvctl(at(0), 'put', `key${i}`, value)));
  const alarms = async (): Promise<string> => (await kvctl(at(0), 'alarm', 'list')).stdout;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-corruption-'));
    members = [];
    ports = await freePorts(3);
  });
  afterEach(async () => {
    await Promise.all(members.map((m) => m?.dispose()));
    rmSync(directory, { recursive: true, force: true });
  });

  it('is found before the member serves, and by the periodic check of the leader', async () => {
    await startAll('--corrupt-check-time=1s', OFF);
    await putAll('value', 5);
    const id = await idOf('m2');
    await stop(2);
    await alter(join(directory, 'm2.etcd'));
    await assert.rejects(start(2), new RegExp(`${id} found data inconsistency with peers`));
    assert.equal(await alarms(), '');
    await start(2, '--corrupt-check-time=1s', OFF);
    await until(
      async () => (await alarms()) !== '',
      30_000,
      () => 'no alarm',
    );
    const member = BigInt(`0x${id}`);
    assert.equal(await alarms(), `memberID:${member} alarm:CORRUPT\n`);
    const put = await kvctl(at(1), 'put', 'key', 'refused');
    assert.match(put.stderr, /etcdserver: corrupt cluster/);
    assert.match((await kvctl(at(1), 'get', 'key0')).stdout, /value/);
    // The way out that the log tells of.
    await until(
      // Not before the others have been connected for five seconds.
      async () => (await kvctl(at(0), 'member', 'remove', id)).code === 0,
      30_000,
      () => 'not removed',
    );
    await kvctl(at(0), 'alarm', 'disarm');
    assert.match((await kvctl(at(1), 'put', 'key', 'taken')).stdout, /OK/);
  });

  it('is found by the hash that the next compaction takes', async () => {
    await startAll('--compact-hash-check-time=1s');
    await putAll('value', 5);
    const id = await idOf('m2');
    await stop(2);
    await alter(join(directory, 'm2.etcd'));
    await start(2, '--compact-hash-check-time=1s', '--feature-gates=InitialCorruptCheck=false');
    await lead('m0');
    await kvctl(at(0), 'compaction', '6', '--physical');
    await until(
      async () => (await alarms()) !== '',
      30_000,
      () => 'no alarm',
    );
    assert.equal(await alarms(), `memberID:${BigInt(`0x${id}`)} alarm:CORRUPT\n`);
  });

  it('is not found where there is none', async () => {
    await startAll('--corrupt-check-time=1s', '--compact-hash-check-time=1s');
    await putAll('value', 6);
    await kvctl(at(0), 'compaction', '5', '--physical');
    await stop(2);
    await putAll('late', 2);
    await start(2);
    assert.match(members[2]!.log(), /initial corruption checking passed/);
    await kvctl(at(0), 'compaction', '8', '--physical');
    await until(
      () => members.some((m) => /finished corruption check; no corruption/.test(m!.log())),
      30_000,
      () => 'no check',
    );
    assert.equal(await alarms(), '');
  });
});
