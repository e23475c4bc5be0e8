import assert from 'node:assert/strict';
import fc from 'fast-check';
import { QuoteError, quote, quoteBytes, unquote } from '../../../src/printer/quote.ts';

const QUOTED: readonly (readonly [string, string])[] = [
  ['', '""'],
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
  ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
  ['grün 日本 😀', '"grün 日本 😀"'],
  ['\u00a0', '"\\u00a0"'],
  ['\u200b', '"\\u200b"'],
  ['\u{e0001}', '"\\U000e0001"'],
];

describe("Go's quoted strings", () => {
  for (const [text, expected] of QUOTED) {
    it(expected, () => {
      assert.equal(quote(text), expected);
      assert.equal(quoteBytes(Buffer.from(text)), expected);
    });
  }

  it('escapes bytes that are not UTF-8', () => {
    assert.equal(quoteBytes(Buffer.from('6100ff7f09', 'hex')), '"a\\x00\\xff\\x7f\\t"');
    assert.equal(quoteBytes(Buffer.from('c0afeda080', 'hex')), '"\\xc0\\xaf\\xed\\xa0\\x80"');
    assert.equal(quoteBytes(Buffer.from('e282', 'hex')), '"\\xe2\\x82"');
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.deepEqual(Buffer.from(unquote(quoteBytes(bytes))), Buffer.from(bytes));
      }),
    );
  });

  const literals: readonly (readonly [string, string])[] = [
    ['"a\\tb"', 'a\tb'],
    ['"\\x41\\101\\u0041\\U00000041"', 'AAAA'],
    ['`raw \\n`', 'raw \\n'],
    ['""', ''],
  ];
  for (const [literal, text] of literals) {
    it(`reads ${literal}`, () => assert.equal(Buffer.from(unquote(literal)).toString(), text));
  }

  for (const bad of [
    '',
    '"',
    'x',
    '"a',
    "'a'",
    '"\\q"',
    '"\\x4"',
    '"\\400"',
    '"\\ud800"',
    '"a"b"',
    '`a`b`',
    '"a\nb"',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.throws(() => unquote(bad), QuoteError));
  }
});
