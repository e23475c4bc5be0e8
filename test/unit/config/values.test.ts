import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hostOfRoutes } from '../../../src/server/config/default-host.ts';
import { parseGates, resolveGates } from '../../../src/server/config/feature-gates.ts';
import { autoCompaction } from '../../../src/server/config/late-checks.ts';
import { isIp, parseUrl, parseUrls, urlTexts } from '../../../src/server/config/urls.ts';
import { parseDuration, parseInt64, parseUint } from '../../../src/server/config/values.ts';
import { goDuration } from '../../../src/server/logging/index.ts';

describe('config: values', () => {
  const numbers: readonly [string, number | undefined][] = [
    ['0', 0],
    ['10', 10],
    ['0x10', 16],
    ['0X1f', 31],
    ['0b11', 3],
    ['0o17', 15],
    ['017', 15],
    ['1_000', 1000],
    ['0x_f', 15],
    ['00', 0],
    ['18446744073709551615', Number.MAX_SAFE_INTEGER],
    ['18446744073709551616', undefined],
    ['08', undefined],
    ['1__0', undefined],
    ['_1', undefined],
    ['1_', undefined],
    ['0x', undefined],
    ['+1', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    [' 1', undefined],
  ];
  for (const [text, value] of numbers) {
    it(`uint ${JSON.stringify(text)} is ${value ?? 'refused'}`, () => {
      if (value === undefined) assert.throws(() => parseUint(text), { name: 'ValueError' });
      else assert.equal(parseUint(text), value);
    });
  }

  it('signed numbers keep their sign', () => {
    assert.deepEqual(['-1', '+1', '-0x10', '0'].map(parseInt64), [-1, 1, -16, 0]);
  });

  const durations: readonly [string, number | undefined][] = [
    ['0', 0],
    ['300ms', 300],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['5.s', 5000],
    ['-5s', -5000],
    ['+5s', 5000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['1ns', 1e-6],
    ['5', undefined],
    ['s', undefined],
    ['.s', undefined],
    ['1d', undefined],
    ['1 s', undefined],
    ['1e3s', undefined],
    ['', undefined],
    ['9223372037s', undefined],
  ];
  for (const [text, ms] of durations) {
    it(`duration ${JSON.stringify(text)} is ${ms === undefined ? 'refused' : `${ms} ms`}`, () => {
      assert.equal(parseDuration(text), ms);
    });
  }

  it('a printed duration is read back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (micros) => {
        const ms = micros / 1000;
        const back = parseDuration(goDuration(ms));
        assert.ok(
          back !== undefined && Math.abs(back - ms) < 1e-3 + ms * 1e-12,
          `${goDuration(ms)}: ${back}`,
        );
      }),
    );
  });

  it('URLs are taken apart, trimmed, sorted and made unique', () => {
    assert.deepEqual(parseUrl('HTTP://[::1]:2379'), {
      scheme: 'http',
      address: '[::1]:2379',
      hostname: '::1',
      port: 2379,
      text: 'http://[::1]:2379',
    });
    assert.deepEqual(parseUrl('unix:///run/x.sock').address, '/run/x.sock');
    assert.deepEqual(parseUrl('unix://localhost:1').address, 'localhost:1');
    assert.deepEqual(urlTexts(parseUrls(' http://b:1,http://a:1 ,http://b:1')), ['http://a:1', 'http://b:1']);
    assert.deepEqual(parseUrls(''), []);
  });

  it('knows addresses from names', () => {
    const addresses = ['127.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1%eth0'];
    const names = ['localhost', 'a.b', '', '256.1.1.1', '1.2.3'];
    assert.deepEqual(
      addresses.map(isIp),
      addresses.map(() => true),
    );
    assert.deepEqual(
      names.map(isIp),
      names.map(() => false),
    );
  });

  it('gates: their own setting wins over that of their stage, in any order', () => {
    const on = (text: string): string[] =>
      Object.entries(resolveGates(parseGates(text)))
        .filter(([, value]) => value)
        .map(([name]) => name);
    assert.deepEqual(on(''), [
      'CompactHashCheck',
      'FastLeaseKeepAlive',
      'InitialCorruptCheck',
      'TxnModeWriteWithSharedBuffer',
    ]);
    assert.deepEqual(on('AllAlpha=false,AllBeta=false'), []);
    assert.ok(on('AllAlpha=true').includes('LeaseCheckpoint'));
    assert.ok(!on('LeaseCheckpoint=false,AllAlpha=true').includes('LeaseCheckpoint'));
    assert.ok(!on('FastLeaseKeepAlive=false').includes('FastLeaseKeepAlive'));
  });

  const compactions: readonly [string, string, unknown][] = [
    ['periodic', '0', { mode: 'off' }],
    ['periodic', '', { mode: 'off' }],
    ['periodic', '5', { mode: 'periodic', retentionMs: 18_000_000 }],
    ['periodic', '5m', { mode: 'periodic', retentionMs: 300_000 }],
    ['revision', '1000', { mode: 'revision', retention: 1000 }],
    ['revision', '0', { mode: 'off' }],
  ];
  for (const [mode, retention, expected] of compactions) {
    it(`auto compaction ${mode} ${JSON.stringify(retention)}`, () => {
      assert.deepEqual(autoCompaction(mode, retention), expected);
    });
  }

  it('the default host is the address of the interface with the default route', () => {
    const header = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
    const v4 = `${header}eth1\t0000A8C0\t0\t1\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth0\t00000000\t010200C0\t3\t0\t0\t0\t00000000\t0\t0\t0\n`;
    const interfaces = {
      eth0: [
        { family: 'IPv6', address: 'fe80::1' },
        { family: 'IPv4', address: '192.0.2.7' },
      ],
      eth1: [{ family: 'IPv4', address: '192.168.0.7' }],
    };
    assert.deepEqual(hostOfRoutes({ v4, v6: '' }, interfaces), { host: '192.0.2.7' });
    assert.deepEqual(hostOfRoutes({ v4: header, v6: '' }, interfaces), {
      error: 'could not find default route',
    });
  });
});
