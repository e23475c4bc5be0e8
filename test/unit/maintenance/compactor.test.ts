import assert from 'node:assert/strict';
import type { Timer } from '../../../src/core/ports/clock.ts';
import { Compactor } from '../../../src/member/compactor.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A loop that comes to its timers late, as one that has requests to serve. */
class BusyClock extends VirtualClock {
  lateMs = 0;
  readonly pauses: number[] = [];

  override after(milliseconds: number, run: () => void): Timer {
    this.pauses.push(milliseconds);
    return super.after(milliseconds + this.lateMs, run);
  }
}

const PAUSE_MS = 10;

/** Compacts in so many slices; gives the pauses that were asked for. */
async function pausesOf(lateness: readonly number[]): Promise<number[]> {
  const clock = new BusyClock();
  const finished: number[] = [];
  const compactor = new Compactor({
    clock,
    pauseMs: PAUSE_MS,
    flush: async () => {},
    onFinished: (revision) => finished.push(revision),
  });
  let step = 0;
  compactor.start(7, {
    step() {
      clock.lateMs = lateness[step] ?? 0;
      return step++ === lateness.length;
    },
    result: undefined,
  });
  await clock.complete(new Promise<void>((resolve) => compactor.whenFinished(7, resolve)));
  assert.deepEqual(finished, [7]);
  return clock.pauses;
}

describe('the pace of a compaction', () => {
  it('nobody waits: the pauses of --compaction-sleep-interval', async () => {
    assert.deepEqual(await pausesOf([0, 0, 0]), [10, 10, 10]);
  });

  it('requests wait: longer pauses, for as long as they do', async () => {
    assert.deepEqual(await pausesOf([5, 20, 0, 0]), [10, 30, 90, 10]);
  });

  it('but it comes to its end', async () => {
    assert.deepEqual(await pausesOf([10_000, 10_000, 0]), [10, 250, 250]);
  });
});

describe('an entry that compacts', () => {
  // A snapshot or a crash between the two would find the compaction under the index of the entry before.
  it('is not written without its index: the flush of its compaction comes behind the entry', async () => {
    const clock = new VirtualClock();
    let applied = 0;
    const written: number[] = [];
    const compactor = new Compactor({
      clock,
      pauseMs: PAUSE_MS,
      flush: async () => void written.push(applied),
      onFinished: () => {},
    });
    compactor.start(7, { step: () => true, result: undefined });
    applied = 1;
    await clock.complete(new Promise<void>((resolve) => compactor.whenFinished(7, resolve)));
    assert.deepEqual(written, [1, 1]);
  });
});
