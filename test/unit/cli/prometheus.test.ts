import assert from 'node:assert/strict';
import { histogramSince, Metrics, quantile } from '../../../src/commands/prometheus.ts';

const TEXT = `# HELP a_total Something.
# TYPE a_total counter
a_total{method="Put",note="a \\"quoted\\", }word"} 3
a_total{method="Range"} 1e3
plain 12.5
seconds_bucket{le="0.001"} 5
seconds_bucket{le="+Inf"} 10
seconds_bucket{le="0.002"} 9
not a metric line at all {
odd{x="y" 4
`;

describe('the Prometheus text format', () => {
  const metrics = new Metrics(TEXT);

  it('gives values by name and label, and passes over what it does not understand', () => {
    assert.equal(metrics.value('plain'), 12.5);
    assert.equal(metrics.value('missing', 'plain'), 12.5);
    assert.equal(metrics.value('missing'), undefined);
    assert.deepEqual(
      metrics.all('a_total').map(({ labels, value }) => [labels.get('method'), value]),
      [
        ['Put', 3],
        ['Range', 1000],
      ],
    );
    assert.deepEqual(new Metrics('').all('a_total'), []);
  });

  it('gives histograms with their bounds in order', () => {
    assert.deepEqual(metrics.histogram('seconds'), [
      [0.001, 5],
      [0.002, 9],
      [Number.POSITIVE_INFINITY, 10],
    ]);
  });

  it('finds quantiles within a bucket', () => {
    const histogram = metrics.histogram('seconds');
    assert.equal(quantile(histogram, 0.5), 0.001);
    assert.equal(quantile(histogram, 0.7), 0.0015);
    assert.equal(quantile(histogram, 0.99), 0.002, 'the bound below infinity');
    assert.equal(quantile([], 0.5), undefined);
    assert.equal(quantile([[1, 0]], 0.5), undefined);
  });

  it('takes differences, and all of it after a restart', () => {
    assert.deepEqual(histogramSince([[1, 4]], [[1, 6]]), [[1, 2]]);
    assert.deepEqual(histogramSince([], [[1, 6]]), [[1, 6]]);
    assert.deepEqual(histogramSince([[1, 40]], [[1, 6]]), [[1, 6]]);
  });
});
