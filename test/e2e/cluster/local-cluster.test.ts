/** `kvctl cluster`: one command for a whole cluster, and other terminals that stop and start its members. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kvctl } from '../../support/cluster-processes.ts';
import { kvctlBin, type Ran, run, temporaryDirectory, until } from '../../support/processes.ts';

const START_MS = 30_000;
/** Longer than the time in which two signals count as one. */
const NOT_THE_SAME_CTRL_C_MS = 700;

interface Status {
  readonly pid: number;
  readonly members: readonly {
    readonly name: string;
    readonly state: string;
    readonly pid?: number;
    readonly role?: string;
  }[];
}

/** The command in the foreground of some terminal. */
class Foreground {
  /** A test that failed may have left one behind. */
  static readonly all: Foreground[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [kvctlBin, 'cluster', 'start', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    Foreground.all.push(this);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk;
      });
    }
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  async says(what: string): Promise<void> {
    await until(
      () => this.output.includes(what) || this.child.exitCode !== null,
      START_MS,
      () => `never said "${what}":\n${this.output}`,
    );
    assert.ok(this.output.includes(what), this.output);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function allGone(pids: readonly number[]): Promise<void> {
  await until(
    () => !pids.some(isAlive),
    10_000,
    () => `still there: ${pids.filter(isAlive).join()}`,
  );
}

describe('kvctl cluster', function () {
  this.timeout(120_000);
  let root: string;
  let directory: string;
  let foreground: Foreground;
  const pids = new Set<number>();

  const command = (...args: readonly string[]): Promise<Ran> =>
    run(process.execPath, [kvctlBin, 'cluster', ...args, '--data-dir', directory]);
  const status = async (): Promise<Status> => {
    const { stdout, stderr } = await command('status', '-w', 'json');
    assert.equal(stderr, '');
    const told = JSON.parse(stdout) as Status;
    for (const { pid } of told.members) if (pid !== undefined) pids.add(pid);
    return told;
  };
  const states = async (): Promise<string[]> => (await status()).members.map(({ state }) => state);
  const endpoints = (): string => /export ETCDCTL_ENDPOINTS=(\S+)/.exec(foreground.output)![1];
  const start = async (...args: readonly string[]): Promise<Foreground> => {
    foreground = new Foreground(['--data-dir', directory, ...args]);
    await foreground.says('export ETCDCTL_ENDPOINTS=');
    return foreground;
  };

  const refusedStart = (...args: readonly string[]): Promise<Ran> =>
    run(process.execPath, [kvctlBin, 'cluster', 'start', '--data-dir', directory, ...args]);

  before(async () => {
    root = temporaryDirectory('local-cluster');
    directory = join(root, 'c');
    await start('--', '--heartbeat-interval=50', '--election-timeout=500');
  });
  after(async () => {
    for (const { child } of Foreground.all) child.kill('SIGKILL');
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await allGone([...pids]);
    rmSync(root, { recursive: true, force: true });
  });

  it('serves at the endpoints that it prints, and passes flags on', async () => {
    assert.equal(endpoints().split(',').length, 3);
    assert.equal((await kvctl(endpoints(), 'put', 'greeting', 'hello')).stdout, 'OK\n');
    for (const endpoint of endpoints().split(','))
      assert.equal((await kvctl(endpoint, 'get', 'greeting')).stdout, 'greeting\nhello\n');
    assert.match(foreground.output, /heartbeat-interval=50ms/);
  });

  it('shows one stream, by name, without colour in a pipe', () => {
    assert.match(
      foreground.output,
      /^node1 {3}│ \d\d:\d\d:\d\d\.\d{3} INFO {2}ready to serve client requests$/m,
    );
    assert.match(foreground.output, /│ node[123] \d\d:\d\d|raft\.node: node[123] elected leader node[123]/);
    assert.ok(!foreground.output.includes('\x1b'));
  });

  it('tells which members run and who leads', async () => {
    const { pid, members } = await status();
    assert.equal(pid, foreground.child.pid);
    assert.deepEqual(
      members.map(({ name }) => name),
      ['node1', 'node2', 'node3'],
    );
    assert.deepEqual(members.map(({ role }) => role).sort(), ['follower', 'follower', 'leader']);
    const { stdout } = await command('status');
    assert.match(stdout, /│ node2 │ running │ +(leader|follower) │ +\d+ │ http:\/\/127\.0\.0\.1:\d+ │/);
    assert.match((await command('status', '-w', 'fields')).stderr, /unsupported output format/);
  });

  it('keeps its control socket to its owner', () => {
    assert.equal(statSync(join(directory, 'control.sock')).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it('stops and starts a member on request', async () => {
    assert.equal((await command('stop-member', 'node2')).stdout, 'node2 stopped\n');
    assert.deepEqual(await states(), ['running', 'stopped', 'running']);
    assert.equal((await kvctl(endpoints(), 'put', 'without', 'node2')).stdout, 'OK\n');
    const again = await command('stop-member', 'node2');
    assert.equal(again.stderr, "Error: can't stop node2: it is not running (stopped)\n");
    assert.equal(again.code, 1);
    assert.equal((await command('start-member', 'node2')).stdout, 'node2 started\n');
    const twice = await command('start-member', 'node2');
    assert.equal(twice.stderr, "Error: can't start node2: it is already up (running)\n");
    assert.equal((await kvctl(endpoints().split(',')[1], 'get', 'without')).stdout, 'without\nnode2\n');
  });

  it('kills, pauses and resumes members on request', async () => {
    assert.equal((await command('kill-member', 'node1')).stdout, 'node1 killed\n');
    assert.deepEqual(await states(), ['down (signal SIGKILL)', 'running', 'running']);
    assert.equal((await command('start-member', 'node1')).stdout, 'node1 started\n');
    assert.equal((await command('pause-member', 'node3')).stdout, 'node3 paused\n');
    assert.deepEqual(await states(), ['running', 'running', 'paused']);
    assert.match(
      (await command('pause-member', 'node3')).stderr,
      /can't pause node3: it is not running \(paused\)/,
    );
    assert.match((await command('resume-member', 'node1')).stderr, /can't resume node1: it is not paused/);
    assert.equal((await command('resume-member', 'node3')).stdout, 'node3 resumed\n');
    assert.deepEqual(await states(), ['running', 'running', 'running']);
  });

  it('refuses names of nobody', async () => {
    const { stderr, code } = await command('stop-member', 'node9');
    assert.equal(stderr, 'Error: no member is called "node9": there are node1, node2, node3\n');
    assert.equal(code, 1);
    assert.match((await command('stop-member')).stderr, /needs the name of one member/);
  });

  it('says that a member ended by itself, and the others go on', async () => {
    const { pid } = (await status()).members[2];
    process.kill(pid!, 'SIGKILL');
    await foreground.says('node3 ended by itself (signal SIGKILL), 2 others go on');
    assert.deepEqual(await states(), ['running', 'running', 'down (signal SIGKILL)']);
    assert.equal((await command('start-member', 'node3')).stdout, 'node3 started\n');
  });

  it('does not start twice in one place', async () => {
    const second = new Foreground(['--data-dir', directory, '--fresh']);
    assert.equal(await second.ended, 1);
    assert.match(second.output, /^Error: a cluster is running there already/);
    assert.equal((await kvctl(endpoints(), 'get', 'greeting')).stdout, 'greeting\nhello\n');
  });

  it('ctrl-c stops all members and leaves nothing behind but the data', async () => {
    const { members } = await status();
    foreground.child.kill('SIGINT');
    foreground.child.kill('SIGINT'); // npx passes it on once more
    assert.equal(await foreground.ended, 0, foreground.output);
    await allGone(members.map(({ pid }) => pid!));
    assert.match(foreground.output, /all members have stopped; the data stays\n$/);
    assert.ok(!existsSync(join(directory, 'control.sock')));
    const { stderr, code } = await command('status');
    assert.match(stderr, /^Error: no cluster is running in .*: start it with "kvctl cluster start"/);
    assert.equal(code, 1);
  });

  it('is the same cluster when it starts again; a second ctrl-c does not wait', async () => {
    await start();
    assert.equal((await kvctl(endpoints(), 'get', 'greeting')).stdout, 'greeting\nhello\n');
    const { members } = await status();
    process.kill(members[0].pid!, 'SIGSTOP'); // it will not stop in order
    foreground.child.kill('SIGINT');
    await foreground.says('stopping all members');
    await new Promise((resolve) => setTimeout(resolve, NOT_THE_SAME_CTRL_C_MS));
    foreground.child.kill('SIGINT');
    assert.equal(await foreground.ended, 1);
    await allGone(members.map(({ pid }) => pid!));
  });

  it('members stop by themselves when the command is killed; what it left behind is no obstacle', async () => {
    await start('--log-level', 'error');
    assert.ok(!foreground.output.includes('ready to serve'), 'the level hides what is below it');
    const { members } = await status();
    foreground.child.kill('SIGKILL');
    await allGone(members.map(({ pid }) => pid!));
    assert.ok(existsSync(join(directory, 'control.sock')));
    await start();
    await status();
    assert.equal((await kvctl(endpoints(), 'get', 'greeting')).stdout, 'greeting\nhello\n');
    assert.equal((await command('stop')).stdout, 'the cluster has stopped; the data stays\n');
    assert.equal(await foreground.ended, 0);
  });

  it('tells that a member was removed, and does not advise to start it', async () => {
    await start();
    await status();
    const id = /^(\w+), started, node3,/m.exec((await kvctl(endpoints(), 'member', 'list')).stdout)![1];
    const tries: string[] = [];
    await until(
      async () => {
        const { code, stderr } = await kvctl(endpoints(), 'member', 'remove', id);
        tries.push(stderr);
        // At first not all have been connected for long enough. Whoever asked the member itself may have lost it before
        // its answer.
        return code === 0 || /member not found/.test(stderr);
      },
      START_MS,
      () => `the member was never removed: ${tries.slice(-3).join('')}${foreground.output}`,
    );
    await foreground.says('node3 ended by itself (removed from the cluster), 2 others go on\n');
    assert.deepEqual(await states(), ['running', 'running', 'down (removed from the cluster)']);
    assert.equal((await command('stop')).code, 0);
  });

  it('begins anew with --fresh, with another size, and ends when no member comes up', async () => {
    foreground = new Foreground(['--data-dir', directory, '--size=1', '--fresh', '--', '--no-such-flag']);
    assert.equal(await foreground.ended, 1);
    assert.match(foreground.output, /node1 +│ flag provided but not defined: -no-such-flag/);
    assert.match(foreground.output, /no member came up\n$/);
    await start();
    assert.equal(endpoints().split(',').length, 1);
    await status();
    assert.equal((await kvctl(endpoints(), 'get', 'greeting')).stdout, '');
    foreground.child.kill('SIGTERM');
    assert.equal(await foreground.ended, 0);
  });

  const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an even size', ['--size=4', '--fresh'], /--size 4 is even: .* take 3 or 5$/m],
    ['too many members', ['--size=11', '--fresh'], /--size 11: a local cluster has 1 to 9 members/],
    ['none', ['--size=0'], /--size 0: a local cluster has 1 to 9 members/],
    ['another size than that of the data', ['--size=3'], /--size 3: the cluster in .* has 1 member;/],
    ['other ports', ['--base-port=4000'], /--base-port 4000: the cluster in .* begins at \d+/],
    [
      'ports that there are not',
      ['--base-port=65535', '--fresh'],
      /--base-port 65535: 3 members need 6 ports/,
    ],
    ['what the cluster decides', ['--', '--name=x'], /--name behind "--": cluster start decides that/],
    ['an unknown level', ['--log-level=loud'], /--log-level loud: there are debug, info, warn, error/],
    ['words', ['three'], /cluster start takes no arguments \(three\)/],
    ['no directory', ['--data-dir='], /--data-dir is empty/],
    ['a path too long for a socket', [`--data-dir=/tmp/${'x'.repeat(100)}`], /choose a shorter --data-dir/],
  ];
  for (const [what, args, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const { stderr, code } = await refusedStart(...args);
      assert.match(stderr, message);
      assert.notEqual(code, 0);
    });
  }

  it('leaves alone what is not its own', async () => {
    directory = join(root, 'mine');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    writeFileSync(join(directory, 'letter'), 'dear all');
    const strange = await refusedStart('--fresh');
    assert.match(strange.stderr, /is not empty and holds no cluster \(no cluster\.json\)/);
    writeFileSync(
      join(directory, 'cluster.json'),
      '{"format":1,"token":"x","members":[{"name":"../../etc"}]}',
    );
    const damaged = await refusedStart('--fresh');
    assert.match(damaged.stderr, /cluster\.json is damaged, or of another version/);
    assert.ok(existsSync(join(directory, 'letter')));
  });
});
