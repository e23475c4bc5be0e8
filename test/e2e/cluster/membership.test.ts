/** Members come and go while the cluster runs; what could cost the quorum is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterProcesses, kvctl, startCluster, startMember } from '../../support/cluster-processes.ts';
import { freePorts, type ServerProcess, until } from '../../support/processes.ts';

/** Members count as healthy when they have been connected for 5 s. */
const HEALTHY_MS = 5200;

async function memberId(endpoint: string, peerPort: number): Promise<string> {
  const { stdout } = await kvctl(endpoint, 'member', 'list');
  const line = stdout.split('\n').find((l) => l.includes(`:${peerPort},`));
  assert.ok(line, stdout);
  return line.split(',')[0];
}

describe('membership of a running cluster', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  let directory: string;
  let joined: ServerProcess | undefined;
  let port: number;
  let initialCluster: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-joiner-'));
    cluster = await startCluster(3);
    [port] = await freePorts(1);
    initialCluster = `${cluster.initialCluster},late=http://127.0.0.1:${port}`;
  });
  after(async () => {
    await joined?.dispose();
    await cluster?.dispose();
    rmSync(directory, { recursive: true, force: true });
  });
  const first = (): string => cluster.members[0].endpoint;

  it('refuses bad URLs, unknown members, and additions before the members are healthy', async () => {
    const early = await kvctl(first(), 'member', 'add', 'late', `--peer-urls=http://127.0.0.1:${port}`);
    assert.match(early.stderr, /etcdserver: unhealthy cluster/);
    const bad = await kvctl(first(), 'member', 'add', 'late', '--peer-urls=http://127.0.0.1/path');
    assert.notEqual(bad.code, 0);
    const unknown = await kvctl(first(), 'member', 'remove', 'abcdef');
    assert.match(unknown.stderr, /etcdserver: member not found/);
    const update = await kvctl(first(), 'member', 'update', 'abcdef', '--peer-urls=http://127.0.0.1:1');
    assert.match(update.stderr, /etcdserver: member not found/);
    const known = await memberId(first(), cluster.peerPorts[0]);
    for (const url of [
      '127.0.0.1:1',
      'http://127.0.0.1',
      'http://127.0.0.1:1/path',
      'ftp://127.0.0.1:1',
      '::',
    ]) {
      const wrong = await kvctl(first(), 'member', 'update', known, `--peer-urls=${url}`);
      assert.match(wrong.stderr, /etcdserver: given member URLs are invalid/, url);
    }
  });

  it('a member that was not added cannot join', async () => {
    await assert.rejects(
      startMember(directory, { name: 'late', peerPort: port, initialCluster, state: 'existing' }),
      /member count is unequal/,
    );
    rmSync(join(directory, 'late.etcd'), { recursive: true, force: true });
  });

  it('adds a learner, which joins, catches up and becomes a voter', async () => {
    for (let i = 0; i < 20; i++) await kvctl(first(), 'put', `before${i}`, 'x');
    await new Promise((resolve) => setTimeout(resolve, HEALTHY_MS));
    const url = `--peer-urls=http://127.0.0.1:${port}`;
    const added = await kvctl(first(), 'member', 'add', 'late', url, '--learner');
    assert.equal(added.code, 0, added.stderr);
    const again = await kvctl(first(), 'member', 'add', 'other', `${url},http://127.0.0.1:1`);
    assert.match(again.stderr, /etcdserver: Peer URLs already exists/);
    const id = await memberId(first(), port);
    const unready = await kvctl(first(), 'member', 'promote', id);
    assert.match(unready.stderr, /can only promote a learner member which is in sync with leader/);

    joined = await startMember(directory, {
      name: 'late',
      peerPort: port,
      initialCluster,
      state: 'existing',
    });
    await until(
      async () => (await kvctl(first(), 'member', 'promote', id)).code === 0,
      20_000,
      () => 'the learner was never promoted',
    );
    assert.equal((await kvctl(joined.endpoint, 'get', 'before19')).stdout, 'before19\nx\n');
    assert.equal((await kvctl(joined.endpoint, 'put', 'from', 'late')).stdout, 'OK\n');
    const twice = await kvctl(first(), 'member', 'promote', id);
    assert.match(twice.stderr, /can only promote a learner member/);
  });

  it('a member that joined starts again from its own data', async () => {
    await joined!.restart();
    assert.equal((await kvctl(joined!.endpoint, 'get', 'from')).stdout, 'from\nlate\n');
  });

  it('a removed member stops by itself and says why', async () => {
    const id = await memberId(first(), port);
    const removed = await kvctl(first(), 'member', 'remove', id);
    assert.equal(removed.code, 0, removed.stderr);
    await until(
      () => joined!.exitCode() !== null,
      15_000,
      () => `the removed member still runs:\n${joined!.log()}`,
    );
    assert.match(joined!.log(), /the member has been permanently removed from the cluster/);
    assert.match(joined!.log(), /data-dir used by this member must be removed/);
    assert.equal(joined!.exitCode(), 0);
    assert.equal((await kvctl(first(), 'put', 'still', 'here')).stdout, 'OK\n');
  });

  it('does not let the quorum be removed', async () => {
    await cluster.members[2].kill();
    const id = await memberId(first(), cluster.peerPorts[1]);
    await until(
      async () => /unhealthy cluster/.test((await kvctl(first(), 'member', 'remove', id)).stderr),
      10_000,
      () => 'the removal of a needed member was not refused',
    );
  });
});
