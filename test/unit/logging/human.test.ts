import assert from 'node:assert/strict';
import { goDuration, humanBytes, parseLevel, sizeFields } from '../../../src/server/logging/index.ts';

describe('log values', () => {
  const durations: readonly [number, string][] = [
    [0, '0s'],
    [1e-6, '1ns'],
    [0.366804, '366.804µs'],
    [1.5, '1.5ms'],
    [100, '100ms'],
    [1000, '1s'],
    [10_000.1, '10.0001s'],
    [60_000, '1m0s'],
    [7_200_000, '2h0m0s'],
    [5_400_500, '1h30m0.5s'],
    [-1500, '-1.5s'],
  ];
  for (const [ms, text] of durations) it(`${ms} ms is ${text}`, () => assert.equal(goDuration(ms), text));

  const sizes: readonly [number, string][] = [
    [0, '0 B'],
    [9, '9 B'],
    [25, '25 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [20_480, '20 kB'],
    [53_248, '53 kB'],
    [10_485_760, '10 MB'],
    [2_147_483_648, '2.1 GB'],
    [8_589_934_592, '8.6 GB'],
    [9_999_999_999, '10 GB'],
  ];
  for (const [bytes, text] of sizes)
    it(`${bytes} bytes are ${text}`, () => assert.equal(humanBytes(bytes), text));

  it('sizes come in pairs', () => {
    assert.deepEqual(sizeFields('quota-size', 2_147_483_648), {
      'quota-size-bytes': 2147483648,
      'quota-size': '2.1 GB',
    });
  });

  it('levels are read as zap reads them', () => {
    assert.deepEqual(['', 'INFO', 'Warn', 'warning', 'dpanic', 'foo', 'trace'].map(parseLevel), [
      'info',
      'info',
      'warn',
      'warn',
      'dpanic',
      undefined,
      undefined,
    ]);
  });
});
