import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotStatus, verifyTrailer } from '../../../src/storage/etcd-data/index.ts';
import {
  installed,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';
import { memoryFile } from '../../unit/bbolt/support.ts';
import { clusterFlags, etcdctlOk, fill, kvctlOk, stateOf } from './support.ts';

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
