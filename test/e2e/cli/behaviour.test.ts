import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  freePorts,
  installed,
  kvctlBin,
  projectRoot,
  type Ran,
  run,
  type ServerProcess,
  startEtcd,
  temporaryDirectory,
  until,
} from '../../support/processes.ts';

const TIMEOUT_MS = 10_000;
const NO_VARIABLES = Object.fromEntries(
  Object.keys(process.env)
    .filter((n) => /^ETCD/.test(n))
    .map((n) => [n, '']),
);

/** What `kvctl` does beyond printing: signals, pipes, files, lost servers. Against Debian's etcd. */
describe('kvctl as a process', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let directory: string;
  const children: ChildProcess[] = [];

  before(async function () {
    const path = installed('etcd', 'package etcd-server');
    if (path === undefined) return this.skip();
    directory = temporaryDirectory('cli');
    server = await startEtcd(path);
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  after(async () => {
    await server?.dispose();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  const kvctl = (args: readonly string[], input: string | Buffer = ''): Promise<Ran> =>
    run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, ...args], {
      input,
      env: NO_VARIABLES,
    });
  const value = async (key: string) => (await kvctl(['get', key, '--print-value-only'])).stdout;

  /** Starts a command that goes on, and collects what it prints. */
  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    return {
      text: () => text,
      until: (pattern: RegExp) =>
        until(
          () => pattern.test(text),
          TIMEOUT_MS,
          () => `no ${pattern} in: ${text}`,
        ),
      /** Exit code or signal. */
      end: (signal: NodeJS.Signals) =>
        new Promise<number | NodeJS.Signals | null>((resolve) => {
          child.once('exit', (code, killedBy) => resolve(code ?? killedBy));
          child.kill(signal);
        }),
    };
  }

  it('ends quietly when nobody reads on', async () => {
    const line = 'x'.repeat(1000);
    await kvctl(
      ['txn'],
      `\n${Array.from({ length: 100 }, (_, i) => `put pipe/${i} ${line}`).join('\n')}\n\n\n`,
    );
    const command = `"$0" "$1" --endpoints=$2 get pipe/ --prefix -w fields | head -1`;
    const { stdout, stderr } = await run('sh', ['-c', command, process.execPath, kvctlBin, server.endpoint]);
    assert.match(stdout, /^"ClusterID" : \d+\n$/);
    assert.equal(stderr, '');
  });

  it('takes and gives bytes that are no text', async () => {
    const command = `"$0" "$1" --endpoints=$2 put "$(printf 'bin\\377')" "$(printf '\\200\\001')"`;
    const { stdout } = await run('sh', ['-c', command, process.execPath, kvctlBin, server.endpoint]);
    assert.equal(stdout, 'OK\n');
    const response = JSON.parse((await kvctl(['get', 'bin', '--prefix', '-w', 'json'])).stdout);
    assert.equal(Buffer.from(response.kvs[0].key, 'base64').toString('hex'), '62696eff');
    assert.equal(Buffer.from(response.kvs[0].value, 'base64').toString('hex'), '8001');
  });

  it('takes a large value from stdin, and says when it is too large', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'v');
    assert.equal((await kvctl(['put', 'large'], megabyte)).stdout, 'OK\n');
    assert.equal((await value('large')).length, megabyte.length + 1);
    const tooLarge = await kvctl(['put', 'larger'], Buffer.alloc(3_000_000));
    assert.equal(tooLarge.code, 1);
    assert.match(
      tooLarge.stderr,
      /Error: rpc error: code = ResourceExhausted desc = trying to send message larger than max \(30000\d\d vs\. 2097152\)\n$/,
    );
    const refused = await kvctl(['put', 'larger'], Buffer.alloc(1_800_000));
    assert.match(refused.stderr, /Error: etcdserver: request is too large\n$/);
  });

  it('saves a snapshot that etcd’s own tool accepts, and leaves nothing else', async () => {
    const etcdctl = installed('etcdctl', 'package etcd-client');
    const path = join(directory, 'snap.db');
    const saved = await kvctl(['snapshot', 'save', path]);
    assert.equal(saved.code, 0, saved.stderr);
    assert.equal(saved.stdout, `Snapshot saved at ${path}\n`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(directory), ['snap.db']);
    if (etcdctl !== undefined) {
      const status = await run(etcdctl, ['snapshot', 'status', path], { env: { ETCDCTL_API: '3' } });
      assert.equal(status.code, 0, status.stderr);
    }
    const failed = await kvctl(['snapshot', 'save', '/nonexistent/x.db']);
    assert.equal(failed.code, 5);
    assert.match(
      failed.stderr,
      /Error: could not open \/nonexistent\/x\.db\.part \(open .*: no such file or directory\)\n$/,
    );
    const several = await kvctl(['--endpoints=a:1,b:1', 'snapshot', 'save', 'x']);
    assert.equal(several.code, 5);
    assert.match(
      several.stderr,
      /Error: snapshot must be requested to one selected node, not multiple \[.*\]\n$/,
    );
  });

  it('gives a lock back on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const holder = start('lock', 'mine');
      await holder.until(/^mine\/[0-9a-f]+\n\n$/);
      assert.equal(await holder.end(signal), 0);
      assert.equal((await kvctl(['get', 'mine/', '--prefix'])).stdout, '');
    }
    assert.equal((await kvctl(['lease', 'list'])).stdout, 'found 0 leases\n');
  });

  it('lets the next one have the lock', async () => {
    const first = start('lock', 'shared');
    await first.until(/^shared\//);
    const second = start('lock', 'shared');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(second.text(), '');
    await first.end('SIGTERM');
    await second.until(/^shared\//);
    assert.equal(await second.end('SIGTERM'), 0);
  });

  it('exits as the command under the lock did', async () => {
    const { code, stderr } = await kvctl(['lock', 'l', '--', 'sh', '-c', 'exit 3']);
    assert.equal(code, 3);
    assert.match(stderr, /Error: exit status 3\n$/);
  });

  it('shows each leader to those who listen', async () => {
    const listener = start('elect', 'e', '-l');
    const first = start('elect', 'e', 'first');
    await listener.until(/e\/[0-9a-f]+\nfirst\n/);
    const second = start('elect', 'e', 'second');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(second.text(), '');
    assert.equal(await first.end('SIGTERM'), 0);
    await listener.until(/\nsecond\n/);
    await second.end('SIGTERM');
    assert.equal(await listener.end('SIGTERM'), 0);
  });

  it('mirrors what is there and what comes', async () => {
    const target = await startEtcd(installed('etcd', '')!);
    try {
      await kvctl(['put', 'src/a', '1']);
      const mirror = start('make-mirror', '--prefix=src/', '--dest-prefix=dst/', target.endpoint);
      const there = async () =>
        (await run(process.execPath, [kvctlBin, `--endpoints=${target.endpoint}`, 'get', '--prefix', '']))
          .stdout;
      await until(
        async () => (await there()) === 'dst/a\n1\n',
        TIMEOUT_MS,
        () => mirror.text(),
      );
      await kvctl(['txn'], '\nput src/b 2\ndel src/a\n\n\n');
      await until(
        async () => (await there()) === 'dst/b\n2\n',
        TIMEOUT_MS,
        () => mirror.text(),
      );
    } finally {
      await target.dispose();
    }
  });

  it('goes on watching after the server came back', async () => {
    const watch = start('watch', 'w');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await kvctl(['put', 'w', 'before']);
    await watch.until(/PUT\nw\nbefore\n/);
    await server.kill();
    await server.restart();
    await kvctl(['put', 'w', 'after']);
    await watch.until(/PUT\nw\nafter\n/);
    assert.equal(watch.text(), 'PUT\nw\nbefore\nPUT\nw\nafter\n');
    assert.equal(await watch.end('SIGINT'), 'SIGINT');
  });

  it('speaks TLS, and does not trust just anyone', async () => {
    const [port] = await freePorts(1);
    const url = `https://127.0.0.1:${port}`;
    const args = ['--auto-tls', `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`];
    const secure = await startEtcd(installed('etcd', '')!, { args });
    const get = (...more: string[]) =>
      run(process.execPath, [kvctlBin, ...more, 'put', 'k', 'v', '--command-timeout=1s'], {
        env: NO_VARIABLES,
      });
    try {
      assert.equal((await get(`--endpoints=${url}`, '--insecure-skip-tls-verify')).stdout, 'OK\n');
      const plain = `--endpoints=127.0.0.1:${port}`;
      assert.equal((await get(plain, '--insecure-skip-tls-verify')).stdout, 'OK\n');
      const untrusted = await get(`--endpoints=${url}`);
      assert.match(
        untrusted.stderr,
        /x509: certificate signed by unknown authority.*\n.*Error: context deadline exceeded\n$/s,
      );
      const withoutTls = await get(plain);
      assert.match(
        withoutTls.stderr,
        /error reading server preface.*\n.*Error: context deadline exceeded\n$/s,
      );
      assert.equal(withoutTls.code, 1);
    } finally {
      await secure.dispose();
    }
  });

  it('says that the server is too old for streamed reads', async () => {
    const { code, stderr } = await kvctl(['get', 'w', '--stream']);
    assert.equal(code, 1);
    assert.match(stderr, /Error: rpc error: code = Unimplemented desc = unknown method RangeStream/);
  });

  it('loads nothing but itself for a get', async () => {
    const script = join(directory, 'loaded.cjs');
    const bundle = join(projectRoot, 'dist/cli.cjs');
    writeFileSync(
      script,
      `const { runCommandLine } = require(${JSON.stringify(bundle)});
       const out = [];
       const io = { write: (data) => out.push(data), warn() {}, status() {} };
       const args = ['--endpoints=${server.endpoint}', 'get', 'w'];
       runCommandLine({ args, env: {}, io }).then((code) => {
         console.log(JSON.stringify({ code, files: Object.keys(require.cache) }));
         process.exit();
       });`,
    );
    const { stdout } = await run(process.execPath, [script]);
    assert.deepEqual(JSON.parse(stdout), { code: 0, files: [script, bundle] });
    assert.doesNotMatch(
      readFileSync(bundle, 'utf8'),
      /from ?"lmdb"|require\("lmdb"\)|import\("lmdb"\)/,
      'server code',
    );
  });

  it('is a set of oclif commands', async () => {
    const entry = join(projectRoot, 'dist/oclif.js');
    const script = `import { COMMANDS } from ${JSON.stringify(entry)};
      await COMMANDS.version.run([], { root: ${JSON.stringify(projectRoot)} });
      console.log(Object.keys(COMMANDS).includes('lease:grant'), COMMANDS.get.flags.prefix.type);`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: projectRoot,
    });
    assert.match(stdout, /^kvctl version: .*\nAPI version: 3\.7\ntrue boolean\n$/, stderr);
  });
});
