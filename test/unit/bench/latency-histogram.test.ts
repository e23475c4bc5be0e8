import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketOf, LatencyHistogram, middleOf } from '../../../src/bench/stats/latency-histogram.ts';

/** What the histogram promises, from the values themselves. */
function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1];
}

const histogramOf = (values: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

/** Milliseconds, from below a unit to minutes. */
const latencies = fc.array(
  fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 400_000, noNaN: true })),
  { minLength: 1, maxLength: 200 },
);

describe('latency histogram', () => {
  it('knows each percentile to 0.1% or a tenth of a microsecond', () => {
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.1, 1, 10, 50, 90, 99, 99.9, 100), (values, percent) => {
        const exact = exactPercentile(values, percent);
        const found = histogramOf(values).percentile(percent);
        assert.ok(Math.abs(found - exact) <= Math.max(exact * 0.001, 0.0001), `${found} is not ${exact}`);
      }),
    );
  });

  it('has exact mean, deviation and ends', () => {
    const histogram = histogramOf([1, 2, 3, 4]);
    assert.equal(histogram.mean, 2.5);
    assert.equal(histogram.stddev, Math.sqrt(1.25));
    assert.deepEqual([histogram.min, histogram.max, histogram.count], [1, 4, 4]);
  });

  it('is the same after a merge as if one had seen everything', () => {
    fc.assert(
      fc.property(latencies, latencies, (left, right) => {
        const merged = histogramOf(left);
        merged.add(histogramOf(right).state());
        const whole = histogramOf([...left, ...right]);
        for (const percent of [1, 50, 99, 100]) {
          assert.equal(merged.percentile(percent), whole.percentile(percent));
        }
        assert.equal(merged.count, whole.count);
        assert.deepEqual([merged.min, merged.max], [whole.min, whole.max]);
      }),
    );
  });

  it('an empty one says zero, and adds nothing to a merge', () => {
    const empty = new LatencyHistogram();
    assert.deepEqual([empty.min, empty.max, empty.mean, empty.stddev, empty.percentile(50)], [0, 0, 0, 0, 0]);
    const other = histogramOf([7]);
    other.add(empty.state());
    assert.deepEqual([other.min, other.max, other.count], [7, 7, 1]);
  });

  it('counts every value under one bound, and the fastest under its own', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = histogramOf(values);
        const { min, max } = histogram;
        const bounds = Array.from({ length: 11 }, (_, i) => min + ((max - min) * i) / 10);
        const counts = histogram.countsUpTo(bounds);
        assert.equal(
          counts.reduce((a, b) => a + b, 0),
          values.length,
        );
        assert.ok(counts[0] >= 1);
      }),
    );
  });

  it('buckets are in order, without a gap, and their middle lies inside', () => {
    const edges = [0, 1, 2046, 2047, 2048, 2049, 4095, 4096, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1];
    const buckets = edges.map(bucketOf);
    assert.deepEqual(
      buckets,
      [...buckets].sort((a, b) => a - b),
    );
    assert.equal(bucketOf(2048) - bucketOf(2047), 1);
    assert.equal(bucketOf(4096) - bucketOf(4095), 1);
    for (const units of edges) assert.equal(bucketOf(Math.floor(middleOf(bucketOf(units)))), bucketOf(units));
  });

  it('takes what is beyond its range as the largest', () => {
    const histogram = histogramOf([1e9]);
    assert.equal(histogram.percentile(50), 1e9);
    assert.equal(histogramOf([-1]).min, 0);
  });
});
