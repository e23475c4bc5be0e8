/**
 * `npm run upkeep`: what the chores of a database cost those who use it. kvctl and a real etcd, one after the other in the
 * same run, are filled, then put under a load of a fixed pace, and meanwhile a snapshot is saved, the history compacted,
 * the database defragmented; then each lives on with automatic compaction, and the size of its file is watched. Writes the
 * measured part of docs/upkeep.md (between two marks; the rest is written by hand) and docs/upkeep.svg. A measurement, not
 * a test; everything is bounded in time.
 *
 *   npm run upkeep -- [--etcd FILE] [--rate 5000] [--gets 1000] [--seconds 15] [--churn 60] [--keys 100000]
 *                     [--versions 6] [--value 256] [--out docs/upkeep]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadConnection } from '../src/bench/client/connection.ts';
import { dialAll } from '../src/bench/client/dial.ts';
import { call } from '../src/bench/client/unary.ts';
import { targetsOf } from '../src/bench/cluster.ts';
import { markdownTable } from '../src/bench/report/markdown.ts';
import * as rpc from '../src/core/wire/gen/rpc.ts';
import {
  kvctlBin,
  run,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
} from '../test/support/processes.ts';
import { machineLines } from './bench/machine.ts';
import { keyOf, PacedLoad, percentile, type Sample } from './upkeep/load.ts';
import { latencyPlot, type Panel, type Span } from './upkeep/plot.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string', default: 'etcd' },
    rate: { type: 'string', default: '5000' },
    gets: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
    churn: { type: 'string', default: '60' },
    keys: { type: 'string', default: '100000' },
    versions: { type: 'string', default: '6' },
    value: { type: 'string', default: '256' },
    out: { type: 'string', default: 'docs/upkeep' },
  },
});
const KEYS = Number(options.keys);
const VALUE_BYTES = Number(options.value);
const QUIET_MS = Number(options.seconds) * 1000;
const CONNECTIONS = 8;
const FILL_IN_FLIGHT = 64;
const CHORE_TIMEOUT_MS = 600_000;
const CHURN_RETENTION = '2s';
const MIB = 2 ** 20;
const BEGIN = '<!-- measured -->';
const END = '<!-- end of what is measured -->';
const FLAGS = ['--quota-backend-bytes=8589934592'];

const say = (line: string) => process.stderr.write(`${line}\n`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the process holds, and what it has mapped of files, which the system takes back when it wants to; proc(5). */
function memoryOf(pid: number): { readonly held: number; readonly mapped: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { held: bytes('RssAnon') + bytes('RssShmem'), mapped: bytes('RssFile') };
}

interface Chore {
  readonly name: string;
  run(server: ServerProcess, connection: LoadConnection): Promise<void>;
}

/** kvctl's command line for both: what is measured is the server. */
async function command(server: ServerProcess, ...args: string[]): Promise<void> {
  const all = [kvctlBin, `--endpoints=${server.endpoint}`, '--command-timeout=600s', ...args];
  const ran = await run(process.execPath, all, { timeoutMs: CHORE_TIMEOUT_MS });
  if (ran.code !== 0) throw new Error(`kvctl ${args.join(' ')}: ${ran.stderr}`);
}

