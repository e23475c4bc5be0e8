import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { runInside } from '../../support/command-line.ts';
import { installed, kvctlBin, run, temporaryDirectory, until } from '../../support/processes.ts';
import { WORLDS, type World } from '../../support/worlds.ts';

/** Bounds are for a loaded machine; asking a server may take 300 ms. */
const SOON_MS = 3000;
const TIMEOUT_MS = 15_000;

describe('completion', function () {
  this.timeout(30_000);
  let world: World;
  let directory: string;
  let env: Record<string, string>;

  const complete = async (...words: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await runInside(['__complete', ...words], { env });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0]);
  };

  before(async () => {
    world = (await WORLDS[0].start())!;
    directory = temporaryDirectory('completion');
    env = { ETCDCTL_ENDPOINTS: world.endpoint, KVCTL_CONFIG: join(directory, 'contexts.json') };
    const put = (key: string) => runInside(['put', key, 'v'], { env });
    for (const key of ['config/db/host', 'config/db/port', 'config/log', 'with blank', 'user:1', 'x\ny'])
      await put(key);
    const place = `--endpoints=${world.endpoint}`;
    for (const name of ['local', 'production']) await runInside(['context', 'add', name, place], { env });
  });
  after(async () => {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('gives keys up to the next separator', async () => {
    assert.deepEqual(await complete('get', ''), ['config/', 'user:1', 'with blank']);
    assert.deepEqual(await complete('get', 'config/'), ['config/db/', 'config/log']);
    assert.deepEqual(await complete('get', '--prefix', 'config/d'), ['config/db/']);
    assert.deepEqual(await complete('get', 'a', 'config/db/'), ['config/db/host', 'config/db/port']);
    assert.deepEqual(await complete('put', 'config/log', 'c'), [], 'a value is no key');
    assert.deepEqual(await complete('ls', '--separator=o', 'config/'), [
      'config/db/ho',
      'config/db/po',
      'config/lo',
    ]);
  });

  it('gives names of contexts, formats, topics, and values of flags', async () => {
    assert.deepEqual(await complete('context', 'use', ''), ['local', 'production']);
    assert.deepEqual(await complete('--context', 'p'), ['production']);
    assert.deepEqual(await complete('get', '--context=l'), ['--context=local']);
    assert.deepEqual(await complete('get', 'k', '-w', 'ya'), ['yaml']);
    assert.deepEqual(await complete('get', '--hex=t'), ['--hex=true']);
    assert.deepEqual(await complete('help', 'exit'), ['exit-codes']);
    assert.deepEqual(await complete('completion', 'z'), ['zsh']);
    assert.deepEqual(await complete('--endpoints', ''), []);
    assert.deepEqual(await complete('bogus', ''), []);
    assert.deepEqual(await complete('lease', '--f'), []);
  });

  it('takes the keys of the context that the line names', async () => {
    const words = ['__complete', '--context=local', 'get', 'con'];
    const { stdout } = await runInside(words, { env: { KVCTL_CONFIG: env.KVCTL_CONFIG } });
    assert.equal(stdout, 'config/\n');
  });

  describe('of a server that is no help', () => {
    const servers: Server[] = [];
    const listening = async (onConnection: (socket: import('node:net').Socket) => void) => {
      const server = createServer(onConnection);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `127.0.0.1:${(server.address() as { port: number }).port}`;
    };
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });
    const quietly = async (more: Record<string, string>) => {
      const start = performance.now();
      const ran = await runInside(['__complete', 'get', 'c'], { env: { ...env, ...more } });
      assert.deepEqual(ran, { code: 0, stdout: '', stderr: '' });
      assert.ok(performance.now() - start < SOON_MS);
    };

    it('gives nothing, soon, and says nothing', async () => {
      const sockets: import('node:net').Socket[] = [];
      await quietly({ ETCDCTL_ENDPOINTS: '127.0.0.1:1' });
      await quietly({ ETCDCTL_ENDPOINTS: await listening((socket) => sockets.push(socket)) });
      await quietly({ ETCDCTL_ENDPOINTS: await listening((socket) => socket.destroy()) });
      for (const socket of sockets) socket.destroy();
    });

    it('asks for no password, and complains of no files', async () => {
      await quietly({ ETCDCTL_USER: 'root' });
      await quietly({ ETCDCTL_CACERT: '/nonexistent' });
      const bad = join(directory, 'bad.json');
      writeFileSync(bad, '{');
      await quietly({ ETCDCTL_ENDPOINTS: '', KVCTL_CONFIG: bad });
    });
  });

  describe('in shells', () => {
    let bash: string | undefined;
    let bin: string;
    before(async function () {
      bash = installed('bash', 'package bash');
      if (bash === undefined) return this.skip();
      bin = join(directory, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'kvctl'), `#!/bin/sh\nexec ${process.execPath} ${kvctlBin} "$@"\n`, {
        mode: 0o755,
      });
    });
    const environment = () => ({
      ...env,
      PATH: `${bin}:${process.env.PATH}`,
      HOME: directory,
      TERM: 'xterm',
    });

    it('hands over words as they were typed, and quotes what a shell would take apart', async () => {
      const script = `source <(kvctl completion bash)
        try() { COMP_LINE="$1"; COMP_POINT=\${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1))
          __kvctl_complete; printf '%s|' "\${COMPREPLY[@]}"; echo; }
        try 'kvctl get ' kvctl get ''
        try 'kvctl get user:' kvctl get user :
        try 'kvctl get --context=lo' kvctl get --context = lo
        try 'kvctl get --context=' kvctl get --context =`;
      const { stdout, stderr } = await run(bash!, ['--norc', '-c', script], { env: environment() });
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trim().split('\n'), [
        'config/|user:1|with\\ blank|',
        '1|',
        'local|',
        'local|production|',
      ]);
    });

    it('completes at a prompt, again and again behind a separator', async function () {
      const script = installed('script', 'package bsdutils');
      if (script === undefined) return this.skip();
      const child = spawn(script, ['-qec', `${bash} --norc -i`, '/dev/null'], {
        env: { ...process.env, ...environment() },
      });
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      const seen = (pattern: RegExp) =>
        until(
          () => pattern.test(text),
          TIMEOUT_MS,
          () => `no ${pattern} in ${JSON.stringify(text)}`,
        );
      try {
        child.stdin.write("PS1='> '; source <(kvctl completion bash); echo rea''dy\n");
        await seen(/\rready\r/);
        child.stdin.write('kvctl get con\t');
        await seen(/get config\/$/);
        child.stdin.write('l\t');
        await seen(/get config\/log $/);
        child.stdin.write('\nexit\n');
        await seen(/\rconfig\/log\r\nv\r\n/);
      } finally {
        child.kill('SIGKILL');
      }
    });

    it('completes in fish: commands alone where there are any, files where there are none', async function () {
      const fish = installed('fish', 'package fish');
      if (fish === undefined) return this.skip();
      const { stdout } = await runInside('completion fish');
      const file = join(directory, 'completion.fish');
      writeFileSync(file, stdout);
      const completions = async (line: string): Promise<string[]> => {
        const program = `source ${file}; complete -C ${JSON.stringify(line)}`;
        const ran = await run(fish, ['--no-config', '-c', program], { env: environment(), cwd: directory });
        assert.equal(ran.code, 0, ran.stderr);
        return ran.stdout.split('\n').map((each) => each.split('\t')[0]);
      };
      assert.deepEqual(await completions('kvctl member pro'), ['promote', '']);
      const files = await completions('kvctl snapshot status compl');
      assert.ok(files.includes('completion.fish'), files.join());
    });
  });

  for (const [shell, flag] of [
    ['zsh', '-n'],
    ['fish', '--no-execute'],
  ] as const) {
    it(`has a script that ${shell} reads`, async function () {
      const path = installed(shell, `package ${shell}`);
      if (path === undefined) return this.skip();
      const { stdout } = await runInside(`completion ${shell}`);
      const file = join(directory, `completion.${shell}`);
      writeFileSync(file, stdout);
      const { code, stderr } = await run(path, [flag, file]);
      assert.equal(code, 0, stderr);
    });
  }
});
