/** Members that need more than the log has get the database: one that was away, one that is new, one that is killed over it. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterProcesses, kvctl, startCluster } from '../../support/cluster-processes.ts';
import { TestClient } from '../../support/grpc-client.ts';
import { type ServerProcess, until } from '../../support/processes.ts';

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

const leftovers = (member: ServerProcess): string[] =>
  readdirSync(join(member.dataDir, 'member/snap')).filter((name) => /\.snap\.(m?db)/.test(name));

describe('snapshots between members', function () {
  this.timeout(120_000);
  let cluster: ClusterProcesses;
  let client: TestClient;

  before(async () => {
    cluster = await startCluster(3, SMALL_LOG);
    client = new TestClient(cluster.members[0].endpoint);
  });
  after(async () => {
    client?.close();
    await cluster?.dispose();
  });

  it('a member that was away catches up while writers go on', async () => {
    const [, , away] = cluster.members;
    await away.stop();
    await writeMany(client, 'a', 1500);
    const compacted = await kvctl(cluster.members[0].endpoint, 'compaction', '1000');
    assert.equal(compacted.code, 0, compacted.stderr);
    const writer = new Writer(client, 'w');
    await away.restart();
    await until(
      () => away.log().includes('applied snapshot'),
      CATCH_UP_MS,
      () => `no snapshot came:\n${away.log().slice(-3000)}`,
    );
    await sleep(300);
    assert.ok((await writer.stop()) > 10, 'the writer did not come on');
    await assertEqualHashes(cluster.members);
    assert.deepEqual(leftovers(away), []);
    // It starts from what it got.
    await away.restart();
    await assertEqualHashes(cluster.members);
  });
});
