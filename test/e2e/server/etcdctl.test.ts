import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { installed, run, type ServerProcess, startEtcd, startKvctl, until } from '../../support/processes.ts';
import { describeStep } from '../cli/differences.ts';
import type { Step } from '../cli/transcript.ts';
import { type Line, play } from './play.ts';
import { SCRIPT } from './script.ts';

/**
 * Debian's etcdctl plays one script against its own etcd and against `kvctl serve`, each with a fresh store. It must
 * not be able to tell which is which: the two transcripts are equal, but for what another release of etcd says otherwise.
 */
interface ReleaseDifference {
  readonly reason: string;
  readonly appliesTo: RegExp;
  /** Takes the difference out of what either server makes etcdctl print. */
  readonly even: (stdout: string) => string;
}

const RELEASE_DIFFERENCES: readonly ReleaseDifference[] = [
  {
    reason: 'each server tells its own version',
    appliesTo: /^endpoint status/,
    even: (stdout) => stdout.replace(/\b(3\.4\.\d+|3\.7\.1)\b/, 'VERSION'),
  },
  {
    reason: 'the first entries of a log are others from 3.5 on, so its indexes are',
    appliesTo: /^endpoint status -w table/,
    even: (stdout) => stdout.replace(/N \| N \| \d+ \|/, 'N | N | N |'),
  },
];

const even = (step: Step, line: Line): Line => ({
  ...line,
  stdout: RELEASE_DIFFERENCES.filter(({ appliesTo }) => appliesTo.test(step.args)).reduce(
    (stdout, difference) => difference.even(stdout),
    line.stdout,
  ),
});

const PLAY_TIMEOUT_MS = 120_000;
const EVENTS_TIMEOUT_MS = 10_000;

describe('etcdctl of Debian against kvctl serve', function () {
  this.timeout(PLAY_TIMEOUT_MS);
  let etcdctl: string;
  let etcd: ServerProcess | undefined;
  let kvctl: ServerProcess | undefined;
  let told: Line[];
  let ours: Line[];

  before(async function () {
    const [client, server] = [
      installed('etcdctl', 'package etcd-client'),
      installed('etcd', 'package etcd-server'),
    ];
    if (client === undefined || server === undefined) return this.skip();
    etcdctl = client;
    [etcd, kvctl] = await Promise.all([startEtcd(server), startKvctl()]);
    const tool = { command: [etcdctl], name: 'etcdctl' };
    [told, ours] = await Promise.all([play(tool, etcd.endpoint, SCRIPT), play(tool, kvctl.endpoint, SCRIPT)]);
  });

  after(async () => {
    await etcd?.dispose();
    await kvctl?.dispose();
  });

  it('the script gets through, and its bad lines do not', () => {
    const exits = (lines: readonly Line[]): number => lines.filter(({ exit }) => exit === '0').length;
    assert(
      exits(told) > SCRIPT.length / 2,
      `only ${exits(told)} of ${SCRIPT.length} steps succeeded on etcd`,
    );
    for (const refusal of [
      'key is not provided',
      'duplicate key given in txn request',
      'too many operations in txn request',
      'request is too large',
      'trying to send message larger than max',
      'requested lease not found',
      'too large lease TTL',
      'required revision has been compacted',
      'required revision is a future revision',
    ])
      assert(
        told.some(({ stderr }) => stderr.includes(refusal)),
        `no step is refused with "${refusal}"`,
      );
  });

  SCRIPT.forEach((step, at) => {
    const title = describeStep(step);
    it(title.length > 100 ? `${title.slice(0, 100)}…` : title, () => {
      assert.deepEqual(even(step, ours[at]), even(step, told[at]));
    });
  });

  it('shows events as they come, each once and in order', async () => {
    const seen = await Promise.all(
      [etcd!, kvctl!].map(({ endpoint }) => watchWhileWriting(etcdctl, endpoint)),
    );
    assert.equal(seen[1], seen[0]);
    assert.match(seen[0], /^PUT\nlive\/1\n1\nPUT\nlive\/2\n2\n/);
  });

  it('keeps a lease alive as long as it runs', async () => {
    const keep = async ({ endpoint }: ServerProcess): Promise<string> => {
      const { stdout } = await etcdctlAt(etcdctl, endpoint, 'lease', 'grant', '2');
      const id = stdout.split(' ')[1];
      await etcdctlAt(etcdctl, endpoint, 'put', 'kept', 'x', `--lease=${id}`);
      // Four renewals take longer than the lease would live without them.
      const printed = await readUntil(
        spawn(etcdctl, [`--endpoints=${endpoint}`, 'lease', 'keep-alive', id]),
        (text) => text.split('\n').length > 4,
      );
      assert.equal((await etcdctlAt(etcdctl, endpoint, 'get', 'kept')).stdout, 'kept\nx\n');
      return printed.replaceAll(id, 'ID').split('\n').slice(0, 4).join('\n');
    };
    const kept = await Promise.all([keep(etcd!), keep(kvctl!)]);
    assert.equal(kept[1], kept[0]);
  });
});

const etcdctlAt = (etcdctl: string, endpoint: string, ...args: readonly string[]): ReturnType<typeof run> =>
  run(etcdctl, [`--endpoints=${endpoint}`, ...args]);

/** A watch on what is written while it runs; it starts at a known revision, so that nothing can come too early. */
async function watchWhileWriting(etcdctl: string, endpoint: string): Promise<string> {
  const at = (...args: string[]): ReturnType<typeof run> => etcdctlAt(etcdctl, endpoint, ...args);
  const { stdout } = await at('get', 'live', '-w', 'json');
  const next = Number(/"revision":(\d+)/.exec(stdout)![1]) + 1;
  const watching = readUntil(
    spawn(etcdctl, [`--endpoints=${endpoint}`, 'watch', 'live/', '--prefix', `--rev=${next}`, '--prev-kv']),
    (text) => text.includes('live/end'),
  );
  for (let n = 1; n <= 5; n++) await at('put', `live/${n}`, String(n));
  await at('put', 'live/1', 'changed');
  await at('put', 'elsewhere', 'x');
  await at('del', 'live/', '--prefix');
  await at('put', 'live/end', '');
  return await watching;
}

/** What a program that goes on prints until it is enough. */
async function readUntil(child: ChildProcess, enough: (text: string) => boolean): Promise<string> {
  let printed = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  try {
    await until(
      () => enough(printed),
      EVENTS_TIMEOUT_MS,
      () => `waited for more than:\n${printed}`,
    );
    return printed;
  } finally {
    child.kill('SIGKILL');
  }
}
