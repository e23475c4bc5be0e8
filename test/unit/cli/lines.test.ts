import assert from 'node:assert/strict';
import { parseComparison } from '../../../src/commands/comparison.ts';
import { CommandError, Exit } from '../../../src/commands/exit.ts';
import { FlagSet } from '../../../src/commands/grammar/flags.ts';
import { argumentBytes } from '../../../src/commands/io.ts';
import { keyRange } from '../../../src/commands/keys.ts';
import { mapKey } from '../../../src/commands/make-mirror.ts';
import { type WatchEnvironment, watchArguments } from '../../../src/commands/watch-arguments.ts';
import { splitWords } from '../../../src/commands/words.ts';
import { CompareResult, CompareTarget } from '../../../src/core/wire/gen/rpc.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('words of a typed line', () => {
  const TABLE: Readonly<Record<string, readonly string[]>> = {
    'put k v': ['put', 'k', 'v'],
    '  put   k\tv ': ['put', 'k', 'v'],
    'put k "a b"': ['put', 'k', 'a b'],
    "put k 'a b'": ['put', 'k', 'a b'],
    'put k "tab\\there"': ['put', 'k', 'tab\there'],
    "put k 'no\\tescape'": ['put', 'k', 'no\\tescape'],
    'put k x"y': ['put', 'k', 'x"y'],
    'put k "x"y': ['put', 'k', 'x', 'y'],
    'put k a\\b': ['put', 'k', 'a\\b'],
    'get a': ['get', 'a'],
    '': [],
  };
  for (const [line, words] of Object.entries(TABLE)) {
    it(JSON.stringify(line), () => assert.deepEqual(splitWords(line), words));
  }
  it('refuses a bad escape', () => {
    assert.throws(() => splitWords('put k "\\q"'), new CommandError(Exit.InvalidInput, 'invalid syntax'));
  });
});

describe('comparisons', () => {
  const { VERSION, CREATE, MOD, VALUE } = CompareTarget;
  const { EQUAL, GREATER, LESS, NOT_EQUAL } = CompareResult;
  const TABLE: Readonly<Record<string, readonly unknown[]>> = {
    'ver("k1") > "0"': [VERSION, GREATER, 'k1', { version: 0 }],
    'version("k1") = "+1"': [VERSION, EQUAL, 'k1', { version: 1 }],
    'c("k1") < "5"': [CREATE, LESS, 'k1', { createRevision: 5 }],
    'create("a b") != "5"': [CREATE, NOT_EQUAL, 'a b', { createRevision: 5 }],
    'mod( "k\\x00") = "-1"': [MOD, EQUAL, 'k\0', { modRevision: -1 }],
    'val("k") = "x\\ty"': [VALUE, EQUAL, 'k', { value: 'x\ty' }],
    'value(`k`) = `raw`': [VALUE, EQUAL, 'k', { value: 'raw' }],
    'val("k") = "v" and more': [VALUE, EQUAL, 'k', { value: 'v' }],
  };
  for (const [line, [target, result, key, operand]] of Object.entries(TABLE)) {
    it(line, () => {
      const compare = parseComparison(line);
      assert.equal(compare.target, target);
      assert.equal(compare.result, result);
      assert.equal(text(compare.key), key);
      const [[name, value]] = Object.entries(operand as Record<string, unknown>);
      const given = compare[name as 'version'] as unknown;
      assert.equal(given instanceof Uint8Array ? text(given) : given, value);
    });
  }

  const BAD: Readonly<Record<string, string>> = {
    foo: 'malformed comparison: foo',
    'bar("k1") > "0"': 'malformed comparison: bar("k1") > "0" (unknown target bar)',
    'ver("k1")>"0"': 'malformed comparison: ver("k1")>"0"; got ver("k1")  ""',
    'ver("k1") > "x"': 'invalid txn compare request: ver("k1") > "x"',
    'ver("k1") >= "1"': 'malformed comparison: ver("k1") >= "1" (unknown operator >=)',
  };
  for (const [line, message] of Object.entries(BAD)) {
    it(`refuses ${line}`, () => {
      assert.throws(() => parseComparison(line), { message, code: Exit.InvalidInput });
    });
  }
});

