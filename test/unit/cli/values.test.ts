import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parseBool,
  parseDuration,
  parseInteger,
  parseList,
  ValueError,
} from '../../../src/commands/grammar/values.ts';

type Table<T> = readonly (readonly [string, T | ValueError])[];
const refused = (message: string) => new ValueError(message);

function check<T>(read: (text: string) => T, table: Table<T>): void {
  for (const [text, expected] of table) {
    it(JSON.stringify(text), () => {
      if (expected instanceof ValueError) assert.throws(() => read(text), expected);
      else assert.deepEqual(read(text), expected);
    });
  }
}

describe('values of flags', () => {
  describe('booleans', () => {
    check(parseBool, [
      ['1', true],
      ['t', true],
      ['TRUE', true],
      ['True', true],
      ['0', false],
      ['F', false],
      ['false', false],
      ['yes', refused('strconv.ParseBool: parsing "yes": invalid syntax')],
      ['', refused('strconv.ParseBool: parsing "": invalid syntax')],
    ]);
  });

  describe('integers with the base in their prefix', () => {
    check(
      (text) => parseInteger(text, { base: 0, signed: true }),
      [
        ['0', 0n],
        ['10', 10n],
        ['-10', -10n],
        ['+10', 10n],
        ['0x10', 16n],
        ['010', 8n],
        ['0o10', 8n],
        ['0b101', 5n],
        ['1_000', 1000n],
        ['0x_1f', 31n],
        ['9223372036854775807', 9223372036854775807n],
        [
          '9223372036854775808',
          refused('strconv.ParseInt: parsing "9223372036854775808": value out of range'),
        ],
        ['08', refused('strconv.ParseInt: parsing "08": invalid syntax')],
        ['0x', refused('strconv.ParseInt: parsing "0x": invalid syntax')],
        ['1__0', refused('strconv.ParseInt: parsing "1__0": invalid syntax')],
        ['_1', refused('strconv.ParseInt: parsing "_1": invalid syntax')],
        ['', refused('strconv.ParseInt: parsing "": invalid syntax')],
      ],
    );
  });

  describe('hexadecimal ids', () => {
    check(
      (text) => parseInteger(text, { base: 16, signed: false }),
      [
        ['8e9e05c52164694d', 0x8e9e05c52164694dn],
        ['FF', 255n],
        ['0xff', refused('strconv.ParseUint: parsing "0xff": invalid syntax')],
        ['-1', refused('strconv.ParseUint: parsing "-1": invalid syntax')],
        ['1ffffffffffffffff', refused('strconv.ParseUint: parsing "1ffffffffffffffff": value out of range')],
      ],
    );
  });

  it('takes back every 64-bit number it could print', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        assert.equal(parseInteger(value.toString(), { base: 10, signed: true }), value);
        assert.equal(parseInteger(value.toString(16), { base: 16, signed: true }), value);
      }),
    );
  });

  describe('durations, in milliseconds', () => {
    check(parseDuration, [
      ['0', 0],
      ['0s', 0],
      ['300ms', 300],
      ['1m30s', 90_000],
      ['1.5h', 5_400_000],
      ['.5s', 500],
      ['-2s', -2000],
      ['1us', 0.001],
      ['1µs', 0.001],
      ['5', refused('time: missing unit in duration "5"')],
      ['1x', refused('time: unknown unit "x" in duration "1x"')],
      ['x', refused('time: invalid duration "x"')],
      ['', refused('time: invalid duration ""')],
    ]);
  });

  describe('lists', () => {
    check(parseList, [
      ['', []],
      ['a', ['a']],
      ['a,b', ['a', 'b']],
      ['a, b', ['a', ' b']],
      ['a,', ['a', '']],
      ['"a,b",c', ['a,b', 'c']],
      ['"say ""hi"""', ['say "hi"']],
      ['a,"b', refused('parse error on line 1, column 5: extraneous or missing " in quoted-field')],
      ['a"b', refused('parse error on line 1, column 2: bare " in non-quoted field')],
    ]);
  });
});
