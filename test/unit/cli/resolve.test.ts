import assert from 'node:assert/strict';
import { GLOBAL_FLAGS } from '../../../src/commands/globals.ts';
import { FlagSet } from '../../../src/commands/grammar/flags.ts';
import { helpFlag } from '../../../src/commands/grammar/help.ts';
import {
  editDistance,
  type NamedNode,
  resolve,
  resolveNames,
  UnknownCommandError,
} from '../../../src/commands/grammar/resolve.ts';

const leaf = (name: string, more: Partial<NamedNode> = {}): NamedNode => ({ name, ...more });

const ROOT: NamedNode = {
  name: 'kvctl',
  children: [
    leaf('alarm', { children: [leaf('list')] }),
    leaf('auth', { children: [leaf('enable')] }),
    leaf('compaction'),
    leaf('completion'),
    leaf('del'),
    leaf('elect'),
    leaf('endpoint', { children: [leaf('hashkv'), leaf('health'), leaf('status')] }),
    leaf('gateway', { extension: true, children: [leaf('start')] }),
    leaf('get'),
    leaf('lease', { children: [leaf('grant'), leaf('keep-alive'), leaf('list')] }),
    leaf('lock'),
    leaf('member', { children: [leaf('add'), leaf('list')] }),
    leaf('serve', { extension: true }),
    leaf('snapshot', { children: [leaf('save')] }),
    leaf('tree', { extension: true }),
    leaf('txn'),
    leaf('__complete', { hidden: true }),
  ],
};

const known = () => new FlagSet(GLOBAL_FLAGS, [helpFlag('')]);

function resolved(line: string): string {
  const { path, args } = resolve(ROOT, line === '' ? [] : line.split(' '), known);
  return `${path
    .slice(1)
    .map((node) => node.name)
    .join(' ')} | ${args.join(' ')}`;
}

/** Command line: command | what is left for it. */
const FOUND: Readonly<Record<string, string>> = {
  '': ' | ',
  'get k': 'get | k',
  'g k': 'get | k',
  'ga start': 'gateway start | ',
  'compa 5': 'compaction | 5',
  'mem l': 'member list | ',
  't -i': 'txn | -i',
  's save f': 'snapshot save | f',
  se: 'serve | ',
  'lease g 100': 'lease grant | 100',
  'lease bogus': 'lease | bogus',
  'endpoint h': 'endpoint | h',
  'endpoint hea': 'endpoint health | ',
  '--endpoints a get k': 'get | --endpoints a k',
  '--endpoints=a get k': 'get | --endpoints=a k',
  '-w json get k': 'get | -w json k',
  '--hex get k': 'get | --hex k',
  '-h get k': 'get | -h k',
  '--endpoints get get k': 'get | --endpoints get k',
  'lease --endpoints a grant 5': 'lease grant | --endpoints a 5',
  '-- get k': ' | -- get k',
  'get -- put': 'get | -- put',
};

const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  bogus: [],
  comp: ['compaction', 'completion'],
  gett: ['get'],
  a: ['alarm', 'auth'],
  l: ['del', 'lease', 'lock'],
  // A flag that the root does not know is taken to have a value.
  '--prefix get k': [],
};

describe('finding the command', () => {
  for (const [line, expected] of Object.entries(FOUND)) {
    it(JSON.stringify(line), () => assert.equal(resolved(line), expected));
  }

  for (const [line, names] of Object.entries(UNKNOWN)) {
    it(`${line}: unknown`, () => {
      const word = line.split(' ').at(-1);
      const hint =
        names.length === 0 ? '' : `\n\nDid you mean this?\n${names.map((n) => `\t${n}\n`).join('')}`;
      assert.throws(
        () => resolved(line),
        new UnknownCommandError(`unknown command "${word}" for "kvctl"${hint}`),
      );
    });
  }

  it('finds names for help, and stops where it can go no further', () => {
    const names = (path: readonly NamedNode[] | undefined) => path?.map((node) => node.name);
    assert.deepEqual(names(resolveNames(ROOT, ['lease', 'grant'])), ['kvctl', 'lease', 'grant']);
    assert.deepEqual(names(resolveNames(ROOT, ['get', 'bogus'])), ['kvctl', 'get']);
    assert.equal(resolveNames(ROOT, ['bogus']), undefined);
  });

  it('counts edits', () => {
    assert.equal(editDistance('get', 'get'), 0);
    assert.equal(editDistance('gett', 'get'), 1);
    assert.equal(editDistance('l', 'del'), 2);
    assert.equal(editDistance('', 'abc'), 3);
  });
});
