import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import {
  freePorts,
  installed,
  kvctlBin,
  type Ran,
  run,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
  until,
} from '../../support/processes.ts';
import { ACCESS_KEY, BUCKET, S3Server, SECRET_KEY } from '../../support/s3-server.ts';
import { fill, kvctl, kvctlOk, statusOf } from './support.ts';

const NAME = /^[0-9a-f]{16}-\d{8}T\d{6}\.\d{3}Z-r\d+\.db$/;
const NAME_IN_LINE = /^Backup [0-9a-f]{16}-\S+-r\d+\.db saved in /;
const S3_ENV = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY, AWS_REGION: 'eu-test-1' };

/** A way to a server that is blocked for good after so many bytes of its answers. */
async function blockedAfter(bytes: number, endpoint: string): Promise<{ endpoint: string; server: Server }> {
  const [host, port] = endpoint.split(':');
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    let passed = 0;
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, bytes - passed));
      passed += chunk.length;
      if (passed >= bytes) upstream.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

/** `kvctl backup run` that goes on until it is stopped. */
class Running {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [kvctlBin, 'backup', 'run', ...args]);
    this.child.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  async says(what: RegExp): Promise<void> {
    await until(
      () => what.test(this.stdout + this.stderr),
      20_000,
      () => `never said ${what}: ${this.stdout}${this.stderr}`,
    );
  }
}

