import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { CommandNode } from '../../../src/commands/command.ts';
import { ROOT } from '../../../src/commands/table.ts';
import { TOPICS } from '../../../src/commands/topics/index.ts';
import { VERSION } from '../../../src/commands/version-numbers.ts';
import { runInside } from '../../support/command-line.ts';

const run = (line: string, env: Readonly<Record<string, string>> = {}) => runInside(line, { env });

/** Every command and group of the tree, with the names that lead to it. */
function* nodes(node: CommandNode, names: readonly string[]): Generator<readonly [string, CommandNode]> {
  yield [names.join(' '), node];
  for (const child of node.children ?? []) yield* nodes(child, [...names, child.name]);
}

/** Of the lines of a topic; answers in JSON are long. */
const WIDEST = 130;

const FLAG_LINE = /^ {2}(?:-\w, | {4})--[\w-]+(?: \w+)? {3,}\S/;

describe('the command line', () => {
  it('has a version that is the package’s', async () => {
    const manifest = new URL('../../../package.json', import.meta.url);
    assert.equal(VERSION, JSON.parse(readFileSync(manifest, 'utf8')).version);
    assert.deepEqual(await run('version'), {
      code: 0,
      stdout: `kvctl version: ${VERSION}\nAPI version: 3.7\n`,
      stderr: '',
    });
  });

  for (const [names, node] of nodes(ROOT, [])) {
    if (node.hidden === true) continue;
    it(`${names} --help`, async () => {
      // Such a command shows its own help.
      if (node.load !== undefined && (await node.load()).command.rawArguments === true) return;
      const { code, stdout, stderr } = await run(`${names} --help`.trim());
      assert.equal(code, 0);
      assert.equal(stderr, '');
      const uses = `\n\nUsage:\n  ${`kvctl ${names}`.trim()}`;
      assert.ok(stdout.includes(uses), stdout);
      assert.ok(
        stdout.endsWith('options" for a list of global command-line options (applies to all commands).\n'),
      );
      const flags = stdout.slice(stdout.indexOf('\nFlags:\n'));
      for (const flag of flags.split('\n').filter((text) => /^ {2,6}--?\w/.test(text))) {
        if (!flag.includes('kvctl')) assert.match(flag, FLAG_LINE);
      }
    });
  }

  it('shows a group for an unknown subcommand, and says nothing about it', async () => {
    const { code, stdout } = await run('lease bogus');
    assert.equal(code, 0);
    assert.match(stdout, /\nAvailable Commands:\n {2}grant {7}\S/);
  });

  it('tells an unknown command from an unknown flag', async () => {
    assert.deepEqual(await run('comp'), {
      code: 1,
      stdout: '',
      stderr:
        'Error: unknown command "comp" for "kvctl"\n\nDid you mean this?\n\tcompaction\n\tcompletion\n\n' +
        "Run 'kvctl --help' for usage.\n",
    });
    const { code, stdout, stderr } = await run('get k --foo');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Error: unknown flag: --foo\nUsage:\n {2}kvctl get \[options\] <key> \[range_end\] \[flags\]\n\nFlags:\n/,
    );
    assert.ok(stderr.endsWith('\n\n'));
  });

  it('knows no help topic by that name', async () => {
    const { code, stdout, stderr } = await run('help bogus');
    assert.equal(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /^Unknown help topic \[`bogus`\]\nUsage:\n {2}kvctl \[command\]\n/);
  });

  it('has a manual: an overview, topics, and commands that point to topics', async () => {
    const overview = await run('help');
    assert.equal(overview.code, 0);
    for (const { name, title } of TOPICS) {
      assert.match(overview.stdout, new RegExp(`\n {2}${name} +${title}\n`));
      const { stdout } = await run(`help ${name}`);
      assert.ok(stdout.startsWith(`${title}\n\n`), stdout);
      for (const line of stdout.split('\n')) assert.ok(line.length <= WIDEST, line);
    }
    for (const name of ROOT.children!.filter(({ hidden }) => hidden !== true).map((node) => node.name)) {
      assert.match(overview.stdout, new RegExp(`\n {2}${name} +\\S`));
    }
    assert.match((await run('help exit')).stdout, /^Exit codes\n/);
    assert.match((await run('help get')).stdout, /\nSee also "kvctl help keys": /);
    assert.match((await run('help lease')).stdout, /^Leases\n\nUsage:\n {2}kvctl lease \[command\]\n/);
  });

  it('names only commands that are there in its topics', () => {
    const names = new Set(ROOT.children!.map(({ name }) => name));
    for (const { commands } of TOPICS) {
      for (const name of commands) assert.ok(names.has(name), name);
    }
  });

  it('refuses formats before it connects', async () => {
    assert.deepEqual(await run('get k -w xml'), {
      code: 4,
      stdout: '',
      stderr: 'Error: unsupported output format\n',
    });
  });

  it('ends on a variable that fights with a flag, after naming the ones it does not know', async () => {
    const { code, stderr } = await run('get k --user=a:b', { ETCDCTL_USER: 'c', ETCDCTL_FOO: '1' });
    assert.equal(code, 1);
    const [warning, fatal] = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(warning.msg, 'unrecognized environment variable');
    assert.equal(warning['environment-variable'], 'ETCDCTL_FOO=1');
    assert.equal(fatal.level, 'fatal');
    assert.equal(fatal['environment-variable'], 'ETCDCTL_USER');
  });

  for (const [shell, pattern] of Object.entries({
    bash: /^# bash completion for kvctl {2,}-\*- shell-script -\*-\n/,
    zsh: /^#compdef kvctl\n/,
    fish: /complete -c kvctl/,
    powershell: /Register-ArgumentCompleter -Native -CommandName 'kvctl'/,
  })) {
    it(`completion ${shell}`, async () => assert.match((await run(`completion ${shell}`)).stdout, pattern));
  }

  it('completes commands, subcommands and flags', async () => {
    const words = async (line: string) =>
      (await run(`__complete ${line}`)).stdout
        .trim()
        .split('\n')
        .map((text) => text.split('\t')[0]);
    assert.deepEqual(await words('co'), ['compaction', 'copy', 'completion', 'context']);
    assert.deepEqual(await words('lease g'), ['grant']);
    assert.deepEqual(await words('get --pre'), ['--prefix']);
    assert.deepEqual(await words('--endpoints=x get --write'), ['--write-out=']);
  });
});
