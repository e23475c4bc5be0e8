import assert from 'node:assert/strict';
import { formatDuration, formatSize } from '../../../src/printer/humanize.ts';

const SIZES: Readonly<Record<string, number>> = {
  '0 B': 0,
  '9 B': 9,
  '10 B': 10,
  '999 B': 999,
  '1.0 kB': 1000,
  '1.5 kB': 1536,
  '10 kB': 9950,
  '20 kB': 20480,
  '25 kB': 24576,
  '1000 kB': 999999,
  '2.1 GB': 2147483648,
};

const DURATIONS: Readonly<Record<string, number>> = {
  '0s': 0,
  '500ns': 500,
  '865.753µs': 865_753,
  '2.4711ms': 2_471_100,
  '1s': 1e9,
  '5.001257364s': 5_001_257_364,
  '1m1.5s': 61.5e9,
  '1m0s': 60e9,
  '1h1m1s': 3661e9,
  '-1.5s': -1.5e9,
};

describe('sizes and durations for people', () => {
  for (const [text, bytes] of Object.entries(SIZES)) {
    it(text, () => assert.equal(formatSize(bytes), text));
  }
  for (const [text, nanoseconds] of Object.entries(DURATIONS)) {
    it(text, () => assert.equal(formatDuration(nanoseconds), text));
  }
});
