import assert from 'node:assert/strict';
import { ROOT } from '../../../src/commands/table.ts';
import { installed, kvctlBin, type ServerProcess, startEtcd, startKvctl } from '../../support/processes.ts';
import { describeStep, type Expected, expectedOf } from './differences.ts';
import * as invocations from './invocations.ts';
import { type Outcome, type Step, type Tool, transcript } from './transcript.ts';

/**
 * The same invocations, by Debian's etcdctl and by kvctl, each against a fresh server of the same kind: what they print
 * and how they exit must be equal, but for the differences that are listed with their reasons.
 */
const GROUPS: Readonly<Record<string, readonly Step[]>> = {
  'keys and values': invocations.KEY_VALUE,
  txn: invocations.TXN,
  compaction: invocations.COMPACTION,
  lease: invocations.LEASE,
  'cluster and maintenance': invocations.CLUSTER,
  watch: invocations.WATCH,
  'lock and elect': invocations.CONCURRENCY,
  'auth, user, role': invocations.AUTH,
  grammar: invocations.GRAMMAR,
};

interface World {
  readonly name: string;
  /** Undefined where it cannot be started; says why. */
  readonly start: () => Promise<ServerProcess> | undefined;
}

const WORLDS: readonly World[] = [
  {
    name: 'etcd',
    start: () => {
      const path = installed('etcd', 'package etcd-server');
      return path === undefined ? undefined : startEtcd(path);
    },
  },
  ...(ROOT.children?.some((node) => node.name === 'serve')
    ? [{ name: 'kvctl serve', start: () => startKvctl() }]
    : []),
];

const KVCTL: Tool = { command: [process.execPath, kvctlBin], name: 'kvctl' };

function matches(actual: string, expected: string | RegExp): void {
  if (typeof expected === 'string') assert.equal(actual, expected);
  else assert.match(actual, expected);
}

/** The usage behind an error is in our own words: the error itself is what must agree. */
const withoutUsage = (stderr: string) => stderr.split('Usage:')[0];

function compare(actual: Outcome, expected: Expected): void {
  matches(withoutUsage(actual.stderr), expected.stderr);
  matches(actual.stdout, expected.stdout);
  assert.equal(actual.exit, expected.exit);
}

for (const world of WORLDS) {
  describe(`etcdctl and kvctl against ${world.name}`, function () {
    this.timeout(240_000);
    const steps = Object.values(GROUPS).flat();
    const servers: ServerProcess[] = [];
    let reference: Outcome[] = [];
    let ours: Outcome[] = [];

    before(async function () {
      const path = installed('etcdctl', 'package etcd-client');
      if (path === undefined) return this.skip();
      const started = [world.start(), world.start()];
      if (started[0] === undefined) return this.skip();
      servers.push(...(await Promise.all(started as Promise<ServerProcess>[])));
      const etcdctl: Tool = { command: [path], name: 'etcdctl' };
      [reference, ours] = await Promise.all([
        transcript(etcdctl, servers[0].endpoint, steps),
        transcript(KVCTL, servers[1].endpoint, steps),
      ]);
    });

    after(async () => {
      await Promise.all(servers.map((server) => server.dispose()));
    });

    let next = 0;
    for (const [name, group] of Object.entries(GROUPS)) {
      describe(name, () => {
        for (const step of group) {
          const at = next++;
          it(describeStep(step), () => compare(ours[at], expectedOf(reference[at]).expected));
        }
      });
    }
  });
}
