/**
 * `npm run bench:etcd`: kvctl and a real etcd side by side on loopback, under the same loads in turn; writes
 * docs/benchmarks.md. Everything is bounded: rounds, requests and seconds of a load, keys.
 *
 *   npm run bench:etcd -- [--etcd FILE] [--kvctl FILE] [--members 1,3] [--rounds 5] [--total 50000] [--seconds 10]
 *                         [--conns 100] [--clients 1000] [--keys 100000] [--out docs/benchmarks.md]
 *
 * `--kvctl FILE` puts another server in kvctl's place (a second etcd, to see that the benchmark is fair).
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageOf } from '../src/bench/compare/proc.ts';
import type { ComparedSummary } from '../src/bench/compare/table.ts';
import {
  COMPARED_LOADS,
  type ComparedLoad,
  type CompareOptions,
  compare,
  comparisonMarkdown,
  leaderOf,
  run,
  startWorker,
  summarizeComparison,
  targetsOf,
} from '../src/bench/main.ts';
import { markdownTable } from '../src/bench/report/markdown.ts';
import { kvctlBin, projectRoot } from '../test/support/processes.ts';
import { ceiling } from './bench/ceiling.ts';
import { goalTable, type Verdict } from './bench/goals.ts';
import { h2loadTable } from './bench/h2load.ts';
import { idleStreams } from './bench/idle-streams.ts';
import { longestPauseMs } from './bench/loop-pause.ts';
import { machineLines } from './bench/machine.ts';
import { type Cluster, KVCTL, type Program, startCluster } from './bench/servers.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string', default: 'etcd' },
    kvctl: { type: 'string' },
    members: { type: 'string', default: '1,3' },
    rounds: { type: 'string', default: '5' },
    total: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '10' },
    conns: { type: 'string', default: '100' },
    clients: { type: 'string', default: '1000' },
    keys: { type: 'string', default: '100000' },
    out: { type: 'string', default: 'docs/benchmarks.md' },
  },
});

const VALUE_BYTES = 256;
const KEY_BYTES = 16;
const CEILING_REQUESTS = 300_000;
const etcd: Program = [options.etcd];
const kvctl: Program = options.kvctl === undefined ? KVCTL : [options.kvctl];
const ours = options.kvctl === undefined ? 'kvctl' : `${basename(options.kvctl)} in kvctl's place`;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const say = (line: string) => process.stderr.write(`${line}\n`);

const rounds = Number(options.rounds);
const volume = {
  connections: Number(options.conns),
  clients: Number(options.clients),
  total: Number(options.total),
};

function versionOf(program: Program): string {
  const [file, args] =
    program === KVCTL ? [process.execPath, [kvctlBin, 'version']] : [program[0], ['--version']];
  return execFileSync(file, args, { encoding: 'utf8' }).split('\n')[0].trim();
}

async function onBoth<T>(
  size: number,
  work: (ourCluster: Cluster, theirCluster: Cluster) => Promise<T>,
): Promise<T> {
  const ourCluster = await startCluster(kvctl, size);
  try {
    const theirCluster = await startCluster(etcd, size);
    try {
      return await work(ourCluster, theirCluster);
    } finally {
      await theirCluster.dispose();
    }
  } finally {
    await ourCluster.dispose();
  }
}

/** What the goals look at, by place. */
const measured = new Map<string, ComparedSummary[]>();
const verdicts: Verdict[] = [];

/** The longest pause of kvctl's event loop under each load, in milliseconds, over all rounds. */
type Pauses = Map<string, number>;

async function comparison(
  [ourCluster, theirCluster]: readonly [Cluster, Cluster],
  {
    place,
    loads,
    leaderOnly,
    pauses = new Map(),
  }: { place: string; loads: readonly ComparedLoad[]; leaderOnly: boolean; pauses?: Pauses },
): Promise<string> {
  const side = async (name: string, { endpoints, pids }: Cluster) => {
    const all = targetsOf({ endpoints });
    const targets = leaderOnly ? [await leaderOf(all, { token: '', timeoutMs: 2000 })] : all;
    return { name, targets, token: '', pids };
  };
  const settings: CompareOptions = {
    ...volume,
    a: await side(ours, ourCluster),
    b: await side('etcd', theirCluster),
    loads,
    rounds,
    secondsLimit: Number(options.seconds),
    dialTimeoutMs: 2000,
    threads: 1,
    startWorker,
    stop: stop.signal,
    progress: (done) => say(`  ${done} of ${loads.length * 2 * rounds} measurements`),
    async measured(side, { name }) {
      if (side !== 'a') return;
      const pause = await longestPauseMs(ourCluster);
      if (pause !== undefined) pauses.set(name, Math.max(pause, pauses.get(name) ?? 0));
    },
  };
  const summaries = summarizeComparison(await compare(settings));
  measured.set(place, summaries);
  return comparisonMarkdown(summaries, ours, 'etcd');
}

