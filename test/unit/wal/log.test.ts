import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWholeFile } from '../../../src/core/ports/disk.ts';
import type { LogEntry } from '../../../src/core/ports/log-store.ts';
import { LogStoreError } from '../../../src/core/ports/log-store.ts';
import { NodeDisk, SimDisk } from '../../../src/storage/disk/index.ts';
import { type OpenedLog, openLog, readLog } from '../../../src/storage/wal/index.ts';
import { projectRoot } from '../../support/processes.ts';
import { seeded, VirtualClock } from '../../support/virtual-clock.ts';

const SEEDS = Number(process.env.KVCTL_WAL_SEEDS ?? 1000);
const IDENTITY = { nodeId: 0x8e9e05c52164694dn, clusterId: 0xcdf818194e3a8c32n };
const CONF = {
  voters: [IDENTITY.nodeId],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};
/** Small segments, so that a run of a few hundred entries cuts several. */
const SEGMENT_BYTES = 32 * 1024;

const open = (
  disk: SimDisk | NodeDisk,
  directory: string,
  now: () => number,
  segmentBytes?: number,
): Promise<OpenedLog> =>
  openLog({
    disk,
    directory: `${directory}/wal`,
    snapDirectory: `${directory}/snap`,
    identity: IDENTITY,
    maxSegments: 2,
    maxSnapshots: 2,
    now,
    observer: { onWrite() {} },
    segmentBytes,
  });

/**
 * The data of an entry, told by its index: what a tear damaged does not pass for it. It looks like frame headers, so that
 * remains of a torn write behind the tail would be taken for records if they were left there.
 */
function dataOf(index: number, length: number): Buffer {
  return Buffer.alloc(length, Buffer.from([1 + (index % 255), 0, 0, 0, 0, 0, 0, 0]));
}

/** What the log promised: everything acknowledged must be there after a crash; what was only handed over may be. */
class Promised {
  /** By index - 1; undefined where a snapshot took the place of entries that were never here. */
  entries: (LogEntry | undefined)[] = [];
  acknowledged = 0;
  term = 1;
  acknowledgedTerm = 0;
  /** The last commit index handed to the log: snapshots are taken of what is committed. */
  commit = 0;
  snapshot = 0;
  /** How far the acknowledgements that are still to come reach: less, once a later batch replaced entries. */
  outstanding = new Set<{ upTo: number }>();
  /** A snapshot from a leader is being stored: the node loop hands over nothing else meanwhile. */
  receiving = false;
}

function append(log: OpenedLog['log'], random: () => number, state: Promised): void {
  if (random() < 0.1) state.term++;
  const last = state.entries.length;
  const from = random() < 0.1 ? Math.max(state.acknowledged, last - 3) : last;
  state.entries.length = from;
  for (const earlier of state.outstanding) earlier.upTo = Math.min(earlier.upTo, from);
  const count = Math.floor(random() * 6);
  const entries: LogEntry[] = Array.from({ length: count }, (_, i) => ({
    type: 0,
    term: state.term,
    index: from + i + 1,
    data: dataOf(from + i + 1, Math.floor(random() * 700)),
  }));
  state.entries.push(...entries);
  state.commit = state.acknowledged;
  const promise = { upTo: state.entries.length };
  state.outstanding.add(promise);
  const { term } = state;
  log.append(
    { entries, hardState: { term, vote: 1n, commit: state.commit }, mustSync: count > 0 },
    (error) => {
      if (error) return;
      state.outstanding.delete(promise);
      if (count > 0) state.acknowledged = Math.max(state.acknowledged, promise.upTo);
      state.acknowledgedTerm = Math.max(state.acknowledgedTerm, count > 0 ? term : 0);
    },
  );
}

function takeSnapshot(log: OpenedLog['log'], state: Promised): void {
  const index = Math.min(state.commit, state.acknowledged - 5);
  const term = state.entries[index - 1]?.term;
  if (term === undefined) return;
  log.saveSnapshot({ data: new Uint8Array(10), metadata: { index, term, confState: CONF } }, (error) => {
    if (!error) state.snapshot = Math.max(state.snapshot, index);
  });
}

