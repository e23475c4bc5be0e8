/** --force-new-cluster: one member of three goes on alone, with all its data, and takes new members. */
import assert from 'node:assert/strict';
import { type ClusterProcesses, kvctl, startCluster, startMember } from '../../support/cluster-processes.ts';
import { type ServerProcess, until } from '../../support/processes.ts';

describe('--force-new-cluster', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  let alone: ServerProcess | undefined;
  before(async () => {
    cluster = await startCluster(3);
  });
  after(async () => {
    await alone?.stop();
    await cluster?.dispose();
  });

  it('keeps the data, forgets the others, and stays so', async () => {
    const [first] = cluster.members;
    for (const key of ['a', 'b', 'c']) {
      const put = await kvctl(cluster.endpoints, 'put', key, `value of ${key}`);
      assert.equal(put.code, 0, put.stderr);
    }
    const { stdout: before } = await kvctl(first.endpoint, 'get', 'a', 'z', '-w', 'json');
    const revision = (JSON.parse(before) as { header: { revision: number } }).header.revision;
    await Promise.all(cluster.members.map((member) => member.kill()));

    const plan = { name: 'm0', peerPort: cluster.peerPorts[0], initialCluster: cluster.initialCluster };
    const directory = first.dataDir.slice(0, first.dataDir.lastIndexOf('/'));
    alone = await startMember(directory, { ...plan, args: ['--force-new-cluster'] });
    assert.match(alone.log(), /"forcing restart member".*"removed-member-ids":\["[0-9a-f]+","[0-9a-f]+"\]/);
    const { stdout: list } = await kvctl(alone.endpoint, 'member', 'list');
    assert.equal(list.trim().split('\n').length, 1, list);
    const { stdout: after } = await kvctl(alone.endpoint, 'get', 'a', 'z', '-w', 'json');
    const kvs = (text: string): unknown => (JSON.parse(text) as { kvs: unknown }).kvs;
    assert.deepEqual(kvs(after), kvs(before));
    assert.equal((await kvctl(alone.endpoint, 'put', 'd', 'x')).code, 0);

    await alone.stop();
    alone = await startMember(directory, plan);
    await until(
      async () => (await kvctl(alone!.endpoint, 'put', 'e', 'y')).code === 0,
      20_000,
      () => alone!.log().slice(-2000),
    );
    const { stdout: end } = await kvctl(alone.endpoint, 'get', 'e', '-w', 'json');
    assert.equal((JSON.parse(end) as { header: { revision: number } }).header.revision, revision + 2);
    assert.equal((await kvctl(alone.endpoint, 'member', 'list')).stdout.trim().split('\n').length, 1);
    const added = await kvctl(
      alone.endpoint,
      'member',
      'add',
      'next',
      '--peer-urls=http://127.0.0.1:1',
      '--learner',
    );
    assert.equal(added.code, 0, added.stderr);
  });
});