async function oneMember(): Promise<string> {
  say('1 member');
  return onBoth(1, async (...both) => {
    await longestPauseMs(both[0]); // that of the start
    const pauses: Pauses = new Map();
    const table = await comparison(both, {
      place: '1 member',
      loads: COMPARED_LOADS,
      leaderOnly: false,
      pauses,
    });
    if (pauses.size === 0) return `## 1 member\n\n${table}\n`;
    const pause = Math.max(...COMPARED_LOADS.map(({ name }) => pauses.get(name) ?? 0));
    verdicts.push({
      name: '1 member: longest pause of the event loop under all of these loads',
      goal: 'below 20 ms',
      measured: `${pause.toFixed(1)} ms`,
      met: pause < 20,
    });
    const byLoad = markdownTable(
      ["longest pause of kvctl's event loop, in any round", 'ms'],
      [...pauses].map(([load, ms]) => [load, ms.toFixed(1)]),
    );
    return `## 1 member\n\n${table}\nPauses are what \`nodejs_eventloop_pause_longest_seconds\` says after a load.\n\n${byLoad}\n`;
  });
}

async function severalMembers(size: number): Promise<string> {
  const loads = COMPARED_LOADS.filter(({ what }) => what.kind !== 'watch');
  const place = `${size} members`;
  say(place);
  return onBoth(size, async (...both) => {
    const leader = await comparison(both, { place: `${place}, leader`, loads, leaderOnly: true });
    const all = await comparison(both, { place: `${place}, all`, loads, leaderOnly: false });
    return `## ${place}, requests to the leader\n\n${leader}\n## ${place}, requests to all\n\n${all}\n`;
  });
}

async function otherGenerator(): Promise<string> {
  say('h2load');
  return onBoth(1, (...both) =>
    h2loadTable(...both, [ours, 'etcd'], { ...volume, rounds, total: volume.total }),
  );
}

async function idleTable(): Promise<string> {
  say('idle watch streams');
  return onBoth(1, async (ourCluster, theirCluster) => {
    const sides = [await idleStreams(ourCluster), await idleStreams(theirCluster)];
    const [a, b] = sides;
    verdicts.push({
      name: `1 member: resident memory with ${a.streams} idle watch streams`,
      goal: "at most 0.5 of etcd's",
      measured: (a.residentMiB / b.residentMiB).toFixed(2),
      met: a.residentMiB <= b.residentMiB / 2,
    });
    return markdownTable(
      [`${a.streams} idle watch streams on 100 connections`, ours, 'etcd'],
      [
        ['resident, MiB', ...sides.map((each) => each.residentMiB.toFixed(0))],
        ['of it for the streams, MiB', ...sides.map((each) => each.addedMiB.toFixed(0))],
        ['processor at rest, % of a core', ...sides.map((each) => each.cpuPercent.toFixed(1))],
      ],
    );
  });
}

async function fill(cluster: Cluster, keys: number): Promise<number> {
  const [{ summary }] = await run(
    {
      ...volume,
      total: keys,
      targets: targetsOf({ endpoints: cluster.endpoints }),
      token: '',
      dialTimeoutMs: 2000,
      load: {
        kind: 'put',
        keySize: KEY_BYTES,
        valSize: VALUE_BYTES,
        keySpaceSize: keys,
        sequentialKeys: true,
      },
      rate: 0,
      sample: false,
      share: { offset: 0, stride: 1 },
    },
    { threads: 1, startWorker, stop: stop.signal, progress: () => {} },
  );
  return summary.total;
}

const mebibytes = (pids: readonly number[]) => ((usageOf(pids)?.residentBytes ?? 0) / 2 ** 20).toFixed(0);

