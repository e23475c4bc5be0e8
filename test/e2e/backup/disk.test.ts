/** Disks that are full or cannot be written, as mounts of a namespace that each test makes for itself. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from '../../support/grpc-client.ts';
import {
  kvctlBin,
  type Ran,
  run,
  type ServerProcess,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';

const VALUE_BYTES = 30_000;
const VALUES = 120;

describe('disks that are full or read only', function () {
  this.timeout(60_000);
  let directory: string;
  let disk: string;
  let server: ServerProcess | undefined;
  let saved: string;

  /** Runs `script` where `disk` is mounted as `mount` says; what it writes there is gone afterwards. */
  const mounted = (mount: string, script: string): Promise<Ran> =>
    run(
      'unshare',
      ['-m', 'sh', '-c', `${mount} && { ${script}; echo "code $?"; echo "left: $(ls -A ${disk})"; }`],
      {
        timeoutMs: 30_000,
      },
    );
  const small = (): string => `mount -t tmpfs -o size=1m none ${disk}`;
  const readOnly = (): string => `mount --bind ${disk} ${disk} && mount -o remount,bind,ro ${disk}`;
  const kvctl = (...args: string[]): string => [process.execPath, kvctlBin, ...args].join(' ');

  before(async function () {
    directory = temporaryDirectory('disk');
    disk = join(directory, 'disk');
    mkdirSync(disk);
    const possible = await mounted(small(), 'true').catch(() => undefined);
    if (possible?.code !== 0) {
      console.log('      skipped: cannot mount in a namespace here (unshare -m)');
      return this.skip();
    }
    server = await startKvctl();
    const client = new TestClient(server.endpoint);
    for (let i = 0; i < VALUES; i++) await client.put(`key/${i}`, Buffer.alloc(VALUE_BYTES, i));
    client.close();
    saved = join(directory, 'saved.db');
    const ran = await run(process.execPath, [
      kvctlBin,
      `--endpoints=${server.endpoint}`,
      'snapshot',
      'save',
      saved,
    ]);
    assert.equal(ran.code, 0, ran.stderr);
  });
  after(async () => {
    await server?.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  function refused({ stdout, stderr }: Ran, message: RegExp): void {
    assert.match(stdout, /code [1-9]/);
    assert.match(stderr.trim().split('\n').at(-1)!, message);
    assert.match(stdout, /left: $/m);
  }

  it('snapshot save on a full disk leaves nothing', async () => {
    refused(
      await mounted(
        small(),
        kvctl(`--endpoints=${server!.endpoint}`, 'snapshot', 'save', join(disk, 'a.db')),
      ),
      /no space left on device/i,
    );
  });

  it('snapshot restore on a full disk leaves nothing, and the snapshot as it was', async () => {
    const before_ = readFileSync(saved);
    refused(
      await mounted(small(), kvctl('snapshot', 'restore', saved, `--data-dir=${join(disk, 'a.etcd')}`)),
      /no space left on device/i,
    );
    assert.ok(readFileSync(saved).equals(before_));
  });

  it('nothing is saved or restored where nothing can be written', async () => {
    refused(
      await mounted(readOnly(), kvctl('snapshot', 'restore', saved, `--data-dir=${join(disk, 'a.etcd')}`)),
      /read-only file system/i,
    );
    refused(
      await mounted(
        readOnly(),
        kvctl(`--endpoints=${server!.endpoint}`, 'snapshot', 'save', join(disk, 'a.db')),
      ),
      /read-only file system/i,
    );
  });

  it('a member does not start on a read-only data directory, and check data reads it', async () => {
    const dataDir = join(disk, 'member.etcd');
    const made = await run(process.execPath, [
      kvctlBin,
      'snapshot',
      'restore',
      saved,
      `--data-dir=${dataDir}`,
    ]);
    assert.equal(made.code, 0, made.stderr);
    writeFileSync(join(dataDir, '.lock'), '');
    const serve = await mounted(
      readOnly(),
      kvctl(
        'serve',
        `--data-dir=${dataDir}`,
        '--listen-client-urls=http://127.0.0.1:0',
        '--advertise-client-urls=http://127.0.0.1:1',
        '--listen-peer-urls=http://127.0.0.1:0',
      ),
    );
    assert.match(serve.stdout, /code 1/);
    assert.match(serve.stderr, /cannot access data directory: .*read-only file system/i);
    const checked = await mounted(readOnly(), kvctl('check', 'data', dataDir));
    assert.match(checked.stdout, /No damage found/, checked.stderr);
    assert.match(checked.stdout, /code 0/);
  });
});