describe('kvctl backup', function () {
  this.timeout(60_000);
  let directory: string;
  let server: ServerProcess;
  let places = 0;

  before(async () => {
    directory = temporaryDirectory('backups');
    server = await startKvctl();
    await fill(server);
  });

  after(async () => {
    await server?.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const freshPlace = (): string => join(directory, `place-${++places}`);
  const backup = (place: string, ...more: string[]): Promise<Ran> =>
    kvctl(`--endpoints=${server.endpoint}`, 'backup', 'run', '--once', `--to=${place}`, ...more);

  it('run --once: a checked file for its owner only, of which a restore makes a member', async () => {
    const place = freshPlace();
    const { revision } = await statusOf(server);
    const ran = await backup(place);
    assert.equal(ran.code, 0, ran.stderr);
    const [name, ...others] = readdirSync(place);
    assert.deepEqual(others, []);
    assert.match(name, NAME);
    assert.ok(name.endsWith(`-r${revision}.db`));
    assert.equal(ran.stdout, `Backup ${name} saved in ${place}\n`);
    assert.equal(statSync(join(place, name)).mode & 0o777, 0o600);
    assert.equal(statSync(place).mode & 0o777, 0o700);
    const messages = ran.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    assert.deepEqual(messages, ['saved snapshot', 'backup saved and verified']);
    const status = JSON.parse(await kvctlOk('snapshot', 'status', join(place, name), '-w', 'json'));
    assert.equal(status.revision, revision);
    await kvctlOk('snapshot', 'restore', join(place, name), `--data-dir=${join(directory, 'restored')}`);
  });

  it('--keep keeps the newest, and touches nothing else; what a killed run left goes after an hour', async () => {
    const place = freshPlace();
    const made: string[] = [];
    let strangers: string[] = [];
    for (let i = 0; i < 3; i++) {
      const ran = await backup(place, '--keep=2', '--restore-test=false');
      assert.equal(ran.code, 0, ran.stderr);
      made.push(/^Backup (\S+)/.exec(ran.stdout)![1]);
      if (i > 0) continue;
      const stranger = made[0]
        .replace(/^[0-9a-f]{16}/, '00000000000000ff')
        .replace(/^(.{17})\d{4}/, '$12020');
      strangers = ['notes.txt', stranger, `${stranger}.part`, `${made[0]}.part`];
      for (const name of strangers) writeFileSync(join(place, name), 'x');
      utimesSync(join(place, `${stranger}.part`), new Date(0), new Date(0));
    }
    const left = readdirSync(place).filter((name) => !made.includes(name));
    assert.deepEqual(left.sort(), [strangers[1], `${made[0]}.part`, 'notes.txt'].sort());
    assert.deepEqual(
      readdirSync(place).filter((name) => made.includes(name)),
      made.slice(1),
    );
    const dry = await kvctlOk('backup', 'prune', place, '--keep=1', '--dry-run');
    assert.equal(dry, `Would remove ${made[1]}\n`);
    assert.equal(await kvctlOk('backup', 'prune', place, '--keep=1'), `Removed ${made[1]}\n`);
    const listed = JSON.parse(await kvctlOk('backup', 'list', place, '-w', 'json'));
    assert.equal(listed.length, 2);
    assert.equal(listed[1].name, made[2]);
    assert.equal(listed[1].bytes, statSync(join(place, made[2])).size);
  });

  it('verify finds every damaged one, and says what is wrong', async () => {
    const place = freshPlace();
    await backup(place, '--restore-test=false');
    await backup(place, '--restore-test=false');
    const [good, bad] = readdirSync(place).sort();
    const all = await kvctlOk('backup', 'verify', place);
    assert.match(all, new RegExp(`^${good}: good, revision \\d+, \\d+ changes\n${bad}: good.*\n$`));
    const bytes = readFileSync(join(place, bad));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(join(place, bad), bytes);
    const ran = await kvctl('backup', 'verify', place);
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, new RegExp(`^${good}: good`));
    assert.match(ran.stderr, new RegExp(`^backup .*${bad} is not good: expected sha256`));
    assert.match(await kvctlOk('backup', 'verify', place, good), /good/);
    const none = await kvctl('backup', 'verify', place, 'nothing.db');
    assert.equal(none.stderr, `Error: there is no backup nothing.db in ${place}\n`);
  });

  it('the server is away: one line for each attempt, exit code 1, no part file', async () => {
    const place = freshPlace();
    const [port] = await freePorts(1);
    const args = [`--endpoints=127.0.0.1:${port}`, '--command-timeout=500ms'];
    const ran = await kvctl(...args, 'backup', 'run', '--once', `--to=${place}`, '--retries=1');
    assert.equal(ran.code, 1);
    const lines = ran.stderr.trim().split('\n');
    assert.equal(lines.pop(), `Error: no backup was saved in ${place}`);
    const told = lines.map((line) => JSON.parse(line)).filter(({ logger }) => logger === 'backup');
    assert.deepEqual(
      told.map(({ level, msg, attempt }) => [level, msg, attempt]),
      [
        ['warn', 'backup failed, trying again', 1],
        ['error', 'backup failed', 2],
      ],
    );
    assert.equal(told[0]['retry-in'], '1s');
  });

  it('the next endpoint is asked when one is away', async () => {
    const place = freshPlace();
    const [port] = await freePorts(1);
    const args = [`--endpoints=127.0.0.1:${port},${server.endpoint}`, '--command-timeout=500ms'];
    assert.match(await kvctlOk(...args, 'backup', 'run', '--once', `--to=${place}`), NAME_IN_LINE);
  });

  it('on a schedule, until SIGTERM', async () => {
    const place = freshPlace();
    const running = new Running([
      `--endpoints=${server.endpoint}`,
      '--every=1s',
      '--keep=2',
      `--to=${place}`,
    ]);
    await running.says(/(Backup \S+ saved[\s\S]*){3}/);
    await running.says(/removed old backup/);
    running.child.kill('SIGTERM');
    const code = await running.ended;
    assert.ok(code === 0 || code === 5, `${code}: ${running.stderr}`);
    const times = [...running.stdout.matchAll(/T\d{4}(\d\d)\.(\d{3})Z/g)].map(
      ([, s, ms]) => Number(s) * 1000 + Number(ms),
    );
    for (let i = 1; i < times.length; i++) assert.ok((times[i] - times[i - 1] + 60_000) % 60_000 > 500);
    for (const name of readdirSync(place)) assert.match(name, NAME);
  });

  it('SIGTERM in the middle: the part file is removed, exit code 5', async () => {
    const place = freshPlace();
    const { endpoint, server: blocked } = await blockedAfter(100_000, server.endpoint);
    const running = new Running([`--endpoints=${endpoint}`, '--every=1h', `--to=${place}`]);
    try {
      const parts = (): string[] => {
        try {
          return readdirSync(place);
        } catch {
          return [];
        }
      };
      await until(
        () => parts().some((name) => name.endsWith('.part') && statSync(join(place, name)).size > 0),
        20_000,
        () => `no part file: ${running.stderr}`,
      );
      running.child.kill('SIGTERM');
      assert.equal(await running.ended, 5, running.stderr);
      assert.match(running.stderr, /Error: backup interrupted: nothing was kept of it/);
      assert.deepEqual(readdirSync(place), []);
    } finally {
      running.child.kill('SIGKILL');
      blocked.close();
    }
  });

  it('refuses what makes no sense', async () => {
    const cases: readonly [string[], RegExp, number][] = [
      [['run'], /backup run needs --to/, 128],
      [['run', 'x', '--to=y'], /takes no arguments, got \(x\)/, 128],
      [['run', '--to=x', '--once', '--every=1h'], /--once and --every exclude each other/, 128],
      [['run', '--to=x', '--every=10ms'], /--every 10ms is too often: at least 1s/, 128],
      [['run', '--to=ftp://x/y', '--once'], /ftp:\/\/x\/y: only a directory or s3:/, 1],
      [['run', '--to=s3://bucket', '--once'], /set AWS_ACCESS_KEY_ID/, 1],
      [['list'], /backup list expects one argument/, 128],
      [['list', '/nonexistent'], /cannot list backups in \/nonexistent: ENOENT/, 1],
      [['list', '.', '-w', 'table'], /table not supported as output format/, 4],
      [['prune', '.'], /backup prune needs --keep/, 128],
      [['verify'], /backup verify expects/, 128],
    ];
    await Promise.all(
      cases.map(async ([args, message, code]) => {
        const ran = await kvctl('backup', ...args);
        assert.match(ran.stderr, message);
        assert.equal(ran.code, code, args.join(' '));
      }),
    );
  });

  it('to a bucket: run, list, verify, prune', async () => {
    const s3 = await new S3Server().listen();
    try {
      const at = (...args: string[]): Promise<Ran> =>
        run(
          process.execPath,
          [
            kvctlBin,
            `--endpoints=${server.endpoint}`,
            'backup',
            ...args,
            `--s3-endpoint=${s3.endpoint}`,
            `--work-dir=${directory}`,
          ],
          { env: S3_ENV },
        );
      const place = `s3://${BUCKET}/member/one`;
      for (let i = 0; i < 2; i++) assert.equal((await at('run', '--once', `--to=${place}`)).code, 0);
      const [first, second] = [...s3.objects.keys()].sort();
      assert.match(first, /^member\/one\/[0-9a-f]{16}-/);
      assert.equal((await at('list', place)).stdout.split('\n').length, 3);
      assert.match((await at('verify', place)).stdout, /^(\S+: good, revision \d+, \d+ changes\n){2}$/);
      s3.objects.get(second)![9000] ^= 1;
      assert.equal((await at('verify', place)).code, 1);
      assert.match((await at('prune', place, '--keep=1')).stdout, /^Removed /);
      assert.deepEqual([...s3.objects.keys()], [second]);
      assert.deepEqual([s3.refused, s3.uploads.size], [[], 0]);
      assert.deepEqual(
        readdirSync(directory).filter((name) => /part|test/.test(name)),
        [],
      );
    } finally {
      s3.close();
    }
  });

  it('to the bucket of an S3 server that others wrote', async function () {
    const moto = installed('moto_server', 'backups in the bucket of an S3 server that others wrote');
    if (!moto) return this.skip();
    const [port] = await freePorts(1);
    const endpoint = `http://127.0.0.1:${port}`;
    const child = spawn(moto, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('close', resolve));
    try {
      const isUp = (): Promise<boolean> =>
        fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' }).then(
          ({ ok }) => ok,
          () => false,
        );
      await until(isUp, 30_000, () => 'moto_server did not come up');
      const at = (...args: string[]): Promise<Ran> =>
        run(
          process.execPath,
          [kvctlBin, `--endpoints=${server.endpoint}`, 'backup', ...args, `--s3-endpoint=${endpoint}`],
          { env: S3_ENV },
        );
      for (let i = 0; i < 2; i++) {
        const ran = await at('run', '--once', '--keep=1', `--to=s3://${BUCKET}/p`);
        assert.equal(ran.code, 0, ran.stderr);
      }
      assert.match((await at('list', `s3://${BUCKET}/p`)).stdout, /^\S+, \S+, \d+, \S+ kB\n$/);
      assert.match((await at('verify', `s3://${BUCKET}/p`)).stdout, /: good/);
    } finally {
      child.kill('SIGKILL');
      await gone;
    }
  });

  it("of Debian's etcd", async function () {
    const etcd = installed('etcd', 'backups of a real etcd');
    if (!etcd) return this.skip();
    const real = await startEtcd(etcd);
    try {
      await fill(real, 100);
      const place = freshPlace();
      await kvctlOk(`--endpoints=${real.endpoint}`, 'backup', 'run', '--once', `--to=${place}`);
      assert.match(await kvctlOk('backup', 'verify', place), /: good, revision \d+/);
    } finally {
      await real.dispose();
    }
  });
});
