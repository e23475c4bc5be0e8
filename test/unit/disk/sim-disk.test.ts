import assert from 'node:assert/strict';
import { readWholeFile } from '../../../src/core/ports/disk.ts';
import { SimDisk } from '../../../src/storage/disk/index.ts';
import { SECTOR_BYTES } from '../../../src/storage/disk/sim-file.ts';
import { seeded, VirtualClock } from '../../support/virtual-clock.ts';

function world(seed: number, capacityBytes?: number) {
  const clock = new VirtualClock();
  const disk = new SimDisk({ random: seeded(seed), clock, capacityBytes });
  return { clock, disk, run: <T>(promise: Promise<T>) => clock.complete(promise) };
}

describe('the simulated disk', () => {
  it('keeps through a power cut what was synced, and only sectors of what was not', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 200; seed++) {
      const { disk, run } = world(seed);
      const file = await run(disk.open('/f', 'create'));
      await run(file.write(Buffer.alloc(8192, 1), 0));
      await run(file.sync());
      await run(disk.syncDirectory('/'));
      await run(file.write(Buffer.alloc(8192, 2), 4096));
      await run(file.write(Buffer.alloc(8192, 3), 4096));
      disk.powerCut();
      const bytes = Buffer.from(await run(readWholeFile(disk, '/f')));
      assert(bytes.length === 8192 || bytes.length === 12288, `${bytes.length}`);
      assert(bytes.subarray(0, 4096).every((byte) => byte === 1));
      let picture = '';
      for (let at = 4096; at < bytes.length; at += SECTOR_BYTES) {
        const sector = bytes.subarray(at, at + SECTOR_BYTES);
        assert(
          sector.every((byte) => byte === sector[0]),
          'sectors are not torn',
        );
        assert(at < 8192 ? sector[0] >= 1 : [0, 2, 3].includes(sector[0]));
        picture += sector[0];
      }
      outcomes.add(picture);
    }
    assert(outcomes.size > 50, `${outcomes.size} outcomes of 200 cuts`);
  });

  it('forgets names that were not synced, in order', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) {
      const { disk, run } = world(seed);
      await run(disk.open('/a', 'create'));
      await run(disk.syncDirectory('/'));
      await run(disk.rename('/a', '/b'));
      await run(disk.open('/c', 'create'));
      await run(disk.remove('/b'));
      disk.powerCut();
      outcomes.add((await run(disk.list('/'))).join());
    }
    assert.deepEqual([...outcomes].sort(), ['a', 'b', 'b,c', 'c']);
  });

  it('loses what a failed sync did not write, whatever a later one says', async () => {
    let lost = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const { disk, run } = world(seed);
      const file = await run(disk.open('/f', 'create'));
      await run(disk.syncDirectory('/'));
      await run(file.write(Buffer.alloc(512, 1), 0));
      disk.fault = ({ kind }) => (kind === 'sync' ? 'EIO' : undefined);
      await assert.rejects(run(file.sync()), { code: 'EIO' });
      disk.fault = undefined;
      await run(file.sync());
      assert.equal((await run(readWholeFile(disk, '/f')))[0], 1, 'the page cache has it still');
      disk.powerCut();
      if ((await run(readWholeFile(disk, '/f')))[0] !== 1) lost++;
    }
    assert(lost > 5 && lost < 45, `${lost}`);
  });

  it('forgets a truncation wholly or keeps it wholly', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { disk, run } = world(seed);
      const file = await run(disk.open('/f', 'create'));
      await run(file.write(Buffer.alloc(4096, 1), 0));
      await run(file.sync());
      await run(disk.syncDirectory('/'));
      await run(file.truncate(1000));
      await run(file.truncate(4096));
      disk.powerCut();
      const bytes = Buffer.from(await run(readWholeFile(disk, '/f')));
      assert(bytes.subarray(0, 1000).every((byte) => byte === 1));
      assert(bytes.length === 1000 || bytes.length === 4096);
    }
  });

  it('runs full', async () => {
    const { disk, run } = world(1, 8192);
    const file = await run(disk.open('/f', 'create'));
    await run(file.write(Buffer.alloc(8000), 0));
    await assert.rejects(run(file.write(Buffer.alloc(8000), 8000)), { code: 'ENOSPC' });
  });

  it('never answers a process that is gone', async () => {
    const { clock, disk, run } = world(1);
    const file = await run(disk.open('/f', 'create'));
    let answered = false;
    file.writeDurable(new Uint8Array(10), 10, 0, () => (answered = true));
    disk.kill();
    while (await clock.step());
    assert.equal(answered, false);
    assert.equal((await run(readWholeFile(disk, '/f'))).length, 10);
  });

  it('is the same disk for the same seed', async () => {
    const runOnce = async () => {
      const { disk, run } = world(42);
      const file = await run(disk.open('/f', 'create'));
      await run(disk.syncDirectory('/'));
      for (let i = 0; i < 20; i++) await run(file.write(Buffer.alloc(700, i), i * 600));
      disk.powerCut();
      return Buffer.from(await run(readWholeFile(disk, '/f')));
    };
    assert((await runOnce()).equals(await runOnce()));
  });
});
