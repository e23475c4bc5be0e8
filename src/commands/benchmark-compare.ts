/** `kvctl benchmark compare`: two clusters under the same loads, in turn, and one table of ratios. */
import type { ComparedLoad, Side } from '../bench/main.ts';
import { isLocal, type Prepared, positive, prepare, threadsOf } from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { noArgs } from './grammar/arity.ts';
import { withProgress } from './progress.ts';

/** As in etcd's own published table, where --conns and --clients don't say otherwise. */
const CONNECTIONS = 100;
const CLIENTS = 1000;

function pidsOf({ flags }: Context, name: string): number[] {
  return flags.list(name).map((text) => {
    const pid = Number(text);
    if (!Number.isInteger(pid) || pid <= 0) throw badArgs(`expected process ids in --${name}, got (${text})`);
    return pid;
  });
}

/** Given, or found by the port that a local endpoint listens on. */
function serverPids(context: Context, flag: string, targets: Side['targets'], { bench }: Prepared): number[] {
  const given = pidsOf(context, flag);
  if (given.length > 0) return given;
  const found = targets
    .filter(isLocal)
    .map(({ place }) => ('port' in place ? bench.listenerOf(place.port) : undefined));
  // Half of a cluster's processes would make a number that means nothing.
  return found.length < targets.length || found.includes(undefined) ? [] : [...new Set(found as number[])];
}

async function sideOf(context: Context, name: 'a' | 'b', prepared: Prepared): Promise<Side> {
  const { bench, config, world } = prepared;
  const endpoints = context.flags.list(name);
  if (endpoints.length === 0) throw badArgs(`benchmark compare needs --${name}`);
  const sideConfig = { ...config, endpoints };
  const all = bench.targetsOf(sideConfig);
  const token = await bench.tokenOf(sideConfig, all[0], world.dialTimeoutMs);
  const dial = { token, timeoutMs: world.dialTimeoutMs };
  const targets = context.flags.bool('target-leader') ? [await bench.leaderOf(all, dial)] : all;
  const pids = serverPids(context, `${name}-pid`, all, prepared);
  if (pids.length === 0) context.io.warn(`processes of --${name} are not known: no CPU, no memory`);
  return { name: name.toUpperCase(), targets, token, pids };
}

function loadsOf(context: Context, all: readonly ComparedLoad[]): readonly ComparedLoad[] {
  const wanted = context.flags.list('load');
  if (wanted.length === 0) return all;
  const unknown = wanted.find((word) => !all.some(({ name }) => name.startsWith(word)));
  if (unknown !== undefined) {
    throw badArgs(`no load begins with (${unknown}); there are: ${all.map(({ name }) => name).join('; ')}`);
  }
  return all.filter(({ name }) => wanted.some((word) => name.startsWith(word)));
}

async function run(context: Context): Promise<number> {
  const { flags, io } = context;
  for (const name of ['precise', 'sample', 'endpoints']) {
    if (flags.isSet(name)) throw badArgs(`benchmark compare takes no --${name}`);
  }
  const prepared = await prepare(context, { login: false, connections: CONNECTIONS, clients: CLIENTS });
  const { bench, world, stop, format } = prepared;
  const loads = loadsOf(context, bench.COMPARED_LOADS);
  const rounds = positive(context, 'rounds');
  const a = await sideOf(context, 'a', prepared);
  const b = await sideOf(context, 'b', prepared);
  const comparison = {
    a,
    b,
    loads,
    rounds,
    connections: world.connections,
    clients: world.clients,
    total: positive(context, 'total'),
    secondsLimit: positive(context, 'seconds'),
    dialTimeoutMs: world.dialTimeoutMs,
    threads: threadsOf(context),
    startWorker: bench.startWorker,
    stop,
  };
  const runs = rounds * loads.length * 2;
  const rows = await withProgress(io, { label: 'Comparing', unit: 'loads', total: runs }, (progress) =>
    bench.compare({ ...comparison, progress: progress.set }),
  );
  const summaries = bench.summarizeComparison(rows);
  if (format === 'json') io.write(`${JSON.stringify({ rounds, loads: summaries })}\n`);
  else if (format === 'markdown') io.write(bench.comparisonMarkdown(summaries, a.name, b.name));
  else io.write(bench.comparisonText(summaries, a.name, b.name));
  return 0;
}

export const command: Command = {
  use: '[options] --a <endpoints> --b <endpoints>',
  long: `Runs the same loads against two clusters in turn, A B A B, and shows both and the ratio A / B: the median of all
rounds, and in brackets the smallest and the largest. Processor time and memory are those of the server processes,
when they run on this machine.`,
  examples: [
    '# The same loads against two clusters, three times in turn',
    '$ kvctl benchmark compare --a=10.0.0.1:2379 --b=10.0.0.2:2379 --rounds=3',
    '...',
  ],
  flags: [
    { name: 'a', kind: 'list', usage: 'endpoints of the first cluster' },
    { name: 'a-pid', kind: 'list', word: 'pids', usage: 'its processes (default: found by their ports)' },
    { name: 'b', kind: 'list', usage: 'endpoints of the second cluster' },
    { name: 'b-pid', kind: 'list', word: 'pids', usage: 'its processes (default: found by their ports)' },
    { name: 'load', kind: 'list', usage: 'loads by the beginning of their names (default: all)' },
    { name: 'rounds', kind: 'uint', default: 5, usage: 'how often each load is run against each cluster' },
    { name: 'seconds', kind: 'uint', default: 10, usage: 'longest time that one run of a load may take' },
    { name: 'total', kind: 'uint', default: 50_000, usage: 'requests in one run of a load' },
  ],
  refuse: noArgs,
  run,
};
