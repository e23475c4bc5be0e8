/** Members that need more than the log has get the database: one that was away, one that is new, one that is killed over it. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterProcesses, kvctl, startCluster, startMember } from '../../support/cluster-processes.ts';
import { TestClient } from '../../support/grpc-client.ts';
import { freePorts, type ServerProcess, temporaryDirectory, until } from '../../support/processes.ts';

/** A snapshot every so many entries, and so many kept behind it: both are far less than what is written here. */
const SMALL_LOG = ['--snapshot-count=100', '--snapshot-catchup-entries=50'];
const VALUE = Buffer.alloc(2048, 'v');
const CATCH_UP_MS = 30_000;

/** Puts without an end, until it is told to stop; none may fail. */
class Writer {
  written = 0;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(client: TestClient, prefix: string) {
    this.running = this.run(client, prefix);
  }

  private async run(client: TestClient, prefix: string): Promise<void> {
    while (!this.stopping) {
      await client.put(`${prefix}${this.written % 500}`, VALUE);
      this.written++;
    }
  }

  async stop(): Promise<number> {
    this.stopping = true;
    await this.running;
    return this.written;
  }
}

async function writeMany(client: TestClient, prefix: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => client.put(`${prefix}${(done + i) % 700}`, VALUE)),
    );
}

interface HashRow {
  readonly HashKV: {
    readonly hash: number;
    readonly hash_revision: number;
    readonly compact_revision?: number;
  };
}

/** Equal hashes at equal revisions, once nothing is written any more. */
async function assertEqualHashes(members: readonly ServerProcess[]): Promise<void> {
  let last = '';
  await until(
    async () => {
      const endpoints = members.map((m) => m.endpoint).join(',');
      const { stdout, code } = await kvctl(endpoints, 'endpoint', 'hashkv', '-w', 'json');
      last = stdout;
      if (code !== 0) return false;
      const rows = (JSON.parse(stdout) as HashRow[]).map((row) =>
        JSON.stringify([row.HashKV.hash, row.HashKV.hash_revision, row.HashKV.compact_revision]),
      );
      return rows.length === members.length && new Set(rows).size === 1;
    },
    CATCH_UP_MS,
    () => `hashes never became equal: ${last}`,
  );
}

/** kill -9 as soon as the member, started again, has logged this. */
async function killAt(member: ServerProcess, point: RegExp): Promise<void> {
  const from = member.log().length;
  const starting = member.restart().catch(() => {});
  await until(
    () => point.test(member.log().slice(from)),
    CATCH_UP_MS,
    () => `${point}: not seen\n${member.log().slice(from)}`,
  );
  await member.kill();
  await starting;
}

const leftovers = (member: ServerProcess): string[] =>
  readdirSync(join(member.dataDir, 'member/snap')).filter((name) => /\.snap\.(m?db)/.test(name));

describe('snapshots between members', function () {
  this.timeout(120_000);
  let cluster: ClusterProcesses;
  let client: TestClient;
  let joined: ServerProcess | undefined;
  let directory: string;

  before(async () => {
    directory = temporaryDirectory('late');
    cluster = await startCluster(3, SMALL_LOG);
    client = new TestClient(cluster.members[0].endpoint);
  });
  after(async () => {
    client?.close();
    await joined?.dispose();
    rmSync(directory, { recursive: true, force: true });
    await cluster?.dispose();
  });

  it('a member that was away catches up while writers go on, and is killed over it', async () => {
    const [, , away] = cluster.members;
    await away.stop();
    await writeMany(client, 'a', 1500);
    const compacted = await kvctl(cluster.members[0].endpoint, 'compaction', '1000');
    assert.equal(compacted.code, 0, compacted.stderr);
    const writer = new Writer(client, 'w');
    await killAt(away, /receiving database snapshot/);
    // It may have had the snapshot in its log already: then it is put in place before the member serves.
    await killAt(away, /applying snapshot|ready to serve client requests/);
    await away.restart();
    await until(
      async () => (await kvctl(away.endpoint, 'endpoint', 'health')).code === 0,
      CATCH_UP_MS,
      () => `it does not serve:\n${away.log().slice(-3000)}`,
    );
    assert.ok((await writer.stop()) > 10, 'the writer did not come on');
    await assertEqualHashes(cluster.members);
    assert.match(away.log(), /applying snapshot/);
    assert.deepEqual(leftovers(away), []);
  });

  it('a member that is added later begins with one', async () => {
    const [peerPort] = await freePorts(1);
    const [first] = cluster.members;
    const url = `http://127.0.0.1:${peerPort}`;
    await until(
      async () => (await kvctl(first.endpoint, 'member', 'add', 'late', `--peer-urls=${url}`)).code === 0,
      CATCH_UP_MS,
      () => 'the member was never added',
    );
    joined = await startMember(directory, {
      name: 'late',
      peerPort,
      initialCluster: `${cluster.initialCluster},late=${url}`,
      state: 'existing',
      args: SMALL_LOG,
    });
    assert.match(joined.log(), /applied snapshot/);
    await assertEqualHashes([...cluster.members, joined]);
    const metrics = await Promise.all(
      [...cluster.members, joined].map(async ({ endpoint }) =>
        (await fetch(`http://${endpoint}/metrics`)).text(),
      ),
    );
    assert.ok(
      metrics.some((text) => /^etcd_network_snapshot_send_success\{To="[0-9a-f]+"\} [1-9]/m.test(text)),
    );
    assert.match(metrics.at(-1)!, /^etcd_network_snapshot_receive_success\{From="[0-9a-f]+"\} 1$/m);
    assert.match(metrics.at(-1)!, /^etcd_network_snapshot_receive_inflights_total\{From="[0-9a-f]+"\} 0$/m);
  });
});
