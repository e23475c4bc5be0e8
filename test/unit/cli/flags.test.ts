import assert from 'node:assert/strict';
import { FlagSet, type FlagSpec, UsageError } from '../../../src/commands/grammar/flags.ts';

const SPECS: readonly FlagSpec[] = [
  { name: 'prefix', kind: 'bool', usage: '' },
  { name: 'interactive', short: 'i', kind: 'bool', usage: '' },
  { name: 'limit', kind: 'int', usage: '' },
  { name: 'write-out', short: 'w', kind: 'string', default: 'simple', usage: '' },
  { name: 'discovery-srv', short: 'd', kind: 'string', usage: '' },
  { name: 'endpoints', kind: 'list', default: ['127.0.0.1:2379'], usage: '' },
  { name: 'command-timeout', kind: 'duration', default: 5000, usage: '' },
];

interface Parsed {
  readonly args?: readonly string[];
  readonly set?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly beforeDash?: number;
}

/** Command line: what it means. */
const TABLE: Readonly<Record<string, Parsed>> = {
  'k v': { args: ['k', 'v'] },
  '--prefix k': { args: ['k'], set: { prefix: true } },
  'k --prefix': { args: ['k'], set: { prefix: true } },
  '--prefix=false k': { args: ['k'], set: { prefix: false } },
  '--prefix false': { args: ['false'], set: { prefix: true } },
  '-w json k': { args: ['k'], set: { 'write-out': 'json' } },
  '-wjson k': { args: ['k'], set: { 'write-out': 'json' } },
  '-w=json k': { args: ['k'], set: { 'write-out': 'json' } },
  '-iw=json': { args: [], set: { interactive: true, 'write-out': 'json' } },
  '-iw json': { args: [], set: { interactive: true, 'write-out': 'json' } },
  '--write-out=json --write-out simple': { args: [], set: { 'write-out': 'simple' } },
  '--endpoints=a,b --endpoints=c': { args: [], set: { endpoints: ['a', 'b', 'c'] } },
  '--endpoints=': { args: [], set: { endpoints: [] } },
  '--command-timeout=1m': { args: [], set: { 'command-timeout': 60_000 } },
  '--limit=0x10': { args: [], set: { limit: 16 } },
  'k -- -v --prefix': { args: ['k', '-v', '--prefix'], beforeDash: 1 },
  '-- -k': { args: ['-k'], beforeDash: 0 },
  'k -dash': { args: ['k'], set: { 'discovery-srv': 'ash' } },
  'k -': { args: ['k', '-'] },
  '--foo': { error: 'unknown flag: --foo' },
  '--foo=1': { error: 'unknown flag: --foo' },
  '--write-ou=json': { error: 'unknown flag: --write-ou' },
  '-z': { error: "unknown shorthand flag: 'z' in -z" },
  '-prefix': { error: "unknown shorthand flag: 'p' in -prefix" },
  '-1': { error: "unknown shorthand flag: '1' in -1" },
  '--limit': { error: 'flag needs an argument: --limit' },
  '-w': { error: "flag needs an argument: 'w' in -w" },
  '--=3': { error: 'bad flag syntax: --=3' },
  '---x': { error: 'bad flag syntax: ---x' },
  '--limit=x': {
    error: 'invalid argument "x" for "--limit" flag: strconv.ParseInt: parsing "x": invalid syntax',
  },
  '--interactive=maybe': {
    error:
      'invalid argument "maybe" for "-i, --interactive" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  },
};

function value(flags: FlagSet, { name, kind }: FlagSpec): unknown {
  if (kind === 'bool') return flags.bool(name);
  if (kind === 'list') return flags.list(name);
  return kind === 'string' ? flags.text(name) : flags.number(name);
}

describe('flags', () => {
  for (const [line, { args, set, error, beforeDash }] of Object.entries(TABLE)) {
    it(line, () => {
      const flags = new FlagSet(SPECS);
      const parse = () => flags.parse(line.split(' '));
      if (error !== undefined) {
        assert.throws(parse, new UsageError(error));
        return;
      }
      assert.deepEqual(parse(), args);
      assert.equal(flags.beforeDash, beforeDash);
      for (const spec of SPECS) {
        const wanted = set?.[spec.name];
        assert.equal(flags.isSet(spec.name), wanted !== undefined, spec.name);
        if (wanted !== undefined) assert.deepEqual(value(flags, spec), wanted);
      }
    });
  }

  it('has defaults', () => {
    const flags = new FlagSet(SPECS);
    assert.equal(flags.text('write-out'), 'simple');
    assert.equal(flags.number('limit'), 0);
    assert.deepEqual(flags.list('endpoints'), ['127.0.0.1:2379']);
  });
});
