import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createWhole, fileChunks, planFile, writeChunks } from '../../../src/storage/bbolt/index.ts';
import { NodeDisk } from '../../../src/storage/disk/index.ts';
import { EtcdDatabase, snapshotStatus, withTrailer } from '../../../src/storage/etcd-data/index.ts';
import { installed, temporaryDirectory } from '../../support/processes.ts';
import { batchesOf, type Content, contentOf, FIXTURES, fixture, history, memoryFile } from './support.ts';

describe("files of ours under etcd's own tool", () => {
  let etcdctl: string | undefined;
  let directory: string;

  before(function () {
    etcdctl = installed('etcdctl', "our snapshots under etcd's own tool");
    if (!etcdctl) return this.skip();
    directory = temporaryDirectory('bbolt');
  });

  after(() => {
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  function run(...args: string[]): { stdout: string; stderr: string; status: number | null } {
    const env = { PATH: process.env.PATH, ETCDCTL_API: '3' };
    return spawnSync(etcdctl!, args, { encoding: 'utf8', env, cwd: directory });
  }

  /** Writes, lets the tool look and restore, and gives back what it said and what we say. */
  async function both(name: string, content: Content): Promise<{ theirs: any; ours: any }> {
    const path = join(directory, name);
    const plan = await planFile(batchesOf(content));
    await createWhole(new NodeDisk(), path, (file) =>
      writeChunks(file, withTrailer(fileChunks(batchesOf(content, 200), plan))),
    );
    const status = run('snapshot', 'status', path, '-w', 'json');
    assert.equal(status.status, 0, status.stderr);
    const ours = await snapshotStatus(memoryFile(readFileSync(path)));
    mkdirSync(join(directory, 'restored'), { recursive: true });
    const restore = run('snapshot', 'restore', path, '--data-dir', join(directory, 'restored', name));
    assert.equal(restore.status, 0, restore.stderr);
    return {
      theirs: JSON.parse(status.stdout),
      ours: { hash: ours.hash, revision: ours.revision, totalKey: ours.totalEntries, totalSize: plan.bytes },
    };
  }

  for (const release of FIXTURES) {
    it(`${release} read and written again: same hash`, async function () {
      const path = fixture(release, 'snapshot.db');
      if (!path) return this.skip();
      const source = readFileSync(path);
      const content = await contentOf((await EtcdDatabase.open(memoryFile(source))).file);
      const { theirs, ours } = await both(`${release}.db`, content);
      assert.deepEqual(ours, theirs);
      assert.equal(theirs.hash, (await snapshotStatus(memoryFile(source))).hash);
    });
  }

  it('overflow, branches of several levels, inline and empty buckets: accepted, same hash', async () => {
    const content = history();
    for (let i = 0; i < 3_000; i++) content['=authUsers'][`=${'u'.repeat(i % 700)}${i}`] = 'x'.repeat(i % 90);
    for (let i = 0; i < 20; i++) content['=authRoles'][`=${'r'.repeat(20_000)}${i}`] = 'x'.repeat(i * 900);
    const { theirs, ours } = await both('made.db', content);
    assert.deepEqual(ours, theirs);
  });
});
