import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { installed, projectRoot, startEtcd, until } from '../support/processes.ts';
import {
  type Addresses,
  addresses,
  member,
  refusal,
  Serve,
  type Serving,
  serving,
} from '../support/serve.ts';

/** As in etcd. */
const SEGMENT_BYTES = 64_000_000;
/** How often old segments are looked for, as in etcd. */
const PURGE_MS = 30_000;
const VALUE_BYTES = 1_000_000;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function assertRefusedUntouched(serve: Serving['serve'], dataDir: string): Promise<void> {
  const before = fingerprint(dataDir);
  assert(before.length >= 5, before.join('\n'));
  const at = await addresses();
  const error = await refusal(serve(member(at, dataDir)));
  assert(error.includes(dataDir), error);
  assert.match(error, /written by etcd/);
  assert.match(error, /--import-etcd-dir=/, 'it does not say what to do');
  assert.deepEqual(fingerprint(dataDir), before);
}

/** Every name below a directory with its mode, its time of change and a hash of its content. */
function fingerprint(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const stats = statSync(path);
      const hash = stats.isDirectory()
        ? 'directory'
        : createHash('sha256').update(readFileSync(path)).digest('hex');
      return [name, stats.mode.toString(8), stats.mtimeMs, hash].join(' ');
    });
}

/** A member that has written more than one log segment; taken early, for old segments are looked for only twice a minute. */
class OldLog {
  readonly args: readonly string[];
  readonly first: string;
  readonly served: Serve;
  readonly at: Addresses;
  private readonly dataDir: string;

  private constructor(at: Addresses, dataDir: string, args: readonly string[], served: Serve) {
    this.at = at;
    this.dataDir = dataDir;
    this.args = args;
    this.served = served;
    this.first = this.segments()[0];
  }

  static async write(dataDir: string): Promise<OldLog> {
    const at = await addresses();
    const args = member(at, dataDir, '--snapshot-count=10', '--max-wals=1', '--max-snapshots=2');
    const log = new OldLog(at, dataDir, args, await new Serve(args).ready());
    const c = new TestClient(at.client);
    const value = Buffer.alloc(VALUE_BYTES, 'v');
    for (let i = 0; i < (SEGMENT_BYTES * 1.3) / VALUE_BYTES; i += 4)
      await Promise.all(Array.from({ length: 4 }, (_, j) => c.put(`big/${(i + j) % 8}`, value)));
    await c.put('last', 'one');
    c.close();
    return log;
  }

  segments(): string[] {
    return readdirSync(join(this.dataDir, 'member/wal')).filter((name) => name.endsWith('.wal'));
  }

  snapshots(): string[] {
    return readdirSync(join(this.dataDir, 'member/snap')).filter((name) => name.endsWith('.snap'));
  }
}