describe('ranges of get and del', () => {
  const flags = (...args: string[]) => {
    const set = new FlagSet([
      { name: 'prefix', kind: 'bool', usage: '' },
      { name: 'from-key', kind: 'bool', usage: '' },
    ]);
    set.parse(args);
    return set;
  };
  const range = (args: string[], ...set: string[]) => {
    const { key, rangeEnd } = keyRange(args, flags(...set));
    return [text(key), text(rangeEnd)];
  };

  it('takes one key, a range, a prefix, and all from a key', () => {
    assert.deepEqual(range(['k']), ['k', '']);
    assert.deepEqual(range(['k', 'm']), ['k', 'm']);
    assert.deepEqual(range(['k'], '--prefix'), ['k', 'l']);
    assert.deepEqual(range(['k'], '--from-key'), ['k', '\0']);
    assert.deepEqual(range([''], '--prefix'), ['\0', '\0']);
    assert.deepEqual(range([''], '--from-key'), ['\0', '\0']);
    assert.deepEqual(range(['']), ['', '']);
  });

  it('goes past bytes of 255', () => {
    const escaped = '\udcff'; // the byte 0xff in an argument
    assert.deepEqual(range([`a${escaped}`], '--prefix'), ['a\xff', 'b']);
    assert.deepEqual(range([escaped], '--prefix'), ['\xff', '\0']);
  });

  it('keeps bytes of arguments that are not UTF-8', () => {
    assert.deepEqual([...argumentBytes('a\udc80ü\udcff')], [0x61, 0x80, 0xc3, 0xbc, 0xff]);
  });
});

describe('arguments of watch', () => {
  const FLAGS = [{ name: 'prefix', kind: 'bool', usage: '' }] as const;
  const parsed = (line: string, env: Partial<WatchEnvironment> = {}) => {
    const flags = new FlagSet(FLAGS);
    const args = flags.parse(line === '' ? [] : line.split(' '));
    const { key, rangeEnd, exec } = watchArguments(args, flags, { key: '', rangeEnd: '', ...env });
    return [text(key), text(rangeEnd), exec.join(' ')];
  };

  it('takes a key, a range end, and a command', () => {
    assert.deepEqual(parsed('k'), ['k', '', '']);
    assert.deepEqual(parsed('k m'), ['k', 'm', '']);
    assert.deepEqual(parsed('k m x'), ['k', '', '']);
    assert.deepEqual(parsed('k -- echo --prefix'), ['k', '', 'echo --prefix']);
    assert.deepEqual(parsed('--prefix k -- sh'), ['k', 'l', 'sh']);
    assert.deepEqual(parsed('', { key: 'e' }), ['e', '', '']);
    assert.deepEqual(parsed('-- ls', { key: 'e', rangeEnd: 'f' }), ['e', 'f', 'ls']);
  });

  it('refuses what makes no sense', () => {
    assert.throws(() => parsed(''), { message: 'bad number of arguments', code: Exit.BadArgs });
    assert.throws(() => parsed('k', { key: 'e' }), /found conflicting environment key/);
    assert.throws(() => parsed('k --'), /found separator --, but no commands/);
    assert.throws(() => parsed('k m --prefix'), /`range_end` and `--prefix` are mutually exclusive/);
    assert.throws(
      () => parsed('', { rangeEnd: 'x' }),
      /ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END="x"/,
    );
  });
});

describe('keys of a mirror', () => {
  const map = (key: string, from: string, to: string) =>
    text(mapKey(Buffer.from(key), { from: Buffer.from(from), to: Buffer.from(to) }));
  it('have the prefix replaced, once', () => {
    assert.equal(map('a/a/x', 'a/', 'b/'), 'b/a/x');
    assert.equal(map('a/x', 'a/', ''), 'x');
    assert.equal(map('x', '', 'p/'), 'p/x');
  });
});
