/**
 * `npm run profile -- put`: one member under one load (of a cluster: the leader or a
 * follower, with all requests to the leader), and where its time goes. Writes to profile/ a flame graph
 * (LOAD.svg), the profile itself for Chrome's and other viewers (LOAD.cpuprofile), and prints a table of microseconds
 * a request for each layer; for puts with the design's budget beside it.
 *
 *   npm run profile -- [put | range | watch | ...] [--seconds 10] [--conns 100] [--clients 1000]
 *                      [--members 3 [--of leader | follower]]
 *
 * The sampler counts the main thread. What other threads use (disk, garbage, compiler) is the difference to the
 * processor time that the kernel counts for the process.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageOf } from '../src/bench/compare/proc.ts';
import {
  COMPARED_LOADS,
  type ComparedLoad,
  driveLoad,
  leaderOf,
  startWorker,
  type Target,
  targetsOf,
} from '../src/bench/main.ts';
import { markdownTable } from '../src/bench/report/markdown.ts';
import { projectRoot } from '../test/support/processes.ts';
import { type Cluster, startCluster } from './bench/servers.ts';
import { bundleServer } from './profile/bundle.ts';
import { flameGraph } from './profile/flame.ts';
import { LAYERS, type Layer, layerOf, PUT_BUDGET } from './profile/layers.ts';
import { readStacks, type Stack } from './profile/stacks.ts';

/** The word to call it by, and how the comparison calls it. */
const LOADS: Readonly<Record<string, string>> = {
  put: 'put',
  'put-alone': 'put, 1 client',
  range: 'range, linearizable',
  serializable: 'range, serializable',
  list: 'lists of 1000 keys',
  txn: 'transactions, half of them writes',
  lease: 'lease renewals',
  watch: 'watch events, 1000 watchers of 1 key',
  'watch-keys': 'watch events, 100 watchers of each of 100 keys',
};
/** The time is what ends a run. */
const NO_LIMIT = 1e9;
const DIAL_TIMEOUT_MS = 2000;
const WARM_UP_SECONDS = 3;
const PROFILE_LIMIT_MS = 20_000;
const OUT = join(projectRoot, 'profile');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    conns: { type: 'string', default: '100' },
    clients: { type: 'string', default: '1000' },
    members: { type: 'string', default: '1' },
    of: { type: 'string', default: 'leader' },
  },
});

async function waitForFile(file: string): Promise<void> {
  const limit = performance.now() + PROFILE_LIMIT_MS;
  while (!existsSync(file)) {
    if (performance.now() > limit) throw new Error(`no profile within ${PROFILE_LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, 500)); // it is being written
}

/** Where the requests go, and whose time is counted. */
async function profiled({ endpoints, pids }: Cluster): Promise<{ target: Target; pid: number }> {
  const all = targetsOf({ endpoints });
  const target = await leaderOf(all, { token: '', timeoutMs: DIAL_TIMEOUT_MS });
  const leader = all.indexOf(target);
  const pid = options.of === 'leader' ? pids[leader] : pids.find((_, i) => i !== leader);
  if (pid === undefined) throw new Error(`no ${options.of} among ${pids.length} members`);
  return { target, pid };
}

async function drive(
  target: Target,
  load: ComparedLoad,
  secondsLimit: number,
): Promise<{ count: number; seconds: number }> {
  const summaries = await driveLoad(
    {
      connections: Number(options.conns),
      clients: Number(options.clients),
      total: NO_LIMIT,
      secondsLimit,
      dialTimeoutMs: DIAL_TIMEOUT_MS,
      threads: 1,
      startWorker,
      stop: new AbortController().signal,
    },
    { name: 'profile', targets: [target], token: '', pids: [] },
    load,
  );
  return {
    count: summaries.reduce((sum, { summary }) => sum + summary.count, 0),
    seconds: Math.max(...summaries.map(({ summary }) => summary.total)),
  };
}

/** Sum of microseconds by layer. */
function byLayer(stacks: readonly Stack[]): Map<Layer, number> {
  const sums = new Map<Layer, number>();
  for (const stack of stacks) {
    const layer = layerOf(stack);
    sums.set(layer, (sums.get(layer) ?? 0) + stack.micros);
  }
  return sums;
}

function tableOf(sums: Map<Layer, number>, requests: number, cpuMicros: number, budget: boolean): string {
  const per = (micros: number): string => (micros / requests).toFixed(2);
  const busy = LAYERS.reduce((sum, layer) => sum + (sums.get(layer) ?? 0), 0);
  const rows = LAYERS.filter((layer) => (sums.get(layer) ?? 0) / requests >= 0.005).map((layer) => [
    layer,
    per(sums.get(layer)!),
    ...(budget ? [PUT_BUDGET[layer]?.toString() ?? ''] : []),
  ]);
  const budgetSum = Object.values(PUT_BUDGET).reduce((sum, each) => sum + each, 0);
  rows.push(['main thread', per(busy), ...(budget ? [budgetSum.toString()] : [])]);
  rows.push(['other threads', per(Math.max(0, cpuMicros - busy)), ...(budget ? [''] : [])]);
  rows.push(['process', per(cpuMicros), ...(budget ? [''] : [])]);
  return markdownTable(['layer', 'us a request', ...(budget ? ['budget'] : [])], rows);
}

async function main(name: string): Promise<void> {
  const load = COMPARED_LOADS.find((each) => each.name === LOADS[name]);
  if (load === undefined) {
    throw new Error(`no load "${name}": there are ${Object.keys(LOADS).join(', ')}`);
  }
  mkdirSync(OUT, { recursive: true });
  const profile = join(OUT, `${name}.cpuprofile.part`);
  rmSync(profile, { force: true });
  process.env.KVCTL_PROFILE = profile;
  const server = await bundleServer();
  const sampler = new URL('./profile/sampler.mjs', import.meta.url).href;
  const cluster = await startCluster(
    [process.execPath, '--import', sampler, server.file],
    Number(options.members),
  );
  try {
    const { target, pid } = await profiled(cluster);
    await drive(target, load, WARM_UP_SECONDS);
    process.kill(pid, 'SIGUSR2');
    const before = usageOf([pid])!;
    const { count, seconds } = await drive(target, load, Number(options.seconds));
    const after = usageOf([pid])!;
    process.kill(pid, 'SIGUSR2');
    await waitForFile(profile);
    const stacks = readStacks(profile, server);
    const busy = stacks.filter((stack) => layerOf(stack) !== 'idle');
    const what = `${load.name}: ${count} in ${seconds.toFixed(1)} s`;
    writeFileSync(join(OUT, `${name}.svg`), flameGraph(busy, what));
    renameSync(profile, join(OUT, `${name}.cpuprofile`));
    const cpuMicros = (after.cpuMs - before.cpuMs) * 1000;
    process.stdout.write(`${what}\n\n${tableOf(byLayer(stacks), count, cpuMicros, name === 'put')}\n`);
    process.stdout.write(
      `profile/${name}.svg is the flame graph, profile/${name}.cpuprofile opens in Chrome's DevTools\n`,
    );
  } finally {
    await cluster.dispose();
  }
}

await main(positionals[0] ?? 'put');