const CHORES: readonly Chore[] = [
  {
    name: 'snapshot save',
    async run(server) {
      const directory = temporaryDirectory('upkeep');
      try {
        await command(server, 'snapshot', 'save', join(directory, 'saved.db'));
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'compaction',
    async run(_server, connection) {
      const { header } = await call(connection, rpc.KVService.range, { key: keyOf(0) });
      await call(connection, rpc.KVService.compact, { revision: header!.revision, physical: true });
    },
  },
  { name: 'defrag', run: (server) => command(server, 'defrag') },
];

interface Phase {
  readonly name: string;
  readonly tookMs: number;
  readonly puts: readonly Sample[];
  readonly gets: readonly Sample[];
  /** The most that the server held in it, less that at its beginning; and the same of what it had mapped. */
  readonly heldBytes: number;
  readonly mappedBytes: number;
}

interface Churn {
  readonly startBytes: number;
  readonly halfBytes: number;
  readonly endBytes: number;
  readonly largestBytes: number;
  readonly puts: number;
}

interface Measured {
  readonly phases: readonly Phase[];
  readonly failures: number;
  readonly panel: Panel;
  readonly fileBeforeDefrag: number;
  readonly fileAfterDefrag: number;
  readonly churn: Churn;
}

const databaseOf = (server: ServerProcess): string =>
  join(server.dataDir, 'member', 'snap', server.kind === 'kvctl' ? 'kvctl.mdb' : 'db');
const fileBytes = (server: ServerProcess): number => statSync(databaseOf(server)).size;

async function fill(connections: readonly LoadConnection[]): Promise<void> {
  const total = KEYS * Number(options.versions);
  const value = Buffer.alloc(VALUE_BYTES, 'f');
  let next = 0;
  const worker = async (connection: LoadConnection): Promise<void> => {
    while (next < total) await call(connection, rpc.KVService.put, { key: keyOf(next++ % KEYS), value });
  };
  await Promise.all(connections.flatMap((c) => Array.from({ length: FILL_IN_FLIGHT }, () => worker(c))));
}

/** Runs `work` while the server's memory is watched. */
async function watched(pid: number, work: Promise<void>): Promise<Pick<Phase, 'heldBytes' | 'mappedBytes'>> {
  const before = memoryOf(pid);
  let { held, mapped } = before;
  const timer = setInterval(() => {
    const now = memoryOf(pid);
    held = Math.max(held, now.held);
    mapped = Math.max(mapped, now.mapped);
  }, 50);
  await work.finally(() => clearInterval(timer));
  return { heldBytes: held - before.held, mappedBytes: mapped - before.mapped };
}

async function underLoad(server: ServerProcess, connections: readonly LoadConnection[], load: PacedLoad) {
  const phases: (Span & Pick<Phase, 'heldBytes' | 'mappedBytes'>)[] = [];
  const phase = async (name: string, work: () => Promise<void>): Promise<void> => {
    const from = load.now();
    const memory = await watched(server.pid, work());
    phases.push({ name, from, to: load.now(), ...memory });
    say(`  ${name}: ${((load.now() - from) / 1000).toFixed(1)} s`);
  };
  let before = 0;
  await phase('before', () => sleep(QUIET_MS));
  for (const chore of CHORES) {
    before = fileBytes(server);
    await phase(chore.name, () => chore.run(server, connections[0]));
    await phase(`after ${chore.name}`, () => sleep(QUIET_MS));
  }
  return { phases, fileBeforeDefrag: before, fileAfterDefrag: fileBytes(server) };
}

async function churn(server: ServerProcess, connections: readonly LoadConnection[]): Promise<Churn> {
  const startBytes = fileBytes(server);
  const load = pacedLoad(connections);
  const halfMs = (Number(options.churn) * 1000) / 2;
  let largestBytes = 0;
  const timer = setInterval(() => {
    largestBytes = Math.max(largestBytes, fileBytes(server));
  }, 200);
  await sleep(halfMs);
  const halfBytes = fileBytes(server);
  await sleep(halfMs);
  await load.stop();
  clearInterval(timer);
  return { startBytes, halfBytes, endBytes: fileBytes(server), largestBytes, puts: load.puts.length };
}

const pacedLoad = (connections: readonly LoadConnection[]): PacedLoad =>
  new PacedLoad({
    connections,
    putsPerSecond: Number(options.rate),
    getsPerSecond: Number(options.gets),
    keys: KEYS,
    valueBytes: VALUE_BYTES,
  });

const dialed = (server: ServerProcess): Promise<LoadConnection[]> =>
  dialAll(targetsOf({ endpoints: [server.endpoint] }), CONNECTIONS, { token: '', timeoutMs: 5000 });

type Start = (more: readonly string[]) => Promise<ServerProcess>;

async function measureChores(title: string, start: Start): Promise<Omit<Measured, 'churn'>> {
  const server = await start([]);
  try {
    const connections = await dialed(server);
    say(`${title}: filling`);
    await fill(connections);
    await sleep(2000);
    const load = pacedLoad(connections);
    const { phases, ...files } = await underLoad(server, connections, load);
    const endMs = load.now();
    await load.stop();
    const within = (samples: readonly Sample[], { from, to }: { from: number; to: number }): Sample[] =>
      samples.filter(({ at }) => at >= from && at < to);
    const isChore = ({ name }: { name: string }): boolean => CHORES.some((chore) => chore.name === name);
    const spans: Span[] = phases.filter(isChore);
    for (const connection of connections) connection.close();
    return {
      ...files,
      failures: load.failures,
      panel: { title, puts: load.puts, spans, endMs },
      phases: phases.map((each) => ({
        name: each.name,
        tookMs: each.to - each.from,
        heldBytes: each.heldBytes,
        mappedBytes: each.mappedBytes,
        puts: within(load.puts, each),
        gets: within(load.gets, each),
      })),
    };
  } finally {
    await server.dispose();
  }
}

async function measureChurn(title: string, start: Start): Promise<Churn> {
  const server = await start([
    `--auto-compaction-mode=periodic`,
    `--auto-compaction-retention=${CHURN_RETENTION}`,
  ]);
  try {
    const connections = await dialed(server);
    say(`${title}: churn`);
    const measured = await churn(server, connections);
    for (const connection of connections) connection.close();
    return measured;
  } finally {
    await server.dispose();
  }
}

async function measure(title: string, start: Start): Promise<Measured> {
  const chores = await measureChores(title, start);
  return { ...chores, churn: await measureChurn(title, start) };
}

const ms = (samples: readonly Sample[], percent: number): string => percentile(samples, percent).toFixed(1);
const mib = (bytes: number): string => (bytes / MIB).toFixed(0);

function phaseTable(ours: Measured, theirs: Measured): string {
  const head = [
    '',
    'kvctl took s',
    'put p50',
    'put p99',
    'put max',
    'get p99',
    'get max',
    'held + MiB',
    'mapped + MiB',
  ];
  const row = ({ name, tookMs, puts, gets, heldBytes, mappedBytes }: Phase): string[] => [
    name,
    (tookMs / 1000).toFixed(1),
    ms(puts, 50),
    ms(puts, 99),
    ms(puts, 100),
    ms(gets, 99),
    ms(gets, 100),
    mib(heldBytes),
    mib(mappedBytes),
  ];
  const table = (who: string, { phases }: Measured): string =>
    markdownTable([who, ...head.slice(1).map((cell) => cell.replace('kvctl ', ''))], phases.map(row));
  return `${table('kvctl', ours)}\n${table('etcd', theirs)}`;
}

function sizeTable(ours: Measured, theirs: Measured): string {
  const row = (what: string, of: (m: Measured) => number): string[] => [what, mib(of(ours)), mib(of(theirs))];
  return markdownTable(
    ['database file, MiB', 'kvctl', 'etcd'],
    [
      row('before the defragmentation', (m) => m.fileBeforeDefrag),
      row('a while after it, under load', (m) => m.fileAfterDefrag),
      row('churn: at the start', (m) => m.churn.startBytes),
      row('churn: after half of the time', (m) => m.churn.halfBytes),
      row('churn: at the end', (m) => m.churn.endBytes),
      row('churn: at its largest', (m) => m.churn.largestBytes),
    ],
  );
}

function report(ours: Measured, theirs: Measured): string {
  // No path of this machine goes into a file of the project.
  const words = process.argv.slice(2).map((word) => basename(word));
  const version = execFileSync(options.etcd, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  const facts = [
    ...machine,
    version,
    `${ours.failures} requests to kvctl and ${theirs.failures} to etcd failed`,
  ];
  return `Made by \`${['npm run upkeep', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')}\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

${facts.map((fact) => `- ${fact}`).join('\n')}

Each server is filled with ${options.keys} keys in ${options.versions} versions of ${options.value} bytes, and then gets ${options.rate} puts and ${options.gets}
linearizable gets a second from one process on ${CONNECTIONS} connections, at moments fixed beforehand: a latency counts from when the
request was due. Meanwhile the chores run, one after the other. Latencies in milliseconds, over all requests that were due
in the phase. Held is how much the memory of the server's own grew in it, mapped how much of its files was in memory more, which
the system takes back when it wants to (RssAnon and RssFile of proc(5)).

![latency of puts over time](${basename(options.out)}.svg)

${phaseTable(ours, theirs)}
Churn: the same load on an empty server for ${options.churn} s with \`--auto-compaction-retention=${CHURN_RETENTION}\` (${ours.churn.puts} and ${theirs.churn.puts} puts).

${sizeTable(ours, theirs)}`;
}

/** The file with this in place of what was measured before. */
function withMeasured(path: string, text: string): string {
  const old = existsSync(path) ? readFileSync(path, 'utf8') : `${BEGIN}\n${END}\n`;
  const from = old.indexOf(BEGIN);
  const to = old.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${path} has no place between ${BEGIN} and ${END}`);
  return `${old.slice(0, from + BEGIN.length)}\n\n${text}\n${old.slice(to)}`;
}

const machine = machineLines();
const ours = await measure('kvctl', (more) => startKvctl({ args: [...FLAGS, ...more] }));
const theirs = await measure('etcd', (more) => startEtcd(options.etcd, { args: [...FLAGS, ...more] }));
writeFileSync(`${options.out}.svg`, latencyPlot([ours.panel, theirs.panel]));
writeFileSync(`${options.out}.md`, withMeasured(`${options.out}.md`, report(ours, theirs)));
