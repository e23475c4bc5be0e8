import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { yamlOf } from '../../../src/printer/yaml.ts';

/** Strings that YAML might take for something else, or that its blocks could get wrong. */
const AWKWARD = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    'No',
    'null',
    '~',
    '1',
    '0x1f',
    '1e3',
    '.inf',
    '2020-01-01',
    '12:30:45',
    '- a',
    'a: b',
  ),
  fc.constantFrom(
    'a\n',
    'a\n\n',
    '\na',
    ' a\nb',
    'a\n b\n',
    'a\r\nb',
    '\ta\n',
    'a\n\tb',
    '#a\nb',
    '---\n',
    '...\nx',
  ),
  fc.constantFrom(
    '\u2028\n',
    '\ufeffa\nb',
    '\x85\n',
    '\x7f',
    '\ud800\n',
    '"quoted"\n',
    "it's",
    '&a',
    '*a',
    '!a',
    '%a',
  ),
  fc
    .array(fc.constantFrom('a', ' ', '\n', '-', ':', '#', '\t', 'é', '𝄞'), { maxLength: 8 })
    .map((list) => list.join('')),
);

const VALUE = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    AWKWARD,
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(AWKWARD, tie('node'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).node;

/** What of it JSON can hold: half a surrogate pair becomes a replacement character on the way to bytes. */
const throughBytes = (value: unknown): unknown =>
  JSON.parse(
    Buffer.from(JSON.stringify(value))
      .toString('utf8')
      .replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd'),
  );

describe('YAML', () => {
  it('says what JSON says', () => {
    fc.assert(
      fc.property(VALUE.map(throughBytes), (value) => {
        const text = yamlOf(JSON.stringify(value));
        for (const version of ['1.1', '1.2'] as const) {
          assert.deepEqual(parse(text, { version, uniqueKeys: false, merge: false }), value, text);
        }
      }),
      { numRuns: 400 },
    );
  });

  const ROWS: readonly (readonly [string, string])[] = [
    ['{"id":14841639068965178418,"f":1.50}', 'id: 14841639068965178418\nf: 1.50\n'],
    ['{"a":{"b":[1,{"c":"d","e":[]}]},"f":{}}', 'a:\n  b:\n    - 1\n    - c: d\n      e: []\nf: {}\n'],
    ['[[1,2],["x"]]', '- - 1\n  - 2\n- - x\n'],
    ['{"v":"a\\nb\\n","w":"a\\nb"}', 'v: |\n  a\n  b\nw: |-\n  a\n  b\n'],
    ['{"v":"5432","w":"yes","x":"Zm9v"}', 'v: "5432"\nw: "yes"\nx: Zm9v\n'],
    ['null', 'null\n'],
    ['"text"', 'text\n'],
  ];
  for (const [json, yaml] of ROWS) it(json, () => assert.equal(yamlOf(json), yaml));
});
