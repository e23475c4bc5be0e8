import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotStatus, verifyTrailer } from '../../../src/storage/etcd-data/index.ts';
import { TestClient } from '../../support/grpc-client.ts';
import {
  installed,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';
import { memoryFile } from '../../unit/bbolt/support.ts';
import { clusterFlags, etcdctlOk, fill, kvctlOk, stateOf } from './support.ts';

/** MiB of live data: more than may be held. */
const LARGE_PUTS = 72;

describe('snapshot save from kvctl serve', function () {
  this.timeout(60_000);
  let directory: string;
  let server: ServerProcess;

  before(async () => {
    directory = temporaryDirectory('backup');
    server = await startKvctl();
    await fill(server);
  });

  after(async () => {
    await server?.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  it('writes a whole file that only its owner reads, with the SHA-256 behind it', async () => {
    const path = join(directory, 'ours.db');
    const said = await kvctlOk(`--endpoints=${server.endpoint}`, 'snapshot', 'save', path);
    assert.equal(said, `Snapshot saved at ${path}\nServer version 3.7.0\n`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const bytes = readFileSync(path);
    await verifyTrailer(memoryFile(bytes), path);
    const status = await snapshotStatus(memoryFile(bytes));
    const { revision, pairs } = await stateOf(server);
    assert.equal(status.revision, revision);
    assert.equal(status.totalKeys, JSON.parse(pairs).length);
    assert.equal(status.version, '3.7.0');
  });

  it('of a large database: memory is held for a few slices only, and writers go on', async function () {
    if (process.platform !== 'linux') return this.skip();
    const large = await startKvctl();
    const client = new TestClient(large.endpoint);
    try {
      for (let i = 0; i < LARGE_PUTS; i++) await client.put(`large${i}`, randomBytes(1024 ** 2));
      const held = (): number => {
        const status = readFileSync(`/proc/${large.pid}/status`, 'utf8');
        return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
      };
      const before = held();
      let most = before;
      let saved = false;
      let puts = 0;
      const watch = setInterval(() => {
        most = Math.max(most, held());
      }, 10);
      const path = join(directory, 'large.db');
      const saving = kvctlOk(`--endpoints=${large.endpoint}`, 'snapshot', 'save', path).finally(() => {
        saved = true;
        clearInterval(watch);
      });
      for (; !saved; puts++) await client.put('meanwhile', 'v');
      await saving;
      assert.ok(statSync(path).size > LARGE_PUTS * 1024 ** 2);
      assert.ok(puts > 10, `${puts} puts while it was saved`);
      assert.ok(most - before < 64 * 1024 ** 2, `${(most - before) / 1024 ** 2} MiB`);
    } finally {
      client.close();
      await large.dispose();
    }
  });

  it('twice without a write between: the same content', async () => {
    const status = async (name: string): Promise<number> => {
      const path = join(directory, name);
      await kvctlOk(`--endpoints=${server.endpoint}`, 'snapshot', 'save', path);
      return (await snapshotStatus(memoryFile(readFileSync(path)))).hash;
    };
    assert.equal(await status('one.db'), await status('two.db'));
  });

  it("Debian's etcdctl saves, reads and restores it, and its etcd goes on with equal keys and hash", async function () {
    const etcdctl = installed('etcdctl', "kvctl's snapshots under etcd's own tools");
    const etcd = installed('etcd', "a real etcd on kvctl's snapshot");
    if (!etcdctl || !etcd) return this.skip();
    const path = join(directory, 'theirs.db');
    await etcdctlOk(etcdctl, `--endpoints=${server.endpoint}`, 'snapshot', 'save', path);
    const ours = await snapshotStatus(memoryFile(readFileSync(path)));
    const theirs = JSON.parse(await etcdctlOk(etcdctl, 'snapshot', 'status', path, '-w', 'json'));
    assert.deepEqual(theirs, {
      hash: ours.hash,
      revision: ours.revision,
      totalKey: ours.totalEntries,
      totalSize: ours.totalBytes,
    });
    const dataDir = join(directory, 'etcd', 'default.etcd');
    const before = await stateOf(server);
    const flags = clusterFlags('127.0.0.1:1');
    await etcdctlOk(etcdctl, 'snapshot', 'restore', path, `--data-dir=${dataDir}`, ...flags);
    const restored = await startEtcd(etcd, { dataDir });
    try {
      assert.deepEqual(await stateOf(restored), before);
    } finally {
      await restored.dispose();
    }
  });
});