/** What `kvctl serve` finds in its data directory: its own data, complete, or somebody else's, which it leaves alone. */
describe('kvctl serve: data directory', () => {
  let oldLog: OldLog;
  // Before the hook that removes the directory.
  after(() => oldLog?.served.end('SIGKILL'));

  const { root, freshDir, serve, client } = serving();

  before(async () => {
    oldLog = await OldLog.write(freshDir());
  });

  describe('data that is not its own', () => {
    it('refuses a directory that Debian’s etcd wrote, says what to do, and does not touch it', async function () {
      const etcd = installed('etcd', 'package etcd-server');
      if (etcd === undefined) return this.skip();
      const dataDir = freshDir();
      const server = await startEtcd(etcd, { dataDir });
      const c = client(server.endpoint);
      await c.put('a', 'b');
      await server.stop();
      await assertRefusedUntouched(serve, dataDir);
    });

    for (const release of ['3.4.23', '3.5.30']) {
      it(`refuses a directory of etcd ${release} that was killed`, async function () {
        const archive = join(projectRoot, `../shared/fixtures/etcd-${release}/data-dir.tar.gz`);
        if (!existsSync(archive)) {
          console.log(`      skipped: no ${archive.slice(projectRoot.length)}`);
          return this.skip();
        }
        const dataDir = freshDir();
        mkdirSync(dataDir, { mode: 0o700 });
        assert.equal(spawnSync('tar', ['-xzf', archive, '-C', dataDir]).status, 0);
        await assertRefusedUntouched(serve, dataDir);
      });
    }

    it('refuses a database without the log that goes with it', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir, '--snapshot-count=10')).ready();
      const c = client(at.client);
      for (let i = 0; i < 30; i++) await c.put('k', String(i));
      await served.logged('saved snapshot to disk');
      await served.end('SIGTERM');
      const database = join(dataDir, 'member/snap/kvctl.mdb');
      copyFileSync(database, join(root(), 'kept.mdb'));
      rmSync(database);
      assert.match(await refusal(serve(member(at, dataDir))), /database file|snapshot/);
      copyFileSync(join(root(), 'kept.mdb'), database);
      await serve(member(at, dataDir)).ready();
      assert.equal(text((await client(at.client).range('k')).kvs[0].value), '29');
    });
  });

  describe('coming back', function () {
    this.timeout(90_000);
    it('keeps keys, revision, hash and leases; the time of a lease starts again', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir)).ready();
      let c = client(at.client);
      const lease = (await c.call(rpc.LeaseService.leaseGrant, { TTL: 30 })).ID;
      await c.put('leased', 'x', { lease });
      for (let i = 0; i < 50; i++) await c.put(`k${i % 7}`, String(i));
      await c.del('k3');
      await c.call(rpc.KVService.compact, { revision: 20, physical: true });
      const view = async (): Promise<unknown[]> => {
        const { header, kvs } = await c.range('\0', { rangeEnd: Buffer.from([0]) });
        const { hash } = await c.call(rpc.MaintenanceService.hashKV, {});
        return [header!.revision, header!.clusterId, header!.memberId, hash, kvs];
      };
      const ttl = async (): Promise<number> =>
        (await c.call(rpc.LeaseService.leaseTimeToLive, { ID: lease, keys: true })).TTL;
      const before = await view();
      await until(
        async () => (await ttl()) <= 27,
        10_000,
        () => 'the lease does not age',
      );
      await served.end('SIGTERM');
      await serve(member(at, dataDir)).ready();
      c = client(at.client);
      assert.deepEqual(await view(), before);
      assert((await ttl()) >= 28, `TTL ${await ttl()} after the restart`);
      const info = await c.call(rpc.LeaseService.leaseTimeToLive, { ID: lease, keys: true });
      assert.deepEqual([info.grantedTTL, info.keys.map(text)], [30, ['leased']]);
      await assert.rejects(c.range('k1', { revision: 19 }), /required revision has been compacted/);
    });

    it('goes on with a compaction that kill -9 interrupted, to the same data as without', async () => {
      // A slice is 1,000 entries: seven slices, half a second apart.
      const REVISIONS = 7_000;
      const slow = '--compaction-sleep-interval=500ms';
      const [at, other] = [await addresses(), await addresses()];
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir, slow)).ready();
      const twin = await serve(member(other, freshDir())).ready();
      const fill = async (c: TestClient): Promise<void> => {
        for (let i = 0; i < REVISIONS; i += 100)
          await Promise.all(Array.from({ length: 100 }, (_, j) => c.put(`k${j % 10}`, `${i}`)));
        await c.del('k5');
      };
      let c = client(at.client);
      const undisturbed = client(other.client);
      await Promise.all([fill(c), fill(undisturbed)]);
      const revision = REVISIONS - 10;
      await undisturbed.call(rpc.KVService.compact, { revision, physical: true });
      await c.call(rpc.KVService.compact, { revision });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      assert(!served.messages().includes('finished scheduled compaction'), 'too fast to be interrupted');
      await served.end('SIGKILL');

      const again = await serve(member(at, dataDir)).ready();
      c = client(at.client);
      await assert.rejects(c.range('k1', { revision: revision - 1 }), /required revision has been compacted/);
      const finished = await again.logged('finished scheduled compaction');
      assert.equal(finished['compact-revision'], revision);
      assert(twin.messages().includes('finished scheduled compaction'));
      for (const at of [0, revision + 5]) {
        const [ours, theirs] = await Promise.all(
          [c, undisturbed].map((x) => x.call(rpc.MaintenanceService.hashKV, { revision: at })),
        );
        assert.deepEqual(
          [ours.hash, ours.compactRevision],
          [theirs.hash, theirs.compactRevision],
          `at ${at}`,
        );
      }
    });

    it('lets go of old log segments, and comes back without them', async () => {
      await until(
        () =>
          oldLog.segments().length === 1 &&
          oldLog.segments()[0] !== oldLog.first &&
          oldLog.snapshots().length === 2,
        PURGE_MS + 10_000,
        () => `still there: ${[...oldLog.segments(), ...oldLog.snapshots()].join(' ')}`,
      );
      await oldLog.served.end('SIGKILL');
      await serve(oldLog.args).ready();
      const back = client(oldLog.at.client);
      assert.equal(text((await back.range('last')).kvs[0].value), 'one');
      assert.equal((await back.prefix('big/', { countOnly: true })).count, 8);
    });
  });
});
