import assert from 'node:assert/strict';
import { formatName, type NamedBackup, parseName } from '../../../src/backup/name.ts';
import { superseded } from '../../../src/backup/retention.ts';
import { nextSlot, runOnSchedule } from '../../../src/backup/schedule.ts';
import type { StoredBackup } from '../../../src/backup/target.ts';

const TIME = Date.UTC(2026, 10, 28, 16, 45, 30, 123);

describe('names of backups', () => {
  const cases: readonly [string, NamedBackup][] = [
    [
      'cdf818194e3a8c32-20261128T164530.123Z-r1234.db',
      { clusterId: 0xcdf818194e3a8c32n, time: TIME, revision: 1234 },
    ],
    ['0000000000000001-20261128T164530.123Z-r0.db', { clusterId: 1n, time: TIME, revision: 0 }],
  ];
  for (const [name, backup] of cases) {
    it(name, () => {
      assert.equal(formatName(backup), name);
      assert.deepEqual(parseName(name), backup);
    });
  }

  it('what is not one of ours', () => {
    for (const name of [
      '',
      'snapshot.db',
      'cdf818194e3a8c32-20261128T164530.123Z-r1234.db.part',
      'cdf818194e3a8c32-20261128T164530Z-r1234.db',
      'cdf818194e3a8c32-20261340T164530.123Z-r1234.db',
      'CDF818194E3A8C32-20261128T164530.123Z-r1234.db',
      'x/cdf818194e3a8c32-20261128T164530.123Z-r1234.db',
    ])
      assert.equal(parseName(name), undefined, name);
  });
});

describe('which backups go', () => {
  const stored = (clusterId: bigint, time: number): StoredBackup => ({
    name: `${clusterId}/${time}`,
    bytes: 1,
    revision: 1,
    clusterId,
    time,
  });
  const names = (backups: readonly StoredBackup[]): string[] => backups.map(({ name }) => name);

  it('all but the newest of each cluster, oldest first', () => {
    const all = [stored(1n, 3), stored(2n, 1), stored(1n, 1), stored(1n, 2), stored(2n, 9), stored(3n, 5)];
    assert.deepEqual(names(superseded(all, 1)), ['1/1', '2/1', '1/2']);
    assert.deepEqual(names(superseded(all, 2)), ['1/1']);
    assert.deepEqual(superseded(all, 3), []);
  });
});

describe('when backups are taken', () => {
  it('the next whole interval from the start', () => {
    const cases: readonly [number, number, number, number][] = [
      [1000, 60, 1000, 1060],
      [1000, 60, 1059, 1060],
      [1000, 60, 1060, 1120],
      [1000, 60, 1500, 1540],
      // The clock was set back.
      [1000, 60, 500, 1060],
    ];
    for (const [start, every, now, next] of cases) assert.equal(nextSlot(start, every, now), next);
  });

  it('at once, then to the moment; what takes too long skips; a failure waits for the next time', async () => {
    const stop = new AbortController();
    let now = 5;
    const began: number[] = [];
    const waits: number[] = [];
    const takes = [10, 250, 20, 20];
    const wentWell = await runOnSchedule({
      everyMs: 100,
      signal: stop.signal,
      now: () => now,
      async sleep(milliseconds) {
        now += milliseconds;
        if (began.length === takes.length) stop.abort();
      },
      async run() {
        began.push(now);
        now += takes[began.length - 1];
        return began.length !== 3;
      },
      onWaiting: (until) => waits.push(until),
    });
    assert.deepEqual(began, [5, 105, 405, 505]);
    assert.deepEqual(waits, [105, 405, 505, 605]);
    assert.equal(wentWell, true);
  });

  it('says how the last one went when it is stopped', async () => {
    const stop = new AbortController();
    const run = async (): Promise<boolean> => {
      stop.abort();
      return false;
    };
    const options = { everyMs: 1, signal: stop.signal, now: () => 0, sleep: async () => {}, onWaiting() {} };
    assert.equal(await runOnSchedule({ ...options, run }), false);
  });
});