/** A leader's snapshot from ahead of the log, and then the hard state that goes with it. */
function receiveSnapshot(log: OpenedLog['log'], random: () => number, state: Promised): void {
  state.receiving = true;
  const index = state.entries.length + 5 + Math.floor(random() * 50);
  const { term } = state;
  log.saveSnapshot({ data: new Uint8Array(10), metadata: { index, term, confState: CONF } }, (failed) => {
    if (failed) return;
    const entries = Array.from({ length: Math.floor(random() * 3) }, (_, i) => ({
      type: 0,
      term,
      index: index + i + 1,
      data: dataOf(index + i + 1, 600),
    }));
    log.append({ entries, hardState: { term, vote: 1n, commit: index }, mustSync: true }, (error) => {
      if (error) return;
      state.entries.length = index;
      state.entries.push(...entries);
      state.commit = state.snapshot = index;
      state.acknowledged = state.entries.length;
      state.acknowledgedTerm = term;
      state.receiving = false;
    });
  });
}

/** Appends, overwrites, snapshots and purges at random for some steps; then the process is no more. */
async function live(
  opened: OpenedLog,
  clock: VirtualClock,
  random: () => number,
  state: Promised,
): Promise<void> {
  const { log } = opened;
  const steps = random() < 0.2 ? Math.floor(random() * 6) : 20 + Math.floor(random() * 120);
  for (let step = 0; step < steps; step++) {
    if (random() < 0.4 && !state.receiving) {
      if (random() < 0.08 && state.acknowledged - state.snapshot > 20) takeSnapshot(log, state);
      else if (random() < 0.01) receiveSnapshot(log, random, state);
      else append(log, random, state);
    }
    if (random() < 0.02) void log.purge().catch(() => {});
    await clock.step();
  }
}

function check({ contents }: OpenedLog, state: Promised, label: string): void {
  const base = contents.snapshot?.metadata.index ?? 0;
  const last = base + contents.entries.length;
  assert(
    last >= state.acknowledged,
    `${label}: log ends at ${last}, ${state.acknowledged} were acknowledged`,
  );
  assert(contents.hardState.term >= state.acknowledgedTerm, `${label}: term went back`);
  assert(contents.hardState.commit <= last, `${label}: commit ${contents.hardState.commit} beyond ${last}`);
  for (const entry of contents.entries) {
    const whole = dataOf(entry.index, entry.data.length);
    assert(whole.equals(entry.data), `${label}: entry ${entry.index} is damaged and was accepted`);
    if (entry.index > state.acknowledged) break;
    const promised = state.entries[entry.index - 1];
    assert(promised, `${label}: entry ${entry.index} out of nowhere`);
    assert.equal(entry.term, promised.term, `${label}: term of entry ${entry.index}`);
    assert.equal(entry.data.length, promised.data.length, `${label}: length of entry ${entry.index}`);
  }
}

/** What was read is what there is: entries that were never acknowledged may have made it, and now count. */
function goOnFrom({ contents }: OpenedLog, state: Promised): void {
  const base = contents.snapshot?.metadata.index ?? 0;
  state.entries.length = Math.max(state.entries.length, base);
  state.entries = [...state.entries.slice(0, base), ...contents.entries];
  state.acknowledged = state.entries.length;
  state.commit = contents.hardState.commit;
  state.term = Math.max(state.term, contents.hardState.term);
  state.snapshot = base;
  state.receiving = false;
  state.outstanding.clear();
}

