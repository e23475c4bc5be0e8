import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from '../../support/grpc-client.ts';
import { type ServerProcess, startKvctl, temporaryDirectory, until } from '../../support/processes.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';
import { atServer, kvctl, statusOf } from './support.ts';

const MIB = 1024 ** 2;
const DISK_BYTES = 24 * MIB;
const LARGE_PUTS = 10;

describe('a disk that is full', function () {
  this.timeout(90_000);
  let disk: SmallDisk | undefined;
  let log: string;
  let server: ServerProcess | undefined;

  async function put(...values: readonly (readonly [key: string, bytes: number])[]): Promise<void> {
    const client = new TestClient(server!.endpoint);
    try {
      for (const [key, bytes] of values) await client.put(key, Buffer.alloc(bytes, 97));
    } finally {
      client.close();
    }
  }

  /** A member whose database is on the small disk and its log elsewhere, with 10 MiB of live data. */
  beforeEach(async function () {
    disk = mountSmallDisk(DISK_BYTES);
    if (!disk) return this.skip();
    log = temporaryDirectory('full-disk-wal');
    const dataDir = join(disk.path, 'default.etcd');
    mkdirSync(dataDir, { mode: 0o700 });
    server = await startKvctl({ dataDir, args: [`--wal-dir=${join(log, 'wal')}`] });
    for (let i = 0; i < LARGE_PUTS; i++) await put([`large${i}`, MIB]);
    await put(['small', 1]);
    // What waits to be committed would meet the full disk, and end the member before the test begins.
    await until(
      async () => (await statusOf(server!)).dbSizeInUse > LARGE_PUTS * MIB,
      20_000,
      () => 'the puts are not committed',
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
  });

  afterEach(async () => {
    await server?.kill();
    server = undefined;
    disk?.dispose();
    disk = undefined;
    if (log) rmSync(log, { recursive: true, force: true });
  });

  const snapDir = (): string => join(disk!.path, 'default.etcd', 'member', 'snap');
  const keys = async (): Promise<string[]> =>
    (await atServer(server!, 'get', '', '--prefix', '--keys-only')).split('\n').filter((line) => line !== '');

  it('defrag: an error that says so, no half copy, and the member goes on', async () => {
    disk!.fill(4 * MIB);
    const ran = await kvctl(`--endpoints=${server!.endpoint}`, '--command-timeout=30s', 'defrag');
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^Failed to defragment etcd member\[.*no space left on device/im);
    assert.match(server!.log(), /failed to defragment; the database goes on as it was.*no space left/i);
    assert.ok(!readdirSync(snapDir()).some((name) => name.includes('defragment')));
    await put(['after', 1]);
    disk!.empty();
    await atServer(server!, 'defrag');
    assert.equal((await keys()).length, LARGE_PUTS + 2);
    await server!.restart();
    assert.equal((await keys()).length, LARGE_PUTS + 2);
  });

  it('compaction: the member stops with the reason, and has lost nothing when there is room', async () => {
    await put(['k0', 1], ['k1', 1], ['k2', 1]);
    await atServer(server!, 'del', 'large', '--prefix');
    const { revision } = await statusOf(server!);
    disk!.fill(0);
    const writes = async (): Promise<boolean> => {
      await kvctl(
        `--endpoints=${server!.endpoint}`,
        '--command-timeout=2s',
        'put',
        'more',
        'v'.repeat(60_000),
      );
      return server!.exitCode() !== null;
    };
    await kvctl(
      `--endpoints=${server!.endpoint}`,
      '--command-timeout=5s',
      'compaction',
      String(revision),
      '--physical',
    );
    await until(writes, 40_000, () => 'the member went on without a disk');
    assert.equal(server!.exitCode(), 1);
    assert.match(server!.log(), /"level":"(fatal|error|panic)".*no space left on device/i);
    disk!.empty();
    await server!.restart();
    const kept = await keys();
    for (const key of ['k0', 'k1', 'k2', 'small']) assert.ok(kept.includes(key), key);
    assert.ok(!kept.some((key) => key.startsWith('large')));
    await put(['again', MIB]);
    await atServer(server!, 'compaction', String((await statusOf(server!)).revision), '--physical');
  });

  it('snapshot save, backup run and restore test: errors that say so, and nothing half done', async () => {
    disk!.fill(2 * MIB);
    const at = `--endpoints=${server!.endpoint}`;
    const saved = await kvctl(at, 'snapshot', 'save', join(disk!.path, 'saved.db'));
    assert.equal(saved.code, 5);
    assert.match(saved.stderr, /^Error: .*no space left on device/im);
    const place = join(disk!.path, 'backups');
    const backup = await kvctl(at, 'backup', 'run', '--once', '--retries=0', `--to=${place}`);
    assert.equal(backup.code, 1);
    assert.match(backup.stderr, /"msg":"backup failed".*no space left on device/i);
    assert.deepEqual(readdirSync(place), []);
    const work = join(disk!.path, 'work');
    const elsewhere = join(log, 'backups');
    const tested = await kvctl(
      at,
      'backup',
      'run',
      '--once',
      '--retries=0',
      `--to=${elsewhere}`,
      `--work-dir=${work}`,
    );
    assert.equal(tested.code, 1);
    assert.match(tested.stderr, /the restore test of .* failed: .*no space left on device/i);
    assert.deepEqual([readdirSync(elsewhere), readdirSync(work)], [[], []]);
    assert.ok(!existsSync(join(disk!.path, 'saved.db.part')));
    await put(['after', 1]);
  });
});