/** Memory and start-up, empty and with keys. */
async function sizes(program: Program, keys: number): Promise<string[]> {
  const cluster = await startCluster(program, 1);
  try {
    const empty = mebibytes(cluster.pids);
    const seconds = await fill(cluster, keys);
    const full = mebibytes(cluster.pids);
    const restartMs = await cluster.restart();
    const again = mebibytes(cluster.pids);
    return [cluster.startMs.toFixed(0), empty, seconds.toFixed(1), full, restartMs.toFixed(0), again];
  } finally {
    await cluster.dispose();
  }
}

async function sizeTable(): Promise<string> {
  const keys = Number(options.keys);
  say(`memory and start-up with ${keys} keys`);
  const ourSizes = await sizes(kvctl, keys);
  const theirSizes = await sizes(etcd, keys);
  const noMore = (name: string, row: number) => {
    const [a, b] = [Number(ourSizes[row]), Number(theirSizes[row])];
    const ratio = (a / b).toFixed(2);
    verdicts.push({
      name: `${name} with ${keys} keys`,
      goal: "at most etcd's",
      measured: ratio,
      met: a <= b,
    });
  };
  noMore('1 member: resident memory', 3);
  noMore('1 member: start', 4);
  const names = [
    'start until the first answer, ms',
    'resident, empty, MiB',
    `load ${keys} keys of ${KEY_BYTES} bytes with ${VALUE_BYTES}, s`,
    'resident after it, MiB',
    'start on this data, ms',
    'resident after that, MiB',
  ];
  return markdownTable(
    ['', ours, 'etcd'],
    names.map((name, i) => [name, ourSizes[i], theirSizes[i]]),
  );
}

/** A part that could not be measured stays in the report, with the reason. */
async function part(title: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    const reason = (error as Error).message.trim().replaceAll(projectRoot, '.');
    say(`${title}: ${reason}`);
    return `## ${title}\n\nNot measured:\n\n${reason.replace(/^/gm, '    ')}\n`;
  }
}

async function main(): Promise<void> {
  const machine = machineLines();
  const versions = [`${ours}: ${versionOf(kvctl)}`, `etcd: ${versionOf(etcd)}`];
  const limit = await ceiling({ ...volume, total: CEILING_REQUESTS });
  const parts: string[] = [];
  const add = async (title: string, work: () => Promise<string>): Promise<void> => {
    if (!stop.signal.aborted) parts.push(await part(title, work));
  };
  const titled = (title: string, work: () => Promise<string>) =>
    add(title, async () => `## ${title}\n\n${await work()}`);
  const sizesOf = options.members.split(',').map(Number);
  if (sizesOf.includes(1)) {
    await add('1 member', oneMember);
    await titled('1 member, load by h2load', otherGenerator);
    await titled('Idle watch streams, 1 member', idleTable);
  }
  for (const size of sizesOf.filter((each) => each > 1)) {
    await add(`${size} members`, () => severalMembers(size));
  }
  await titled('Memory and start-up, 1 member', sizeTable);
  // No path of this machine goes into a file of the project.
  const command = ['npm run bench:etcd --', ...process.argv.slice(2).map((word) => basename(word))].join(' ');
  const text = `# Benchmarks

Made by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

${[...machine, ...versions].map((line) => `- ${line}`).join('\n')}
- load: ${volume.connections} connections and ${volume.clients} clients (or 1 and 1), 8-byte keys, ${VALUE_BYTES}-byte values, ${volume.total} requests a
  run (a tenth with 1 client), at most ${options.seconds} s; rounds: ${options.rounds}, both sides in turn
- the load generator by itself, against a server that does nothing on the same machine: ${limit.perSecond.toFixed(0)} requests a
  second, ${limit.cpuMicros.toFixed(1)} us of processor time each

Each cell has the medians of both; a ratio is that of a round, as median and (least-most) of the rounds. CPU is
the processor time of all server processes for each request, from the kernel's accounting, memory their resident size.

## Goals

${goalTable(measured, verdicts)}
What holds back a row that is not met stands in [performance.md](performance.md).

${parts.join('\n')}`;
  writeFileSync(join(projectRoot, options.out), text);
  say(`wrote ${options.out}`);
}

await main();
