import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { exchange } from '../../support/exchange.ts';
import { installed, temporaryDirectory } from '../../support/processes.ts';

describe('data between etcd and kvctl, by snapshots', function () {
  this.timeout(120_000);

  it('is the same on both sides, and after its way back', async function () {
    const etcd = installed('etcd', 'exchange with etcd');
    const etcdRestore = installed('etcdctl', 'exchange with etcd');
    if (!etcd || !etcdRestore) return this.skip();
    const directory = temporaryDirectory('exchange');
    try {
      const plan = { directory, etcd, etcdRestore, keys: 200, revisions: 2_000, onStep() {} };
      const { stops, saveMiB, idleMiB } = await exchange(plan);
      assert.equal(stops.length, 3);
      for (const stop of stops) assert.deepEqual(stop, { ...stops[0], where: stop.where });
      assert.ok(saveMiB - idleMiB < 64, `snapshot save holds ${saveMiB - idleMiB} MiB`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