describe('write-ahead log', () => {
  it(`keeps its promises through power cuts and kills (${SEEDS} seeds)`, async function () {
    this.timeout(SEEDS * 120);
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seeded(seed);
      const clock = new VirtualClock();
      const disk = new SimDisk({ random, clock, latencyMs: () => (random() < 0.5 ? 0 : 1 + random() * 3) });
      const state = new Promised();
      await clock.complete(disk.makeDirectory('/d/snap', 0o700));
      await clock.complete(disk.syncDirectory('/d'));
      await clock.complete(disk.syncDirectory('/'));
      for (let life = 0; life < 4; life++) {
        const opened = await clock.complete(open(disk, '/d', () => clock.now(), SEGMENT_BYTES));
        check(opened, state, `seed ${seed}, life ${life}`);
        // Opening reads from the newest snapshot on: that has to be what the whole log says.
        const whole = await clock.complete(readLog(disk, '/d/wal'));
        assert.deepEqual(opened.contents, whole.contents, `seed ${seed}, life ${life}: read short`);
        goOnFrom(opened, state);
        await live(opened, clock, random, state);
        // A killed process leaves the page cache behind: what the next one reads need not be on disk yet.
        if (random() < 0.3) disk.kill();
        else disk.powerCut();
        clock.drop();
      }
    }
  });

  it('keeps what a received snapshot has not yet replaced', async () => {
    const clock = new VirtualClock();
    const disk = new SimDisk({ random: seeded(1), clock });
    const reopen = () => clock.complete(open(disk, '/d', () => 0, 2048));
    await clock.complete(disk.makeDirectory('/d/snap', 0o700));
    for (const path of ['/', '/d']) await clock.complete(disk.syncDirectory(path));
    const { log } = await reopen();
    for (let index = 1; index <= 40; index++) {
      const entries = [{ type: 0, term: 1, index, data: dataOf(index, 300) }];
      await clock.complete(
        new Promise<void>((resolve) =>
          log.append({ entries, hardState: { term: 1, vote: 1n, commit: index - 1 }, mustSync: true }, () =>
            resolve(),
          ),
        ),
      );
    }
    const snapshot = { data: new Uint8Array(10), metadata: { index: 100, term: 2, confState: CONF } };
    await clock.complete(new Promise<void>((resolve) => log.saveSnapshot(snapshot, () => resolve())));
    // The hard state that commits it never comes: after the crash the log is the one from before, and whole.
    assert.deepEqual(await clock.complete(log.purge()), []);
    disk.powerCut();
    clock.drop();
    const { contents } = await reopen();
    assert.equal(contents.snapshot, undefined);
    assert.equal(contents.entries.length, 40);
  });

  it('reads from the segment on that its newest snapshot goes on in', async () => {
    const clock = new VirtualClock();
    const disk = new SimDisk({ random: seeded(1), clock });
    await clock.complete(disk.makeDirectory('/d/snap', 0o700));
    const { log } = await clock.complete(open(disk, '/d', () => 0, 2048));
    for (let index = 1; index <= 40; index++) {
      const entries = [{ type: 0, term: 1, index, data: dataOf(index, 300) }];
      const batch = { entries, hardState: { term: 1, vote: 1n, commit: index }, mustSync: true };
      await clock.complete(new Promise<void>((resolve) => log.append(batch, () => resolve())));
    }
    const snapshot = { data: new Uint8Array(10), metadata: { index: 30, term: 1, confState: CONF } };
    await clock.complete(new Promise<void>((resolve) => log.saveSnapshot(snapshot, () => resolve())));
    await clock.complete(log.close());
    const opened: string[] = [];
    const watching = Object.assign(Object.create(disk), {
      open: (path: string, mode: 'read') => {
        opened.push(path);
        return disk.open(path, mode);
      },
    });
    const read = async (newest: number) => {
      opened.length = 0;
      const { contents } = await clock.complete(readLog(watching, '/d/wal', newest));
      assert.equal(contents.snapshot?.metadata.index, 30);
      assert.equal(contents.entries.length, 10);
      return opened.length;
    };
    const all = await read(0);
    assert(all >= 5, `${all} segments`);
    assert((await read(30)) < all);
    // A .snap file that the log does not speak of: nothing is taken on trust.
    assert((await read(39)) > all);
  });

  it('clears what a torn write left behind the tail', async () => {
    const clock = new VirtualClock();
    const disk = new SimDisk({ random: seeded(1), clock });
    await clock.complete(disk.makeDirectory('/d/snap', 0o700));
    const reopen = () => clock.complete(open(disk, '/d', () => 0, SEGMENT_BYTES));
    const path = '/d/wal/0000000000000000-0000000000000000.wal';
    await clock.complete((await reopen()).log.close());
    const file = await clock.complete(disk.open(path, 'write'));
    await clock.complete(file.write(Buffer.alloc(4096, 0x18), 1024));
    await clock.complete((await reopen()).log.close());
    const bytes = await clock.complete(readWholeFile(disk, path));
    assert.equal(bytes.length, SEGMENT_BYTES);
    assert(bytes.subarray(1024).every((byte) => byte === 0));
  });

  it('starts with the bytes that etcd starts with', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-'));
    try {
      const disk = new NodeDisk();
      await disk.makeDirectory(`${directory}/snap`, 0o700);
      const { log } = await open(disk, directory, () => 0);
      await log.close();
      const bytes = readFileSync(`${directory}/wal/0000000000000000-0000000000000000.wal`);
      assert.equal(bytes.length, 64_000_000);
      assert.equal(bytes.subarray(0, 16).toString('hex'), '04000000000000840804100000000000');
      assert.equal(bytes.subarray(24, 26).toString('hex'), '0801');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('groups what waits: many appends, few writes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-'));
    try {
      const disk = new NodeDisk();
      await disk.makeDirectory(`${directory}/snap`, 0o700);
      let writes = 0;
      const { log } = await openLog({
        disk,
        directory: `${directory}/wal`,
        snapDirectory: `${directory}/snap`,
        identity: IDENTITY,
        maxSegments: 5,
        maxSnapshots: 5,
        now: () => 0,
        observer: { onWrite: () => writes++ },
      });
      const order: number[] = [];
      await Promise.all(
        Array.from(
          { length: 500 },
          (_, i) =>
            new Promise<void>((resolve, reject) => {
              const entries = [{ type: 0, term: 1, index: i + 1, data: Buffer.alloc(100) }];
              log.append({ entries, mustSync: true }, (error) => {
                order.push(i);
                if (error) reject(error);
                else resolve();
              });
            }),
        ),
      );
      await log.close();
      assert.deepEqual(
        order,
        Array.from({ length: 500 }, (_, i) => i),
      );
      assert(writes <= 3, `${writes} writes for 500 appends that waited`);
      const { contents } = await readLog(disk, `${directory}/wal`);
      assert.equal(contents.entries.length, 500);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('says where a log is damaged, and does not guess', async () => {
    const clock = new VirtualClock();
    const disk = new SimDisk({ random: seeded(1), clock });
    await clock.complete(disk.makeDirectory('/d/snap', 0o700));
    const { log } = await clock.complete(open(disk, '/d', () => 0, SEGMENT_BYTES));
    for (let index = 1; index <= 20; index++) {
      const entries = [{ type: 0, term: 1, index, data: Buffer.alloc(100, index) }];
      const done = new Promise<void>((resolve) => log.append({ entries, mustSync: true }, () => resolve()));
      await clock.complete(done);
    }
    await clock.complete(log.close());
    const file = await clock.complete(disk.open('/d/wal/0000000000000000-0000000000000000.wal', 'write'));
    await clock.complete(file.write(Buffer.from([0xff]), 700));
    await assert.rejects(clock.complete(readLog(disk, '/d/wal')), (error: LogStoreError) => {
      assert(error instanceof LogStoreError);
      assert.equal(error.kind, 'corrupt');
      assert.match(error.message, /crc mismatch|malformed/);
      assert(error.offset !== undefined && error.offset < 701);
      return true;
    });
  });

  for (const release of ['etcd-3.4.23', 'etcd-3.5.30']) {
    it(`reads the log that a real ${release} wrote`, async function () {
      const archive = join(projectRoot, `../shared/fixtures/${release}/data-dir.tar.gz`);
      if (!existsSync(archive)) {
        console.log(`      skipped: the fixture of ${release} is not here`);
        return this.skip();
      }
      const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-'));
      try {
        execFileSync('tar', ['-xzf', archive, '-C', directory]);
        const [wal] = execFileSync('find', [directory, '-name', 'wal', '-type', 'd'], {
          encoding: 'utf8',
        }).split('\n');
        const { contents, tail } = await readLog(new NodeDisk(), wal);
        assert.equal(contents.identity.nodeId, IDENTITY.nodeId);
        assert.equal(contents.identity.clusterId, IDENTITY.clusterId);
        assert.equal(tail.torn, undefined);
        const last = contents.entries[contents.entries.length - 1];
        assert(contents.hardState.commit >= last.index - 1 && last.index > 50);
        contents.entries.forEach((entry, i) => {
          assert.equal(entry.index, contents.entries[0].index + i);
        });
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  }
});
