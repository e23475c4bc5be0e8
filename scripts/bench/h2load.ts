/**
 * The same requests driven by h2load (Debian's nghttp2-client), a load generator that is neither ours nor etcd's: it
 * says whether our own benchmark tells the truth. It sends one fixed request per load, and counts an HTTP answer as a
 * success whatever its gRPC status is; so puts are checked by the revisions they made.
 */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dial } from '../../src/bench/client/dial.ts';
import { call } from '../../src/bench/client/unary.ts';
import { KEY_SIZE, VALUE_SIZE } from '../../src/bench/compare/catalogue.ts';
import { usageOf } from '../../src/bench/compare/proc.ts';
import { type Spread, spreadOf } from '../../src/bench/compare/spread.ts';
import { leaderOf, targetsOf } from '../../src/bench/main.ts';
import { markdownTable } from '../../src/bench/report/markdown.ts';
import { KVService, PutRequest, RangeRequest } from '../../src/core/wire/gen/rpc.ts';
import { temporaryDirectory } from '../../test/support/processes.ts';
import type { Cluster } from './servers.ts';

const TIMEOUT_MS = 60_000;
const SETTLE_MS = 200;

const key = Buffer.from('42'.padStart(KEY_SIZE, '0'));

export interface FixedLoad {
  readonly name: string;
  readonly path: string;
  readonly message: Uint8Array;
  /** Revisions that one request makes. */
  readonly writes: 0 | 1;
}

const range = (serializable: boolean) => RangeRequest.encode(RangeRequest.create({ key, serializable }));

export const FIXED_LOADS: readonly FixedLoad[] = [
  {
    name: 'put',
    path: KVService.put.path,
    message: PutRequest.encode(PutRequest.create({ key, value: Buffer.alloc(VALUE_SIZE, 'v') })),
    writes: 1,
  },
  { name: 'range, linearizable', path: KVService.range.path, message: range(false), writes: 0 },
  { name: 'range, serializable', path: KVService.range.path, message: range(true), writes: 0 },
];

interface Volume {
  readonly connections: number;
  readonly clients: number;
  readonly total: number;
}

interface Run {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function revisionOf(endpoint: string): Promise<number> {
  const [target] = targetsOf({ endpoints: [endpoint] });
  const connection = await dial(target, { token: '', timeoutMs: 2000 });
  try {
    return (await call(connection, KVService.range, { key, countOnly: true })).header!.revision;
  } finally {
    connection.close();
  }
}

/** @throws Error when h2load is not there, a request failed, or a put was not one */
async function drive(
  endpoint: string,
  pids: readonly number[],
  load: FixedLoad,
  volume: Volume,
): Promise<Run> {
  const dir = temporaryDirectory('h2load');
  const body = join(dir, 'request');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(load.message.length, 1);
  writeFileSync(body, Buffer.concat([prefix, load.message]));
  const fields = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const counts = ['-n', `${volume.total}`, '-c', `${volume.connections}`];
  const streams = ['-m', `${Math.max(1, Math.round(volume.clients / volume.connections))}`];
  try {
    const first = await revisionOf(endpoint);
    const before = usageOf(pids)!;
    const { stdout } = await promisify(execFile)(
      'h2load',
      [...counts, ...streams, ...fields, '-d', body, `http://${endpoint}${load.path}`],
      { timeout: TIMEOUT_MS },
    );
    const after = usageOf(pids)!;
    const last = await revisionOf(endpoint);
    const succeeded = Number(/(\d+) succeeded/.exec(stdout)?.[1] ?? 0);
    const perSecond = Number(/, ([\d.]+) req\/s/.exec(stdout)?.[1] ?? 0);
    if (succeeded !== volume.total) throw new Error(`h2load: ${succeeded} of ${volume.total} succeeded`);
    if (last - first !== load.writes * volume.total) {
      throw new Error(`h2load: ${volume.total} requests made ${last - first} revisions`);
    }
    return { perSecond, cpuMicros: ((after.cpuMs - before.cpuMs) * 1000) / volume.total };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function leaderEndpoint({ endpoints }: Cluster): Promise<string> {
  const all = targetsOf({ endpoints });
  return endpoints[all.indexOf(await leaderOf(all, { token: '', timeoutMs: 2000 }))];
}

const ratioOf = (a: readonly Run[], b: readonly Run[], pick: (run: Run) => number): Spread =>
  spreadOf(a.map((run, i) => pick(run) / pick(b[i])))!;
const medianOf = (runs: readonly Run[], pick: (run: Run) => number): number =>
  spreadOf(runs.map(pick))!.median;
const shown = ({ median, least, most }: Spread): string =>
  `${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`;

/** Both clusters in turn, A B A B; all requests go to the leader. */
export async function h2loadTable(
  ours: Cluster,
  theirs: Cluster,
  names: readonly [string, string],
  { rounds, ...volume }: Volume & { readonly rounds: number },
): Promise<string> {
  const [a, b] = [await leaderEndpoint(ours), await leaderEndpoint(theirs)];
  const rows: string[][] = [];
  for (const load of FIXED_LOADS) {
    const runs: [Run[], Run[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      runs[0].push(await drive(a, ours.pids, load, volume));
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      runs[1].push(await drive(b, theirs.pids, load, volume));
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
    const pair = (pick: (run: Run) => number, digits: number) =>
      runs.map((side) => medianOf(side, pick).toFixed(digits)).join(' / ');
    rows.push([
      load.name,
      pair((run) => run.perSecond, 0),
      shown(ratioOf(runs[0], runs[1], (run) => run.perSecond)),
      pair((run) => run.cpuMicros, 2),
      shown(ratioOf(runs[0], runs[1], (run) => run.cpuMicros)),
    ]);
  }
  return markdownTable([names.join(' / '), 'per second', 'ratio', 'CPU us/request', 'ratio'], rows);
}
