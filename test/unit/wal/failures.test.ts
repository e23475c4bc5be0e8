import assert from 'node:assert/strict';
import type { DiskError } from '../../../src/core/ports/disk.ts';
import type { LogStoreError } from '../../../src/core/ports/log-store.ts';
import { type DiskOperation, SimDisk } from '../../../src/storage/disk/index.ts';
import { type OpenedLog, openLog, readLog } from '../../../src/storage/wal/index.ts';
import { seeded, VirtualClock } from '../../support/virtual-clock.ts';

const CONF = { voters: [1n], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const SEGMENT_BYTES = 4096;
const FIRST = '/d/wal/0000000000000000-0000000000000000.wal';

/** A log on a simulated disk. */
class World {
  readonly clock = new VirtualClock();
  readonly disk: SimDisk;
  readonly durableWrites: string[] = [];

  constructor(latencyMs: (operation: DiskOperation) => number = () => 0, seed = 7) {
    this.disk = new SimDisk({ random: seeded(seed), clock: this.clock, latencyMs });
    this.failWhen(() => false, 'EIO');
  }

  failWhen(condition: (operation: DiskOperation) => boolean, code: string): void {
    this.disk.fault = (operation) => {
      if (operation.kind === 'writeDurable') this.durableWrites.push(operation.path);
      return condition(operation) ? code : undefined;
    };
  }

  async open(milliseconds: number[] = []): Promise<OpenedLog> {
    await this.clock.complete(this.disk.makeDirectory('/d/snap', 0o700));
    for (const path of ['/', '/d']) await this.clock.complete(this.disk.syncDirectory(path));
    return this.clock.complete(
      openLog({
        disk: this.disk,
        directory: '/d/wal',
        snapDirectory: '/d/snap',
        identity: { nodeId: 1n, clusterId: 2n },
        maxSegments: 2,
        maxSnapshots: 2,
        now: () => this.clock.now(),
        observer: { onWrite: (ms) => milliseconds.push(ms) },
        segmentBytes: SEGMENT_BYTES,
      }),
    );
  }
}

function append({ log }: OpenedLog, index: number, bytes = 100): Promise<LogStoreError | null> {
  const entries = [{ type: 0, term: 1, index, data: Buffer.alloc(bytes, 1) }];
  return new Promise((resolve) => log.append({ entries, mustSync: true }, resolve));
}

describe('a disk that fails', () => {
  for (const code of ['EIO', 'ENOSPC']) {
    it(`with ${code} ends the log: all that waits fails, and nothing is written any more`, async () => {
      const world = new World(({ kind }) => (kind === 'writeDurable' ? 5 : 0));
      const opened = await world.open();
      assert.equal(await world.clock.complete(append(opened, 1)), null);
      world.failWhen(({ kind }) => kind === 'writeDurable', code);
      const before = world.durableWrites.length;
      const errors = await world.clock.complete(Promise.all([2, 3, 4].map((index) => append(opened, index))));
      for (const error of errors) {
        assert(error?.kind === 'io');
        assert.equal((error.cause as DiskError).code, code);
      }
      world.failWhen(() => false, code);
      assert.equal((await world.clock.complete(append(opened, 5)))?.kind, 'io');
      const snapshot = { data: new Uint8Array(1), metadata: { index: 1, term: 1, confState: CONF } };
      const refused = new Promise<LogStoreError | null>((done) => opened.log.saveSnapshot(snapshot, done));
      assert.equal((await world.clock.complete(refused))?.kind, 'io');
      assert.equal(world.durableWrites.length, before + 1, 'a failed sync is not tried again');
      await assert.rejects(world.clock.complete(opened.log.close()), { kind: 'io' });
    });
  }

  it('what a failed sync left in memory is on the disk before a restart trusts it', async () => {
    let trusted = 0;
    for (let seed = 0; seed < 40; seed++) {
      const world = new World(() => 0, seed);
      const opened = await world.open();
      assert.equal(await world.clock.complete(append(opened, 1)), null);
      world.failWhen(({ kind }) => kind === 'writeDurable', 'EIO');
      await world.clock.complete(append(opened, 2, 1500));
      world.failWhen(() => false, 'EIO');
      // The process ends; the machine, and with it what is in memory, goes on.
      world.disk.kill();
      const { contents } = await world.open();
      const last = contents.entries.at(-1)!.index;
      trusted += last === 2 ? 1 : 0;
      world.disk.powerCut();
      const after = await world.clock.complete(readLog(world.disk, '/d/wal'));
      assert.equal(after.contents.entries.at(-1)!.index, last, `seed ${seed}`);
    }
    assert.ok(trusted > 10, `entry 2 was there in ${trusted} of 40 restarts`);
  });

  it('while a segment is cut ends the log, too', async () => {
    for (const kind of ['truncate', 'sync', 'write', 'rename', 'syncDirectory']) {
      const world = new World();
      const opened = await world.open();
      world.failWhen((operation) => operation.kind === kind, 'EIO');
      const errors: (LogStoreError | null)[] = [];
      for (let index = 1; index <= 60; index++) {
        errors.push(await world.clock.complete(append(opened, index)));
      }
      const failed = errors.findIndex((error) => error !== null);
      assert(failed > 0, kind);
      assert(
        errors.slice(failed).every((error) => error?.kind === 'io'),
        kind,
      );
      await assert.rejects(world.clock.complete(opened.log.close()), { kind: 'io' }, kind);
      world.failWhen(() => false, 'EIO');
      world.disk.powerCut();
      world.clock.drop();
      const { contents } = await world.open();
      assert(contents.entries.length >= failed, `${kind}: ${contents.entries.length} of ${failed}`);
    }
  });

  it('that is slow is reported with its time', async () => {
    const world = new World(({ kind }) => (kind === 'writeDurable' ? 1500 : 0));
    const times: number[] = [];
    const opened = await world.open(times);
    await world.clock.complete(append(opened, 1));
    assert.deepEqual(times, [1500]);
  });
});

describe('a log on its own terms', () => {
  it('does not write for a commit index alone, and does with the next entry', async () => {
    const world = new World();
    const opened = await world.open();
    const hardState = { term: 1, vote: 1n, commit: 0 };
    const hand = (commit: number) =>
      new Promise<LogStoreError | null>((done) =>
        opened.log.append({ entries: [], hardState: { ...hardState, commit }, mustSync: false }, done),
      );
    assert.equal(await world.clock.complete(hand(0)), null);
    assert.equal(world.durableWrites.length, 1, 'a new term and vote are synced');
    assert.equal(await world.clock.complete(hand(1)), null);
    assert.equal(world.durableWrites.length, 1, 'a commit index is not');
    await world.clock.complete(append(opened, 1));
    assert.equal(world.durableWrites.length, 2);
    world.disk.powerCut();
    world.clock.drop();
    const { contents } = await world.open();
    assert.deepEqual(contents.hardState, { ...hardState, commit: 1 });
  });

  it('acknowledges nothing inside a call, and everything in order', async () => {
    const world = new World(({ kind }) => (kind === 'writeDurable' ? 3 : 0));
    const { log } = await world.open();
    const told: number[] = [];
    const batch = (index: number, sync: boolean) =>
      sync
        ? { entries: [{ type: 0, term: 1, index, data: new Uint8Array(1500) }], mustSync: true }
        : { entries: [], hardState: { term: 0, vote: 0n, commit: index }, mustSync: false };
    let index = 0;
    for (let i = 0; i < 30; i++)
      log.append(batch(i % 3 === 0 ? ++index : index, i % 3 === 0), () => told.push(i));
    assert.deepEqual(told, []);
    await world.clock.complete(log.close());
    assert.deepEqual(
      told,
      Array.from({ length: 30 }, (_, i) => i),
    );
  });

  it('cuts a torn tail off, keeps a copy, and goes on', async () => {
    const world = new World();
    const opened = await world.open();
    for (let index = 1; index <= 3; index++) await world.clock.complete(append(opened, index, 700));
    await world.clock.complete(opened.log.close());
    const { tail } = await world.clock.complete(readLog(world.disk, '/d/wal'));
    const file = await world.clock.complete(world.disk.open(FIRST, 'write'));
    // A sector in the middle of the last record never made it.
    await world.clock.complete(file.write(new Uint8Array(512), Math.floor((tail.end - 1) / 512) * 512 - 512));
    const repaired = await world.open();
    assert.match(repaired.repaired ?? '', /crc mismatch|malformed/);
    assert.equal(repaired.contents.entries.length, 2);
    assert(await world.clock.complete(world.disk.stat(`${FIRST}.broken`)));
    assert.equal(await world.clock.complete(append(repaired, 3)), null);
    await world.clock.complete(repaired.log.close());
    assert.equal((await world.open()).contents.entries.length, 3);
  });

  it('takes a torn record in another segment than the last for damage', async () => {
    const world = new World();
    const opened = await world.open();
    for (let index = 1; index <= 60; index++) await world.clock.complete(append(opened, index));
    await world.clock.complete(opened.log.close());
    const file = await world.clock.complete(world.disk.open(FIRST, 'write'));
    await world.clock.complete(file.write(new Uint8Array(1024), 1024));
    await world.clock.complete(file.write(new Uint8Array(8).fill(0x7f), 1016));
    await assert.rejects(world.open(), { kind: 'corrupt', path: FIRST });
  });
});
