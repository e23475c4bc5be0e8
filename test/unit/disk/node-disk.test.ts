import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Disk, type DiskError, readWholeFile } from '../../../src/core/ports/disk.ts';
import { NodeDisk, SimDisk } from '../../../src/storage/disk/index.ts';
import { seeded } from '../../support/virtual-clock.ts';

/** What the port promises, on both disks. The simulated one runs on real time here: its clock answers at once. */
const instant = {
  after(_: number, run: () => void) {
    queueMicrotask(run);
    return { cancel() {} };
  },
};
const disks: [string, () => Disk][] = [
  ['NodeDisk', () => new NodeDisk()],
  ['NodeDisk without fsync', () => new NodeDisk({ unsafeNoFsync: true })],
  ['SimDisk', () => new SimDisk({ random: seeded(1), clock: instant })],
];

for (const [name, make] of disks) {
  describe(`a disk: ${name}`, () => {
    let root: string;
    let disk: Disk;
    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), 'kvctl-disk-'));
      disk = make();
      await disk.makeDirectory(root, 0o700);
    });
    afterEach(() => rmSync(root, { recursive: true }));

    it('reads what was written, in place, and zeros where nothing was', async () => {
      const file = await disk.open(`${root}/f`, 'create');
      await new Promise<void>((resolve, reject) =>
        file.writeDurable(Buffer.from('durable, and more'), 7, 10, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
      await file.write(Buffer.from('start'), 0);
      await file.truncate(30);
      await file.sync();
      assert.equal(await file.size(), 30);
      const into = Buffer.alloc(100, 0xff);
      assert.equal(await file.read(into, 0), 30);
      assert.equal(
        into.subarray(0, 30).toString('latin1'),
        `start${'\0'.repeat(5)}durable${'\0'.repeat(13)}`,
      );
      assert.equal(await file.read(Buffer.alloc(5), 28), 2);
      await file.truncate(3);
      await file.close();
      assert.equal(Buffer.from(await readWholeFile(disk, `${root}/f`)).toString(), 'sta');
      await (await disk.open(`${root}/f`, 'create')).close();
      assert.equal((await disk.stat(`${root}/f`))?.size, 0);
    });

    it('keeps names', async () => {
      await disk.makeDirectory(`${root}/a/b`, 0o700);
      await disk.makeDirectory(`${root}/a`, 0o700);
      for (const file of ['z', 'y', 'x']) await (await disk.open(`${root}/a/${file}`, 'create')).close();
      await disk.rename(`${root}/a/z`, `${root}/a/x`);
      await disk.remove(`${root}/a/y`);
      await disk.syncDirectory(`${root}/a`);
      assert.deepEqual(await disk.list(`${root}/a`), ['b', 'x']);
      assert.deepEqual(await disk.stat(`${root}/a/b`), { kind: 'directory', size: 0, mode: 0o700 });
      assert.deepEqual(await disk.stat(`${root}/a/x`), { kind: 'file', size: 0, mode: 0o600 });
      await disk.removeTree(`${root}/a`);
      await disk.removeTree(`${root}/a`);
      assert.equal(await disk.stat(`${root}/a`), undefined);
    });

    it('names what failed', async () => {
      const path = `${root}/none/f`;
      const failing: [string, () => Promise<unknown>][] = [
        ['open', () => disk.open(path, 'read')],
        ['open', () => disk.open(path, 'create')],
        ['remove', () => disk.remove(path)],
        ['list', () => disk.list(path)],
      ];
      for (const [operation, run] of failing) {
        await assert.rejects(run(), (error: DiskError) => {
          assert.equal(error.name, 'DiskError', operation);
          assert.equal(error.code, 'ENOENT', operation);
          assert.equal(error.path, path, operation);
          return true;
        });
      }
    });

    it('locks a directory once', async () => {
      const lock = await disk.lock(root);
      await assert.rejects(disk.lock(root), { code: 'ELOCKED' });
      await lock.release();
      await (await disk.lock(root)).release();
    });
  });
}

describe('NodeDisk', () => {
  it('makes private files unless told otherwise', async () => {
    const root = mkdtempSync(join(tmpdir(), 'kvctl-disk-'));
    try {
      const disk = new NodeDisk();
      await (await disk.open(`${root}/f`, 'create')).close();
      assert.equal(statSync(`${root}/f`).mode & 0o777, 0o600);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
