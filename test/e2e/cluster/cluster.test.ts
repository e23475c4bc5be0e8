/** Three real processes are one store: any member serves any request, and it survives the loss of its leader. */
import assert from 'node:assert/strict';
import { type ClusterProcesses, kvctl, startCluster } from '../../support/cluster-processes.ts';
import { installed, run, type ServerProcess, until } from '../../support/processes.ts';

interface Status {
  readonly Endpoint: string;
  readonly Status: {
    readonly header: { readonly member_id: number; readonly revision: number };
    readonly leader: number;
    readonly raftAppliedIndex: number;
  };
}

async function statuses(endpoints: string): Promise<Status[]> {
  const { stdout } = await kvctl(endpoints, 'endpoint', 'status', '-w', 'json');
  return JSON.parse(stdout) as Status[];
}

async function leaderOf(members: readonly ServerProcess[]): Promise<ServerProcess> {
  const all = await statuses(members.map((m) => m.endpoint).join(','));
  const found = all.find(({ Status: s }) => s.leader !== 0 && s.leader === s.header.member_id);
  assert.ok(found, `nobody leads: ${JSON.stringify(all)}`);
  return members.find((m) => found.Endpoint.endsWith(m.endpoint))!;
}

/** Puts through one member, again until it is accepted. */
async function putUntilAccepted(member: ServerProcess, key: string, value: string): Promise<void> {
  let last = '';
  await until(
    async () => {
      const { code, stderr } = await kvctl(member.endpoint, 'put', key, value);
      last = stderr;
      return code === 0;
    },
    20_000,
    () => `put ${key} was never accepted: ${last}`,
  );
}

async function hashes(cluster: ClusterProcesses): Promise<string[]> {
  const { stdout } = await kvctl(cluster.endpoints, 'endpoint', 'hashkv', '-w', 'json');
  return (JSON.parse(stdout) as { HashKV: { hash: number; header: { revision: number } } }[]).map(
    ({ HashKV }) => `${HashKV.hash} at ${HashKV.header.revision}`,
  );
}

describe('a cluster of three processes', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  before(async () => {
    cluster = await startCluster(3);
  });
  after(() => cluster?.dispose());

  it('takes a put at any member, and any member reads it', async () => {
    const { members } = cluster;
    for (const [i, m] of members.entries()) {
      const { stdout, stderr } = await kvctl(m.endpoint, 'put', `key${i}`, `value${i}`);
      assert.equal(stdout, 'OK\n', stderr);
      for (const other of members) {
        assert.equal((await kvctl(other.endpoint, 'get', `key${i}`)).stdout, `key${i}\nvalue${i}\n`);
      }
    }
  });

  it('all members are published, with one cluster version', async () => {
    const { stdout } = await kvctl(cluster.members[1].endpoint, 'member', 'list');
    assert.deepEqual(stdout.match(/started, m\d/g)?.sort(), ['started, m0', 'started, m1', 'started, m2']);
    await until(
      async () => {
        const versions = await Promise.all(
          cluster.members.map(async (m) => (await fetch(`http://${m.endpoint}/version`)).text()),
        );
        return versions.every((v) => v.includes('"etcdcluster":"3.7.0"'));
      },
      10_000,
      () => 'the cluster version was not decided',
    );
  });

  it('renews leases and tells their time at any member', async () => {
    for (const m of cluster.members) {
      const granted = (await kvctl(m.endpoint, 'lease', 'grant', '60')).stdout;
      const id = /lease (\w+) granted/.exec(granted)![1];
      await kvctl(m.endpoint, 'put', '--lease', id, `leased-${id}`, 'x');
      for (const other of cluster.members) {
        const once = await kvctl(other.endpoint, 'lease', 'keep-alive', '--once', id);
        assert.equal(once.stdout, `lease ${id} keepalived with TTL(60)\n`, once.stderr);
        const left = await kvctl(other.endpoint, 'lease', 'timetolive', '--keys', id);
        assert.match(left.stdout, /granted with TTL\(60s\), remaining\((59|60)s\), attached keys\(\[leased-/);
      }
      assert.equal((await kvctl(m.endpoint, 'lease', 'revoke', id)).code, 0);
    }
    const unknown = await kvctl(cluster.members[0].endpoint, 'lease', 'timetolive', '77');
    assert.match(unknown.stdout, /already expired/);
  });

  it("Debian's etcdctl sees one cluster", async () => {
    const etcdctl = installed('etcdctl', "etcd's own client");
    if (!etcdctl) return;
    const { stdout, code } = await run(
      etcdctl,
      [`--endpoints=${cluster.members[0].endpoint}`, 'endpoint', 'status', '--cluster', '-w', 'simple'],
      { env: { ETCDCTL_API: '3' } },
    );
    assert.equal(code, 0, stdout);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 3);
    assert.equal(lines.filter((line) => /, true, false, /.test(line)).length, 1, 'one leader');
  });

  it('moves the leader on request', async () => {
    const leader = await leaderOf(cluster.members);
    const target = (await statuses(cluster.endpoints)).find((s) => !s.Endpoint.endsWith(leader.endpoint))!;
    const id = /(\w+), started/.exec(
      (await kvctl(cluster.endpoints, 'member', 'list')).stdout
        .split('\n')
        .find((line) => line.includes(target.Endpoint))!,
    )![1];
    const moved = await kvctl(cluster.endpoints, 'move-leader', id);
    assert.equal(moved.code, 0, moved.stderr);
    const now = await leaderOf(cluster.members);
    assert.ok(target.Endpoint.endsWith(now.endpoint));
    const refused = await kvctl(leader.endpoint, 'move-leader', id);
    assert.notEqual(refused.code, 0);
  });

  it('goes on when its leader is killed; the killed member catches up', async () => {
    const { members } = cluster;
    const leader = await leaderOf(members);
    await leader.kill();
    const rest = members.filter((m) => m !== leader);
    for (const [i, m] of [...rest, ...rest].entries()) await putUntilAccepted(m, `after${i}`, 'x');
    assert.notEqual(await leaderOf(rest), leader);
    await leader.restart();
    for (let i = 0; i < 4; i++) {
      assert.equal((await kvctl(leader.endpoint, 'get', `after${i}`)).stdout, `after${i}\nx\n`);
    }
  });

  it('survives the stop of all, and holds the same keys everywhere', async () => {
    const { members } = cluster;
    await Promise.all(members.map((m) => m.kill()));
    await Promise.all(members.map((m) => m.restart()));
    await putUntilAccepted(members[0], 'last', 'word');
    for (const m of members) assert.equal((await kvctl(m.endpoint, 'get', 'last')).stdout, 'last\nword\n');
    const found = await hashes(cluster);
    assert.equal(found.length, 3);
    assert.equal(new Set(found).size, 1, found.join());
  });

  it('a leader that stops in order hands its office over first', async () => {
    const leader = await leaderOf(cluster.members);
    const rest = cluster.members.filter((m) => m !== leader);
    const since = Date.now();
    await leader.stop();
    const next = await leaderOf(rest);
    assert.notEqual(next, leader);
    const waited = Date.now() - since;
    assert.ok(waited < 5000, `${waited} ms`);
    await leader.restart();
  });
});
