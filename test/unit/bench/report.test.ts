import assert from 'node:assert/strict';
import { COMPARED_LOADS } from '../../../src/bench/compare/catalogue.ts';
import { measurementOf } from '../../../src/bench/compare/compare.ts';
import { comparisonMarkdown, summarizeComparison } from '../../../src/bench/compare/table.ts';
import { report } from '../../../src/bench/report/report.ts';
import { Recorder } from '../../../src/bench/stats/recorder.ts';
import { summarize } from '../../../src/bench/stats/summary.ts';

function recorded(options = { sample: false, openLoop: false }): Recorder {
  const recorder = new Recorder(options);
  for (let ms = 1; ms <= 10; ms++) recorder.succeeded(100, 100 + ms / 2, 100 + ms);
  recorder.failed('Unavailable: etcdserver: no leader');
  return recorder;
}

const summaries = [{ name: 'put', summary: summarize(recorded(), 2000) }];

describe('reports', () => {
  it("text has the shape of etcd's benchmark tool", () => {
    assert.equal(
      report(summaries, { format: 'text', precise: false }),
      `
Summary:
  Total:\t2.0000 secs.
  Slowest:\t0.0100 secs.
  Fastest:\t0.0010 secs.
  Average:\t0.0055 secs.
  Stddev:\t0.0029 secs.
  Requests/sec:\t5.0000

Response time histogram:
  0.0010 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0019 [0]\t|
  0.0028 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0037 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0046 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0055 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0064 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0073 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0082 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0091 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.0100 [1]\t|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎

Latency distribution:
  10% in 0.0010 secs.
  25% in 0.0030 secs.
  50% in 0.0050 secs.
  75% in 0.0080 secs.
  90% in 0.0090 secs.
  95% in 0.0100 secs.
  99% in 0.0100 secs.
  99.9% in 0.0100 secs.

Error distribution:
  [1]\tUnavailable: etcdserver: no leader
`,
    );
  });

  it('several series are told apart; a rate shows service times; a sample shows seconds', () => {
    const summary = summarize(recorded({ sample: true, openLoop: true }), 2000);
    const text = report([{ name: 'read', summary }, ...summaries], { format: 'text', precise: true });
    assert.match(text, /^\nRead summary:\n {2}Total:\t2 secs\.\n/);
    assert.match(text, /\nPut summary:\n/);
    assert.match(text, /\nService time distribution .*:\n {2}10% in 0\.0005/);
    assert.match(
      text,
      /\nUNIX-SECOND,MIN-LATENCY-MS,AVG-LATENCY-MS,MAX-LATENCY-MS,AVG-THROUGHPUT\n\d+,1,5\.5,10,10\n/,
    );
  });

  it('JSON has every number, Markdown a row a series', () => {
    const { reports } = JSON.parse(report(summaries, { format: 'json', precise: false }));
    assert.equal(reports[0].name, 'put');
    assert.equal(reports[0].count, 10);
    assert.deepEqual(reports[0].errors, [{ text: 'Unavailable: etcdserver: no leader', count: 1 }]);
    const rows = report(summaries, { format: 'markdown', precise: false }).split('\n');
    // 9.002: the middle of the bucket that 9 ms are in.
    assert.equal(rows[2], '| put | 10 | 1 | 5 | 5.500 | 5.000 | 9.002 | 10.000 | 10.000 | 10.000 |');
  });

  it('two threads report as one', () => {
    const one = recorded({ sample: true, openLoop: true });
    one.add(recorded({ sample: true, openLoop: true }).state());
    assert.equal(one.latency.count, 20);
    assert.equal(one.service!.count, 20);
    assert.equal(one.errors.get('Unavailable: etcdserver: no leader'), 2);
    assert.deepEqual(
      one.seconds()!.map(({ count, min, max }) => ({ count, min, max })),
      [{ count: 20, min: 1, max: 10 }],
    );
  });

  it('a comparison shows medians, and ratios round by round', () => {
    const side = (cpuMs: number) =>
      measurementOf(summaries, { cpuMs: 0, residentBytes: 0 }, { cpuMs, residentBytes: 2 ** 20 }, true);
    assert.equal(side(20).cpuMicros, 2000);
    assert.equal(measurementOf(summaries, undefined, undefined, false).cpuMicros, undefined);
    const load = { name: 'put', alone: false, what: COMPARED_LOADS[0].what };
    const [row] = summarizeComparison([
      { load, a: [side(10), side(20), side(90)], b: [side(20), side(20), side(30)] },
    ]);
    assert.deepEqual(row.cpuMicros.ratio, { median: 1, least: 0.5, most: 3 });
    assert.deepEqual(row.errors, { a: 3, b: 3 });
    const table = comparisonMarkdown([row], 'ours', 'theirs').split('\n');
    assert.match(table[0], /^\| ours \/ theirs \| per second \| ratio \|/);
    assert.match(
      table[2],
      /\| 2000\.00 \/ 2000\.00 \| 1\.00 \(0\.50-3\.00\) \| 1 \/ 1 \| 1\.00 \(1\.00-1\.00\) \| 3 \/ 3 \|$/,
    );
  });
});
