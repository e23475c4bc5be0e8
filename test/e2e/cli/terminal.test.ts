import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  installed,
  kvctlBin,
  run,
  type ServerProcess,
  startEtcd,
  startKvctl,
  until,
} from '../../support/processes.ts';

const TIMEOUT_MS = 15_000;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** What people see who sit at a terminal: `script` makes one. */
describe('kvctl on a terminal', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let script: string | undefined;
  const children: ChildProcess[] = [];

  before(async () => {
    script = installed('script', 'package bsdutils');
    server = await startKvctl();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => server?.dispose());

  /** Runs a command line of a shell at a terminal of 80 by 24; `$kvctl` is kvctl with its endpoint. */
  function sit(command: string, env: Readonly<Record<string, string>> = {}) {
    const kvctl = `${process.execPath} ${kvctlBin} --endpoints=${server.endpoint}`;
    const line = `stty rows 24 cols 80; ${command.replaceAll('$kvctl', kvctl)}`;
    const child = spawn(script!, ['-qec', line, '/dev/null'], {
      env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    return {
      text: () => text,
      type: (keys: string) => child.stdin.write(keys),
      until: (pattern: RegExp) =>
        until(
          () => pattern.test(text),
          TIMEOUT_MS,
          () => `no ${pattern} in: ${JSON.stringify(text)}`,
        ),
      code: new Promise<number | null>((resolve) => child.once('close', resolve)),
    };
  }

  const plain = (args: readonly string[]) =>
    run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, ...args]);

  describe('progress', () => {
    const LOAD = 'benchmark put --total=600 --clients=2 --conns=1';
    beforeEach(function () {
      if (script === undefined) this.skip();
    });

    it('is a line that is drawn over, and gone at the end', async () => {
      const { text, code } = sit(`$kvctl ${LOAD}`);
      assert.equal(await code, 0);
      assert.match(text(), /\rBenchmark {2}\S+ {2,}\d+% {2}[\d,]+ of 600 requests {2}[\d,]+\/s {2}\S+ left/);
      const [, ...afterwards] = text().split(/\r\x1b\[K/);
      assert.equal(afterwards.length, 1, 'taken away once, before the report');
      assert.doesNotMatch(afterwards[0], /\x1b|Benchmark {2}/);
    });

    it('has no colours with NO_COLOR, and is not there in a pipe', async () => {
      const { text, code } = sit(`$kvctl ${LOAD}`, { NO_COLOR: '1' });
      const piped = sit(`$kvctl ${LOAD} 2>&1 | cat`);
      assert.equal(await code, 0);
      assert.match(text(), /Benchmark {2}/);
      assert.doesNotMatch(text(), /\x1b\[\d+m/);
      assert.equal(await piped.code, 0);
      assert.doesNotMatch(piped.text(), /\x1b|Benchmark {2}/);
    });
  });

  describe('top', () => {
    it('shows the cluster until q, and gives the terminal back', async function () {
      if (script === undefined) return this.skip();
      const top = sit(`$kvctl top --interval=200ms; echo "ended $?"; stty -a`);
      await top.until(/leader default/);
      await top.until(/REQ\/S {5}PUT/);
      top.type('-');
      await top.until(/every 0\.4s/);
      top.type('q');
      await top.until(/ended 0/);
      assert.equal(await top.code, 0);
      const text = top.text();
      assert.equal(text.split(ENTER).length, 2);
      assert.ok(text.indexOf(LEAVE) > text.indexOf(ENTER));
      assert.match(text.slice(text.indexOf(LEAVE)), / icanon /);
      assert.match(text.slice(text.indexOf(LEAVE)), / echo /);
    });

    it('gives the terminal back on every signal that ends it', async function () {
      if (script === undefined) return this.skip();
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      await Promise.all(
        signals.map(async (signal) => {
          const top = sit(`sh -c 'echo pid $$; exec $kvctl top'; echo "ended $?"; stty -a`);
          await top.until(/leader default/);
          process.kill(Number(/pid (\d+)/.exec(top.text())![1]), signal);
          await top.until(/ended 0[\s\S]* echo /);
          const text = top.text();
          assert.ok(text.lastIndexOf(LEAVE) > text.lastIndexOf(ENTER), signal);
          assert.match(text.slice(text.lastIndexOf(LEAVE)), / icanon /);
        }),
      );
    });

    it('prints one frame into a pipe, and one sample as JSON', async () => {
      const { stdout, stderr, code } = await plain(['top', '--once', '--interval=200ms']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^kvctl top {2}cluster [0-9a-f]+ {2}1 member {2}leader default {2}term \d+/);
      assert.match(stdout, /\ndefault {5}leader {3}/);
      assert.doesNotMatch(stdout, /\x1b/);
      const json = JSON.parse((await plain(['top', '-w', 'json', '--interval=200ms'])).stdout);
      assert.equal(json.leader, 'default');
      assert.equal(json.members[0].state, 'leader');
      assert.equal(typeof json.requestsPerSecond.put, 'number');
      assert.ok(json.members[0].dbSizeQuota > 0);
      assert.equal((await plain(['top', '-w', 'fields', '--interval=100ms'])).code, 4);
      assert.match((await plain(['top', '-w', 'table', '--interval=100ms'])).stdout, /│ default │ leader │/);
    });

    it('shows watchers, leases, keys and alarms, of kvctl and of etcd', async () => {
      const etcd = installed('etcd', 'package etcd-server');
      const servers = [server, ...(etcd === undefined ? [] : [await startEtcd(etcd)])];
      try {
        for (const { endpoint } of servers) {
          const kvctl = (...args: string[]) =>
            run(process.execPath, [kvctlBin, `--endpoints=${endpoint}`, ...args]);
          await kvctl('put', 'k', 'v');
          await kvctl('lease', 'grant', '60');
          const watch = spawn(process.execPath, [kvctlBin, `--endpoints=${endpoint}`, 'watch', 'k']);
          children.push(watch);
          let facts: { watchers?: number; leases?: number; keys?: number; revision?: number } = {};
          await until(
            async () => {
              facts = JSON.parse((await kvctl('top', '-w', 'json', '--interval=100ms')).stdout);
              return facts.watchers === 1 && facts.leases === 1 && (facts.keys ?? 0) > 0;
            },
            TIMEOUT_MS,
            () => JSON.stringify(facts),
          );
          assert.ok(facts.revision! > 1);
        }
      } finally {
        for (const other of servers.slice(1)) await other.dispose();
      }
    });

    it('says that a member is down, and fails if all are', async () => {
      const { stdout, code } = await run(process.execPath, [
        kvctlBin,
        '--endpoints=127.0.0.1:1',
        'top',
        '--once',
        '--interval=100ms',
      ]);
      assert.equal(code, 1);
      assert.match(stdout, /\n127\.0\.0\.1~ {2}down {7}connection refused\n$/);
    });

    it('refuses an interval that makes no sense', async () => {
      const { stderr, code } = await plain(['top', '--interval=1ms']);
      assert.equal(code, 128);
      assert.equal(stderr, 'Error: --interval 1ms is not between 100ms and 1m\n');
    });
  });
});
