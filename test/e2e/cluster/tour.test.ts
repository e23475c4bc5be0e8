/**
 * Debian's etcdctl goes round three members of etcd and three of kvctl by one script, and must not be able to tell which
 * is which: the transcripts are equal, but for the differences of tour/differences.ts. The long form, `npm run tour`, takes
 * kvctl's own command line round both as well.
 */
import assert from 'node:assert/strict';
import type { StartServer } from '../../support/cluster-processes.ts';
import { installed, kvctlBin, startEtcd, startKvctl } from '../../support/processes.ts';
import type { Step, Tool } from '../cli/transcript.ts';
import type { Line } from '../server/play.ts';
import { even } from './tour/differences.ts';
import { Tour } from './tour/guide.ts';
import { harmless, TOUR, type TourStep } from './tour/script.ts';

const KVCTL: Tool = { command: [process.execPath, kvctlBin], name: 'kvctl' };
const MAX_TITLE = 100;

async function walk(tool: Tool, start: StartServer, script: readonly TourStep[]): Promise<Line[]> {
  const tour = await Tour.begin(start);
  try {
    return await tour.walk(tool, script);
  } finally {
    await tour.dispose();
  }
}

interface TourGuide {
  readonly name: string;
  /** Undefined where it is not installed. */
  tool(): Tool | undefined;
  readonly script: readonly TourStep[];
}

const tools: readonly TourGuide[] = [
  {
    name: "Debian's etcdctl",
    tool: () => {
      const path = installed('etcdctl', 'package etcd-client');
      return path === undefined ? undefined : { command: [path], name: 'etcdctl' };
    },
    script: TOUR,
  },
  ...(process.env.KVCTL_TOUR ? [{ name: 'kvctl', tool: () => KVCTL, script: TOUR.filter(harmless) }] : []),
];

for (const { name, tool, script } of tools) {
  describe(`the member tour: ${name}, on three members of etcd and of kvctl`, function () {
    this.timeout(600_000);
    let theirs: Line[];
    let ours: Line[];
    before(async function () {
      const guide = tool();
      const etcd = installed('etcd', 'package etcd-server');
      if (guide === undefined || etcd === undefined) return this.skip();
      [theirs, ours] = await Promise.all([
        walk(guide, (options) => startEtcd(etcd, options), script),
        walk(guide, startKvctl, script),
      ]);
    });

    const steps = script.filter((step): step is Step => typeof step !== 'string');
    steps.forEach((step, at) => {
      it(step.args.slice(0, MAX_TITLE), () => assert.deepEqual(even(step, ours[at]), even(step, theirs[at])));
    });

    it('saw what there is to see', () => {
      const all = ours.map(({ stdout, stderr }) => stdout + stderr).join('\n');
      for (const said of [
        /added (as learner )?to cluster/,
        /ETCD_INITIAL_CLUSTER_STATE="existing"/,
        /promoted in cluster/,
        /updated in cluster/,
        /removed from cluster/,
        /Leadership transferred from HEX-ID to HEX-ID/,
        /unstarted/,
        /Peer URLs already exists/,
        /too many learner members in cluster/,
        /can only promote a learner member which is in sync with leader/,
        /can only promote a learner member\n/,
        /member not found/,
        /rpc not supported for learner/,
        /no leader endpoint given/,
        /bad leader transferee/,
        /unhealthy cluster/,
      ]) {
        assert.match(all, said);
      }
    });
  });
}
