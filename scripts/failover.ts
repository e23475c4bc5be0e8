/**
 * `npm run failover`: how long a cluster is without a leader when the one it has is killed under load, kvctl beside a real
 * etcd, in turn. Three members each, the same flags, the same clients (raw gRPC, no retry of their own).
 *
 *   npm run failover -- [--runs 10] [--members 3] [--election 1000] [--heartbeat 100] [--etcd FILE] [--json]
 *
 * From kill -9 of the leader are measured: the first survivor that names a new leader (asked every few milliseconds), and
 * the next write that was begun after the kill and acknowledged through a survivor.
 */
import { parseArgs } from 'node:util';
import { spreadOf } from '../src/bench/compare/spread.ts';
import { markdownTable } from '../src/bench/report/markdown.ts';
import { installed } from '../test/support/processes.ts';
import { machineLines } from './bench/machine.ts';
import { type Cluster, KVCTL, type Program, startCluster } from './bench/servers.ts';
import { type Failover, failover } from './failover/run.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    members: { type: 'string', default: '3' },
    election: { type: 'string', default: '1000' },
    heartbeat: { type: 'string', default: '100' },
    etcd: { type: 'string', default: 'etcd' },
    json: { type: 'boolean', default: false },
  },
});

const runs = Number(options.runs);
const size = Number(options.members);
const electionMs = Number(options.election);
const flags = [`--election-timeout=${electionMs}`, `--heartbeat-interval=${options.heartbeat}`];
const say = (line: string) => process.stderr.write(`${line}\n`);

interface Side {
  readonly name: string;
  readonly cluster: Cluster;
  readonly runs: Failover[];
}

const path = installed(options.etcd, 'the other side of the comparison');
const machine = machineLines();
const begin = async (name: string, program: Program): Promise<Side> => ({
  name,
  cluster: await startCluster([...program, ...flags], size),
  runs: [],
});
const sides: Side[] = [await begin('kvctl', KVCTL)];
if (path !== undefined) sides.push(await begin(options.etcd, [path]));

async function measure(): Promise<void> {
  for (let i = 1; i <= runs; i++) {
    for (const side of sides) {
      const run = await failover(side.cluster);
      side.runs.push(run);
      say(
        `${i} of ${runs}, ${side.name}: leader ${run.leaderMs.toFixed(0)} ms, write ${run.writeMs.toFixed(0)} ms (${run.writesPerSecond} writes/s before)`,
      );
    }
  }
}
await measure().finally(() => Promise.all(sides.map(({ cluster }) => cluster.dispose())));

const cell = (values: readonly number[]): string => {
  const { median, least, most } = spreadOf(values)!;
  return `${median.toFixed(0)} (${least.toFixed(0)} to ${most.toFixed(0)})`;
};

if (options.json) console.log(JSON.stringify({ machine, flags, sides }));
else {
  console.log(machine.map((line) => `- ${line}`).join('\n'));
  console.log(
    `\nMilliseconds from kill -9 of the leader of ${size}, ${runs} runs, election timeout ${electionMs} ms: median (least to most)\n`,
  );
  const within = ({ writeMs }: Failover) => writeMs <= 2 * electionMs;
  console.log(
    markdownTable(
      ['', 'new leader seen', 'next write acknowledged', 'within two election timeouts', 'writes/s before'],
      sides.map((side) => [
        side.name,
        cell(side.runs.map(({ leaderMs }) => leaderMs)),
        cell(side.runs.map(({ writeMs }) => writeMs)),
        `${side.runs.filter(within).length} of ${runs}`,
        cell(side.runs.map(({ writesPerSecond }) => writesPerSecond)),
      ]),
    ),
  );
}
process.exit(0);
