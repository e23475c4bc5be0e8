/**
 * `npm run bench:gateway`: one member reached directly and through `kvctl gateway start`, under the same loads in turn,
 * and what idle connections cost the gateway; writes docs/gateway.md.
 *
 *   npm run bench:gateway -- [--rounds 5] [--total 50000] [--seconds 10] [--conns 100] [--clients 1000]
 *                            [--load put,range] [--idle 9000] [--etcd FILE] [--out docs/gateway.md]
 *
 * `--etcd FILE`: etcd's own gateway too, in front of the same kind of member.
 *
 * Idle connections take two file descriptors each in the gateway and one in two other processes: `ulimit -n` bounds
 * them.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { usageOf } from '../src/bench/compare/proc.ts';
import {
  COMPARED_LOADS,
  compare,
  comparisonMarkdown,
  startWorker,
  summarizeComparison,
  targetsOf,
} from '../src/bench/main.ts';
import { freePorts, kvctlBin } from '../test/support/processes.ts';
import { machineLines } from './bench/machine.ts';
import { KVCTL, startCluster } from './bench/servers.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    total: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '10' },
    conns: { type: 'string', default: '100' },
    clients: { type: 'string', default: '1000' },
    load: { type: 'string', default: 'put,range' },
    idle: { type: 'string', default: '9000' },
    etcd: { type: 'string' },
    out: { type: 'string', default: 'docs/gateway.md' },
  },
});

const BATCH = 200;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const say = (line: string) => process.stderr.write(`${line}\n`);

interface RunningGateway {
  readonly address: string;
  readonly child: ChildProcess;
}

const KVCTL_PROGRAM = [process.execPath, kvctlBin];

async function startGateway(endpoint: string, program = KVCTL_PROGRAM): Promise<RunningGateway> {
  const address = `127.0.0.1:${(await freePorts(1))[0]}`;
  const flags = ['gateway', 'start', `--listen-addr=${address}`, `--endpoints=${endpoint}`];
  const [file, ...first] = program;
  const child = spawn(file, [...first, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => chunk.includes('ready to proxy') && resolve());
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { address, child };
}

async function throughput(program = KVCTL_PROGRAM): Promise<string> {
  const wanted = options.load.split(',');
  const cluster = await startCluster(KVCTL, 1);
  const gateway = await startGateway(cluster.endpoints[0], program);
  try {
    const loads = COMPARED_LOADS.filter(({ name }) => wanted.some((word) => name.startsWith(word)));
    const side = (name: string, endpoint: string, pids: readonly number[]) => ({
      name,
      targets: targetsOf({ endpoints: [endpoint] }),
      token: '',
      pids,
    });
    const measured = await compare({
      connections: Number(options.conns),
      clients: Number(options.clients),
      total: Number(options.total),
      a: side('gateway', gateway.address, [gateway.child.pid!]),
      b: side('direct', cluster.endpoints[0], cluster.pids),
      loads,
      rounds: Number(options.rounds),
      secondsLimit: Number(options.seconds),
      dialTimeoutMs: 2000,
      threads: 1,
      startWorker,
      stop: stop.signal,
      progress: (done) => say(`  ${done} of ${loads.length * 2 * Number(options.rounds)} measurements`),
    });
    return comparisonMarkdown(summarizeComparison(measured), 'gateway', 'direct');
  } finally {
    gateway.child.kill('SIGKILL');
    await cluster.dispose();
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => resolve(socket));
  });
}

const etcdVersion = (file: string): string =>
  execFileSync(file, ['--version'], { encoding: 'utf8' }).split('\n')[0].trim();

/** Kibibytes of resident memory in the gateway for each connection that does nothing. */
async function idle(count: number): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  const resident = () => usageOf([gateway.child.pid!])!.residentBytes;
  const before = resident();
  const sockets: Socket[] = [];
  const port = Number(gateway.address.split(':')[1]);
  try {
    while (sockets.length < count) {
      const size = Math.min(BATCH, count - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: size }, () => open(port)))));
    }
    const each = (resident() - before) / count / 1024;
    return `${count} idle connections: ${each.toFixed(1)} KiB of resident memory each (${(before / 2 ** 20).toFixed(0)} MiB without any).`;
  } finally {
    for (const socket of sockets) socket.destroy();
    gateway.child.kill('SIGKILL');
    server.close();
  }
}

say('throughput');
const table = await throughput();
const beside = options.etcd && (await throughput([options.etcd]));
say('idle connections');
const memory = await idle(Number(options.idle));
// No path of this machine goes into a file of the project.
const words = process.argv.slice(2).map((word) => basename(word));
const command = `npm run bench:gateway -- ${words.join(' ')}`.trim().replace(/ --$/, '');
const others = beside
  ? `\nThe same through etcd's own gateway (${etcdVersion(options.etcd!)}), in front of the same kind of member:\n\n${beside}`
  : '';
writeFileSync(
  options.out,
  `# The gateway, measured

\`kvctl gateway start\` copies bytes between clients and members. Written by \`${command}\`; medians of
${options.rounds} rounds in turn, smallest and largest in brackets, ${options.conns} connections and ${options.clients} clients where a row says nothing else.
The processor time and the memory of "direct" are the member's, those of "gateway" are what the gateway adds to them.
Member, gateway and load share the machine.

${machineLines()
  .map((line) => `- ${line}`)
  .join('\n')}

${table}${others}
${memory}

How to read it: three programs share the cores, so what the gateway takes is missing elsewhere, and a client that waits for each
answer waits for two more hops. A ratio of one row moves by a tenth from run to run.

What it costs: a request and its answer are read and written once more each, in the kernel, on one more thread. Of the
gateway's active time two thirds are the system call that writes (\`node --cpu-prof\`, 300,000 ranges); the rest is Node.js's
streams. Where the processors are busy with the member and the load already, that time is missing elsewhere.
`,
);
