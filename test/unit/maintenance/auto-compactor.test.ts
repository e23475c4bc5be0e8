import assert from 'node:assert/strict';
import { ERR, type EtcdError } from '../../../src/core/errors.ts';
import { type AutoCompaction, AutoCompactor } from '../../../src/member/auto-compactor.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface World {
  readonly clock: VirtualClock;
  /** `minute:revision` of each compaction. */
  readonly done: string[];
  readonly reports: string[];
  leads: boolean;
  fail: EtcdError | undefined;
  /** Revisions a minute. */
  pace: number;
}

/** A store that is at revision 1 at first. */
function world(policy: AutoCompaction): World {
  const clock = new VirtualClock();
  const w: World = { clock, done: [], reports: [], leads: true, fail: undefined, pace: 1 };
  new AutoCompactor({
    clock,
    policy,
    currentRevision: () => 1 + Math.round((clock.now() / MINUTE) * w.pace),
    isLeader: () => w.leads,
    compact(revision, done) {
      if (!w.fail) w.done.push(`${clock.now() / MINUTE}:${revision}`);
      done(w.fail);
    },
    onReport: ({ kind }) => w.reports.push(kind),
  });
  return w;
}

/** Lets minutes pass. */
async function pass({ clock }: World, minutes: number): Promise<void> {
  const marks: number[] = [];
  clock.after(minutes * MINUTE, () => marks.push(1));
  while (marks.length === 0) await clock.step();
}

describe('automatic compaction', () => {
  it('periodic, an hour: nothing in the first hour, then every hour what is at least an hour old', async () => {
    const w = world({ mode: 'periodic', retentionMs: HOUR });
    await pass(w, 59);
    assert.deepEqual(w.done, []);
    await pass(w, 182);
    assert.deepEqual(w.done, ['60:1', '120:55', '180:115', '240:175']);
  });

  it('periodic, five minutes: the same on a smaller scale', async () => {
    const w = world({ mode: 'periodic', retentionMs: 5 * MINUTE });
    w.pace = 2;
    await pass(w, 16);
    assert.deepEqual(w.done, ['5:1', '10:10', '15:20']);
  });

  it('periodic, ten hours: the first after ten, then one every hour', async () => {
    const w = world({ mode: 'periodic', retentionMs: 10 * HOUR });
    await pass(w, 599);
    assert.deepEqual(w.done, []);
    await pass(w, 122);
    assert.deepEqual(w.done, ['600:1', '660:55', '720:115']);
  });

  it('periodic, ninety minutes: no whole number of hours, the same rule', async () => {
    const w = world({ mode: 'periodic', retentionMs: 90 * MINUTE });
    await pass(w, 89);
    assert.deepEqual(w.done, []);
    await pass(w, 122);
    assert.deepEqual(w.done, ['90:1', '150:55', '210:115']);
  });

  it('periodic, a second: samples ten times a second', async () => {
    const w = world({ mode: 'periodic', retentionMs: 1000 });
    w.pace = 60_000;
    await pass(w, 3.05 / 60);
    assert.deepEqual(
      w.done.map((each) => Math.round(Number(each.split(':')[0]) * 60_000)),
      [1000, 2000, 3000],
    );
    for (const each of w.done.slice(1)) {
      const [minute, revision] = each.split(':').map(Number);
      const age = minute * 60_000 - (revision - 1);
      assert.ok(age >= 1000 && age <= 1200, `${each}: ${age} ms old`);
    }
  });

  it('periodic: a compaction that takes long is not begun twice, and the next counts from its beginning', async () => {
    const clock = new VirtualClock();
    const begun: number[] = [];
    new AutoCompactor({
      clock,
      policy: { mode: 'periodic', retentionMs: HOUR },
      currentRevision: () => 1 + Math.round(clock.now() / MINUTE),
      isLeader: () => true,
      compact(_revision, done) {
        begun.push(clock.now() / MINUTE);
        clock.after(20 * MINUTE, () => done(undefined));
      },
      onReport() {},
    });
    await pass({ clock } as World, 200);
    assert.deepEqual(begun, [60, 120, 180]);
  });

  it('periodic: a revision that was compacted already is not compacted again', async () => {
    const w = world({ mode: 'periodic', retentionMs: HOUR });
    w.pace = 0;
    await pass(w, 200);
    assert.deepEqual(w.done, ['60:1']);
  });

  it('periodic: a failure is tried again at the next sample, what somebody else compacted is not', async () => {
    const w = world({ mode: 'periodic', retentionMs: HOUR });
    w.fail = ERR.Timeout;
    await pass(w, 61);
    assert.deepEqual(w.reports, ['starting', 'failed']);
    w.fail = undefined;
    await pass(w, 6);
    assert.deepEqual(w.done, ['66:1']);
    w.fail = ERR.Compacted;
    await pass(w, 61);
    assert.deepEqual(w.reports.slice(-2), ['starting', 'completed']);
    await pass(w, 40);
    assert.equal(w.reports.length, 6);
  });

  it('a member that does not lead compacts nothing, and knows the past when it comes to lead', async () => {
    const w = world({ mode: 'periodic', retentionMs: HOUR });
    w.leads = false;
    await pass(w, 151);
    assert.deepEqual(w.reports, []);
    w.leads = true;
    await pass(w, 6);
    assert.deepEqual(w.done, ['156:91']);
  });

  it('revision: every five minutes all but the newest so many', async () => {
    const w = world({ mode: 'revision', retention: 10 });
    w.pace = 3;
    await pass(w, 4);
    assert.deepEqual(w.done, []);
    await pass(w, 12);
    assert.deepEqual(w.done, ['5:6', '10:21', '15:36']);
  });

  it('revision: nothing before there are more than so many, nothing twice', async () => {
    const w = world({ mode: 'revision', retention: 100 });
    await pass(w, 99);
    assert.deepEqual(w.done, []);
    w.pace = 0;
    await pass(w, 60);
    assert.deepEqual(w.done, []);
  });

  it('off: no timer', async () => {
    const w = world({ mode: 'off' });
    await pass(w, 600);
    assert.deepEqual(w.reports, []);
  });
});
