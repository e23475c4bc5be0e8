/** A leader that is removed: the others hear of it from itself, and it ends, now and whenever it is started again. */
import assert from 'node:assert/strict';
import { type ClusterProcesses, kvctl, startCluster } from '../../support/cluster-processes.ts';
import { until } from '../../support/processes.ts';

const LIMIT_MS = 30_000;

interface StatusRow {
  readonly Endpoint: string;
  readonly Status: { readonly leader: bigint; readonly header: { readonly member_id: bigint } };
}

describe('a leader that is removed', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  before(async () => {
    cluster = await startCluster(3);
  });
  after(() => cluster?.dispose());

  it('ends, and says why; the others go on without it', async () => {
    const { stdout } = await kvctl(cluster.endpoints, 'endpoint', 'status', '-w', 'json');
    // Ids are beyond what JSON numbers hold: as text.
    const rows = JSON.parse(stdout.replace(/("(?:leader|member_id)":)(\d+)/g, '$1"$2"')) as StatusRow[];
    const { Endpoint } = rows.find(({ Status }) => Status.leader === Status.header.member_id)!;
    const leader = cluster.members.find(({ endpoint }) => endpoint === Endpoint)!;
    const others = cluster.members.filter((member) => member !== leader);
    const id = BigInt(rows[0].Status.leader).toString(16);
    await until(
      async () => (await kvctl(leader.endpoint, 'member', 'remove', id)).code === 0,
      LIMIT_MS,
      () => 'the leader was never removed',
    );
    await until(
      () => leader.exitCode() !== null,
      LIMIT_MS,
      () => `the removed leader still runs:\n${leader.log().slice(-2000)}`,
    );
    assert.equal(leader.exitCode(), 0);
    assert.match(
      leader.log(),
      /"server error","error":"the member has been permanently removed from the cluster"/,
    );
    assert.match(leader.log(), /data-dir used by this member must be removed/);
    for (const other of others) {
      assert.match(other.log(), new RegExp(`"removed member".*"removed-remote-peer-id":"${id}"`));
      await until(
        async () => (await kvctl(other.endpoint, 'put', 'still', 'here')).code === 0,
        LIMIT_MS,
        () => other.log().slice(-2000),
      );
    }
    await assert.rejects(leader.restart(), /exited with 1.*permanently removed from the cluster/s);
    assert.match(
      others[0].log() + others[1].log(),
      /rejected stream from remote peer because it was removed/,
    );
  });
});
