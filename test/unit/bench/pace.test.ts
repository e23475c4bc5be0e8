import assert from 'node:assert/strict';
import type { Job } from '../../../src/bench/job.ts';
import { Pace } from '../../../src/bench/pace.ts';
import { portion, split } from '../../../src/bench/threads.ts';

describe('pace', () => {
  it('closed loop: always ready until the total, due when taken', () => {
    const pace = new Pace({ rate: 0, total: 2 });
    pace.start(100);
    assert.equal(pace.take(103, true), 103);
    assert.equal(pace.take(250, false), 250);
    assert.equal(pace.exhausted, true);
    assert.equal(pace.ready(1e9), false);
  });

  it('open loop: request n is due at start + n / rate', () => {
    const pace = new Pace({ rate: 100, total: 3 });
    pace.start(1000);
    assert.equal(pace.ready(999.9), false);
    const due = [];
    for (const now of [1000, 1010, 1020]) {
      assert.equal(pace.ready(now - 0.01), false);
      assert.equal(pace.ready(now), true);
      due.push(pace.take(now, false));
    }
    assert.deepEqual(due, [1000, 1010, 1020]);
  });

  it('a stalled server is charged for every request that was due meanwhile (coordinated omission)', () => {
    const pace = new Pace({ rate: 1000, total: 1000 });
    pace.start(0);
    // One client, and its first answer takes 500 ms: 500 requests were due in that time.
    assert.equal(pace.take(0, false), 0);
    const waited: number[] = [];
    while (pace.ready(500)) waited.push(500 - pace.take(500, true));
    assert.equal(waited.length, 500);
    assert.equal(waited[0], 499);
    assert.equal(waited[499], 0);
  });

  it("a timer's own lateness is not charged, but never more than 2 ms of it", () => {
    const late = (now: number) => {
      const pace = new Pace({ rate: 1000, total: 10 });
      pace.start(0);
      return pace.take(now, false);
    };
    assert.equal(late(1.5), 1.5);
    assert.equal(late(2), 2);
    assert.equal(late(50), 2);
  });

  it('threads that share a schedule take each of its requests once', () => {
    const due: number[] = [];
    for (const offset of [0, 1, 2]) {
      const pace = new Pace({ rate: 300, total: 100, offset, stride: 3 });
      pace.start(0);
      while (!pace.exhausted) due.push(pace.take(1e9, true));
    }
    due.sort((a, b) => a - b);
    due.forEach((at, n) => {
      assert.ok(Math.abs(at - (n * 1000) / 300) < 1e-6);
    });
  });
});

describe('a job split over threads', () => {
  const job: Job = {
    targets: [],
    token: '',
    dialTimeoutMs: 0,
    connections: 7,
    clients: 10,
    load: { kind: 'lease-keepalive', streaming: false },
    total: 101,
    rate: 50,
    sample: false,
    share: { offset: 0, stride: 1 },
  };
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  it('keeps clients and requests, in parts that differ by one at most', () => {
    const jobs = split(job, 4);
    assert.equal(sum(jobs.map((each) => each.clients)), 10);
    assert.equal(sum(jobs.map((each) => each.total)), 101);
    assert.equal(sum(jobs.map((each) => each.connections)), 7);
    assert.deepEqual(
      jobs.map((each) => each.share),
      [0, 1, 2, 3].map((offset) => ({ offset, stride: 4 })),
    );
    assert.ok(jobs.every((each) => each.rate === 50));
    assert.deepEqual(
      [0, 1, 2].map((i) => portion(5, 3, i)),
      [2, 2, 1],
    );
  });

  it('makes no thread without a client or a request', () => {
    assert.equal(split({ ...job, clients: 2 }, 8).length, 2);
    assert.equal(split({ ...job, total: 1 }, 8).length, 1);
    assert.ok(split({ ...job, connections: 1 }, 4).every((each) => each.connections === 1));
  });
});
