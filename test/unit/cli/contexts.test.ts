import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyContext } from '../../../src/commands/contexts/apply.ts';
import { contextsPath } from '../../../src/commands/contexts/file.ts';
import { applyEnvironment } from '../../../src/commands/environment.ts';
import { ALL_GLOBAL_FLAGS, GLOBAL_FLAGS } from '../../../src/commands/globals.ts';
import { FlagSet } from '../../../src/commands/grammar/flags.ts';
import { runInside } from '../../support/command-line.ts';
import { temporaryDirectory } from '../../support/processes.ts';

describe('contexts', () => {
  let directory: string;
  let file: string;
  const kvctl = (line: string, more: { env?: Record<string, string>; stdin?: string } = {}) =>
    runInside(line, { stdin: more.stdin, env: { KVCTL_CONFIG: file, ...more.env } });
  const ok = async (line: string, more?: Parameters<typeof kvctl>[1]) => {
    const { code, stdout, stderr } = await kvctl(line, more);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  beforeEach(() => {
    directory = temporaryDirectory('contexts');
    file = join(directory, 'deep', 'contexts.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** The flags of a command, after environment and context. */
  const flagsOf = (args: string, env: Record<string, string> = {}) => {
    const flags = new FlagSet(ALL_GLOBAL_FLAGS);
    flags.parse(args.split(' ').filter((word) => word !== ''));
    applyEnvironment(flags, GLOBAL_FLAGS, env, []);
    const name = applyContext(flags, { KVCTL_CONFIG: file, ...env });
    return { name, flags, endpoints: flags.list('endpoints').join(',') };
  };

  it('lie in the directory for configuration, or where KVCTL_CONFIG says', () => {
    assert.equal(contextsPath({ HOME: '/home/me' }), '/home/me/.config/kvctl/contexts.json');
    assert.equal(contextsPath({ HOME: '/h', XDG_CONFIG_HOME: '/x' }), '/x/kvctl/contexts.json');
    assert.equal(contextsPath({ HOME: '/h', XDG_CONFIG_HOME: '/x', KVCTL_CONFIG: '/f' }), '/f');
  });

  it('are added, used, listed, shown and removed', async () => {
    assert.equal(await ok('context add local --endpoints=127.0.0.1:2379'), 'Context local added\n');
    await ok('context add prod --endpoints=https://a:1,https://b:2 --user=root --insecure-transport=false');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'deep')).mode & 0o777, 0o700);
    assert.equal(
      await ok('context list'),
      '  local  127.0.0.1:2379\n  prod   https://a:1,https://b:2  root  asked for\n',
    );
    assert.equal(await ok('context use prod'), 'Context prod is the current one\n');
    assert.equal(
      await ok('context show'),
      'name                prod\ncurrent             true\nendpoints           https://a:1,https://b:2\n' +
        'insecure-transport  false\nuser                root\npassword            asked for\n',
    );
    assert.deepEqual(JSON.parse(await ok('context list -w json')), [
      { name: 'local', current: false, endpoints: ['127.0.0.1:2379'], 'password-stored': false },
      {
        name: 'prod',
        current: true,
        endpoints: ['https://a:1', 'https://b:2'],
        'insecure-transport': false,
        user: 'root',
        'password-stored': false,
      },
    ]);
    assert.match(await ok('context list -w table'), /│ CURRENT │ NAME {2}│/);
    assert.match(await ok('context show local -w fields'), /^"name" : "local"\n"current" : "false"\n/);
    assert.equal(await ok('context remove prod'), 'Context prod removed\n');
    assert.deepEqual(await kvctl('context show'), {
      code: 1,
      stdout: '',
      stderr: 'Error: no context is in use\n',
    });
    await ok('context use local');
    assert.equal(flagsOf('').name, 'local');
    await ok('context use --none');
    assert.equal(flagsOf('').name, '');
  });

  it('change nothing where there are none', () => {
    const { name, flags } = flagsOf('');
    assert.equal(name, '');
    for (const spec of ALL_GLOBAL_FLAGS) assert.equal(flags.isSet(spec.name), false);
    assert.equal(existsSync(file), false);
  });

  it('come after flags and environment, before defaults', async () => {
    await ok('context add a --endpoints=a:1 --user=ann --insecure-skip-tls-verify --use');
    await ok('context add b --endpoints=b:1');
    assert.equal(flagsOf('').endpoints, 'a:1');
    assert.equal(flagsOf('').flags.text('user'), 'ann');
    assert.equal(flagsOf('--context=b').endpoints, 'b:1');
    assert.equal(flagsOf('', { KVCTL_CONTEXT: 'b' }).endpoints, 'b:1');
    assert.equal(flagsOf('--context=a', { KVCTL_CONTEXT: 'b' }).endpoints, 'a:1');
    assert.equal(flagsOf('--user=bob').flags.text('user'), 'bob');
    assert.equal(flagsOf('', { ETCDCTL_USER: 'bob' }).flags.text('user'), 'bob');
    assert.equal(flagsOf('', { ETCDCTL_USER: 'bob' }).endpoints, 'a:1');
    assert.equal(flagsOf('--insecure-skip-tls-verify=false').flags.bool('insecure-skip-tls-verify'), false);
    assert.equal(flagsOf('--context=').endpoints, '127.0.0.1:2379');
  });

  it('do not follow a command to other endpoints, unless called by their name', async () => {
    await ok('context add a --endpoints=a:1 --user=ann --password=secret --store-password --use');
    for (const { name, flags } of [
      flagsOf('--endpoints=x:1'),
      flagsOf('', { ETCDCTL_ENDPOINTS: 'x:1' }),
      flagsOf('--discovery-srv=x'),
    ]) {
      assert.equal(name, '');
      assert.equal(flags.text('user'), '');
      assert.equal(flags.text('password'), '');
    }
    const called = flagsOf('--endpoints=x:1 --context=a');
    assert.equal(called.endpoints, 'x:1');
    assert.equal(called.flags.text('password'), 'secret');
  });

  it('give a stored password to no other user', async () => {
    await ok('context add a --endpoints=a:1 --user=ann:secret --store-password --use');
    assert.equal(flagsOf('').flags.text('password'), 'secret');
    assert.equal(flagsOf('--user=bob').flags.text('password'), '');
    assert.equal(flagsOf('--password=other').flags.text('user'), 'ann');
    assert.equal(flagsOf('--auth-jwt-token=t').flags.text('user'), '');
  });

  it('keep no password unless asked for, and show none', async () => {
    const { stderr } = await kvctl('context add a --endpoints=a:1 --user=ann:secret');
    assert.match(stderr, /^The password is not stored, /);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /secret/);
    await ok('context add b --endpoints=a:1 --user=ann --store-password', { stdin: 'typed\n' });
    assert.match(readFileSync(file, 'utf8'), /"password": "typed"/);
    for (const format of ['simple', 'json', 'table', 'fields']) {
      const shown = (await ok(`context show b -w ${format}`)) + (await ok(`context list -w ${format}`));
      assert.doesNotMatch(shown, /typed/);
      assert.match(shown, /stored/);
    }
  });

  it('make paths of files absolute, and look at the files', async () => {
    const missing = await kvctl('context add a --endpoints=a:1 --cacert=nowhere.pem');
    assert.equal(missing.code, 128);
    assert.match(missing.stderr, /^Error: open \/.*\/nowhere\.pem: no such file or directory\n$/);
    const pem = 'test/../package.json';
    assert.match((await kvctl(`context add a --endpoints=a:1 --cert=${pem}`)).stderr, /must both be present/);
    assert.equal(existsSync(file), false);
  });

  const REFUSED: Readonly<Record<string, RegExp>> = {
    'context add': /^Error: accepts 1 arg\(s\), received 0\nUsage:/,
    'context add a': /^Error: a context needs --endpoints or --discovery-srv\n$/,
    'context add a --endpoints=': /a context needs --endpoints/,
    'context add a/b --endpoints=a:1': /bad context name "a\/b": 1 to 64 letters/,
    'context add a --endpoints=a:1 --dial-timeout=3s': /a context does not keep --dial-timeout/,
    'context add a --endpoints=a:1 --context=b': /a context does not keep --context/,
    'context add a --endpoints=a:1 --store-password': /--store-password is nothing without --user/,
    'context add a --endpoints=a:1 --password=x': /--password is nothing without --user/,
    'context add a --endpoints=a:1 --user=a:b --password=x': /a user name with a colon needs/,
    'context add there --endpoints=a:1': /there is a context "there" already \(--replace replaces it\)/,
    'context use nowhere': /no context "nowhere"; there are: there\n/,
    'context use': /takes the name of a context, or --none/,
    'context use there --none': /takes the name of a context, or --none/,
    'context remove nowhere': /no context "nowhere"; there are: there\n/,
    'context show a b': /accepts at most 1 arg\(s\), received 2/,
    'context list a': /unknown command "a" for "kvctl context list"/,
    'get k --context=nowhere': /no context "nowhere"; there are: there\n/,
  };
  for (const [line, message] of Object.entries(REFUSED)) {
    it(`refuse: ${line}`, async () => {
      await ok('context add there --endpoints=t:1');
      const before = readFileSync(file, 'utf8');
      const { code, stderr } = await kvctl(line);
      assert.ok(code === 128 || code === 1, String(code));
      assert.match(stderr, message);
      assert.equal(readFileSync(file, 'utf8'), before);
    });
  }

  const DAMAGED: Readonly<Record<string, RegExp>> = {
    '{': /bad file of contexts .*contexts\.json: .*JSON/,
    '[]': /no object with "contexts" in it/,
    '{"contexts":{"a":{"colour":"red"}}}': /context "a" has a setting "colour", which no context has/,
    '{"contexts":{"a":{"endpoints":"x"}}}': /context "a" has endpoints that is not a list of texts/,
    '{"contexts":{"a":3}}': /context "a" is no object/,
    '{"contexts":{},"current":"gone"}': /no context "gone"; there is none/,
  };
  for (const [text, message] of Object.entries(DAMAGED)) {
    it(`say what is wrong with ${text}`, async () => {
      mkdirSync(join(directory, 'deep'));
      writeFileSync(file, text);
      const { code, stderr } = await kvctl('get k');
      assert.equal(code, 128);
      assert.match(stderr, message);
    });
  }
});
