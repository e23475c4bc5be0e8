import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Decoding, jsonOfBytes, preview, shown } from '../../../src/printer/decode.ts';
import { unquote } from '../../../src/printer/quote.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('bytes that people read', () => {
  /** The bytes in latin1, then what stands in JSON for each way to decode. */
  const JSON_ROWS: readonly (readonly [string, Readonly<Partial<Record<Decoding, string>>>])[] = [
    ['abc', { base64: '"YWJj"', hex: '"616263"', utf8: '"abc"', json: '"abc"', auto: '"abc"' }],
    ['', { base64: '""', hex: '""', utf8: '""', json: '""', auto: '""' }],
    [
      '\xff',
      { utf8: '{"base64":"/w=="}', json: '{"base64":"/w=="}', auto: '{"base64":"/w=="}', hex: '"ff"' },
    ],
    ['\xef\xbf\xbd', { utf8: '"\ufffd"' }],
    ['5432', { utf8: '"5432"', json: '5432', auto: '"5432"' }],
    ['true', { json: 'true', auto: '"true"' }],
    [
      '{ "a": [1.50, 12345678901234567890],\n "b": "x  y" }',
      {
        json: '{"a":[1.50,12345678901234567890],"b":"x  y"}',
        auto: '{"a":[1.50,12345678901234567890],"b":"x  y"}',
      },
    ],
    ['{"a":', { json: '"{\\"a\\":"', auto: '"{\\"a\\":"' }],
    ['a\nb', { utf8: '"a\\nb"' }],
  ];
  for (const [text, forms] of JSON_ROWS) {
    for (const [decoding, json] of Object.entries(forms)) {
      it(`${JSON.stringify(text)} as ${decoding}`, () =>
        assert.equal(jsonOfBytes(bytes(text), decoding as Decoding, 'value'), json));
    }
  }

  it('a key is never JSON', () =>
    assert.equal(jsonOfBytes(bytes('{"a":1}'), 'json', 'key'), '"{\\"a\\":1}"'));

  const SHOWN: readonly (readonly [string, string])[] = [
    ['config/a', 'config/a'],
    ['', '""'],
    ['a b', 'a b'],
    [' a', '" a"'],
    ['a\nb', '"a\\nb"'],
    ['bin\xff', '"bin\\xff"'],
    ['"a"', '"\\"a\\""'],
    ['{"a":1}', '{"a":1}'],
    ['a\\x80', 'a\\x80'],
    ['\x1b[31m', '"\\x1b[31m"'],
  ];
  for (const [text, expected] of SHOWN) {
    it(`${JSON.stringify(text)} is shown as ${expected}`, () => assert.equal(shown(bytes(text)), expected));
  }

  it('is one line, from which the bytes can be told', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (array) => {
        const text = shown(Buffer.from(array));
        assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f]/);
        const back = text.startsWith('"') ? unquote(text) : Buffer.from(text);
        assert.deepEqual(Buffer.from(back), Buffer.from(array));
      }),
      { numRuns: 1000 },
    );
  });

  it('is cut where it is long', () => {
    assert.equal(preview(bytes('abcdef'), undefined, 6), 'abcdef');
    assert.equal(preview(bytes('abcdefg'), undefined, 6), 'abcde…');
    assert.equal(preview(Buffer.alloc(1024 * 1024, 'x'), undefined, 6), 'xxxxx…');
    assert.equal(preview(bytes('\xff\x00'), 'hex'), 'ff00');
    assert.equal(preview(Buffer.from('é'.repeat(100)), undefined, 6), 'ééééé…');
    assert.equal(preview(Buffer.from(`a${'é'.repeat(100)}`), undefined, 6), 'aéééé…');
    assert.equal(preview(bytes('{"a": 1,\n  "b": 2}\n'), undefined), '{"a": 1, ⏎ "b": 2} ⏎');
  });
});
