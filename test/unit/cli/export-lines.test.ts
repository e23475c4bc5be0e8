import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ExportLineError,
  endLine,
  headerLine,
  leaseLine,
  pairLine,
  readExportLine,
} from '../../../src/commands/browse/export-lines.ts';

const BYTES = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));

describe('the lines of an export', () => {
  it('hold every pair exactly', () => {
    const fields = {
      key: BYTES.filter((key) => key.length > 0),
      value: BYTES,
      lease: fc.bigInt(0n, 2n ** 63n - 1n),
    };
    const pairs = fc.record(fields, { noNullPrototype: true });
    fc.assert(
      fc.property(pairs, (pair) => {
        const text = pairLine(pair);
        assert.doesNotMatch(text, /\n/);
        assert.deepEqual(readExportLine(text), { kind: 'pair', pair });
      }),
      { numRuns: 500 },
    );
  });

  it('are text where the bytes are text', () => {
    const pair = { key: Buffer.from('config/é'), value: Buffer.from('a\n"b"\ufeff'), lease: 0n };
    assert.equal(pairLine(pair), '{"key":"config/é","value":"a\\n\\"b\\"\ufeff"}');
    assert.deepEqual(readExportLine(pairLine(pair)), { kind: 'pair', pair });
  });

  it('are a header, leases and an end', () => {
    const header = { clusterId: 'cdf8', revision: 7, prefix: Buffer.of(255), count: 2 };
    assert.deepEqual(readExportLine(headerLine(header)), { kind: 'header', header });
    assert.deepEqual(readExportLine(leaseLine(0x694dn, 60)), {
      kind: 'lease',
      lease: 0x694dn,
      ttlSeconds: 60,
    });
    assert.deepEqual(readExportLine(endLine(2)), { kind: 'end', keys: 2 });
  });

  const BAD: readonly (readonly [string, RegExp])[] = [
    ['nonsense', /no JSON/],
    ['[]', /no JSON object/],
    ['null', /no JSON object/],
    ['{}', /neither "key" nor "lease" nor "end"/],
    ['{"kvctl_export":2}', /format 2 is not known here, only 1/],
    ['{"kvctl_export":1,"revision":"7"}', /"revision" must be a number/],
    ['{"key":"","value":""}', /"key" is empty/],
    ['{"key":"a"}', /"value" must be a string or \{"base64": "\.\.\."\}/],
    ['{"key":"a","value":7}', /"value" must be a string/],
    ['{"key":"a","value":{"base64":"?"}}', /"value" is no base64/],
    ['{"key":"a\\ud800","value":""}', /"key" has half a surrogate pair/],
    ['{"key":"a","value":"","lease":7}', /"lease" must be a hexadecimal number/],
    ['{"lease":"zz","ttl":1}', /"lease" must be a hexadecimal number/],
    ['{"lease":"7","ttl":-1}', /"ttl" must be a number/],
    ['{"end":true}', /"keys" must be a number/],
  ];
  for (const [text, why] of BAD) {
    it(`refuse ${text}`, () =>
      assert.throws(
        () => readExportLine(text),
        (error: Error) => error instanceof ExportLineError && why.test(error.message),
      ));
  }
});
