/** `kvctl check perf`: a minute of puts at a fixed rate; says whether the cluster keeps up. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, connect } from '../client/index.ts';
import { KVService } from '../core/wire/gen/rpc.ts';
import { checkFlags, cleanUp, errorLines, randomKey, refuseIfUsed, workload } from './check-data.ts';
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';
import { interruption } from './interrupt.ts';
import { type Progress, RateMeter, withProgress } from './progress.ts';

const DEFAULT_PREFIX = '/etcdctl-check-perf/';
const DURATION_SECONDS = 60;
const KEY_BYTES = 256;
const VALUE: Uint8Array = Buffer.alloc(1024);
/** A rate below this share of the wanted one fails, as do slower requests and a wider spread, in seconds. */
const LOWEST_RATE = 0.9;
const SLOWEST_SECONDS = 0.5;
const WIDEST_STDDEV_SECONDS = 0.1;

const WORKLOADS = {
  s: { rate: 150, clients: 50 },
  m: { rate: 1000, clients: 200 },
  l: { rate: 8000, clients: 500 },
  xl: { rate: 15_000, clients: 1000 },
};

/** Latencies in seconds, and errors by text. */
interface Measured {
  readonly latencies: number[];
  readonly errors: Map<string, number>;
  seconds: number;
}

async function onePut(client: Client, prefix: string, measured: Measured): Promise<void> {
  const start = performance.now();
  try {
    await client.call(KVService.put, { key: randomKey(prefix, KEY_BYTES), value: VALUE });
    measured.latencies.push((performance.now() - start) / 1000);
  } catch (error) {
    const { message } = error as Error;
    measured.errors.set(message, (measured.errors.get(message) ?? 0) + 1);
  }
}

/** Puts at `rate` a second, each client one at a time. */
async function load(
  context: Context,
  clients: readonly Client[],
  rate: number,
  stop: AbortSignal,
): Promise<Measured> {
  const measured: Measured = { latencies: [], errors: new Map(), seconds: 0 };
  const prefix = context.flags.text('prefix');
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const meter = new RateMeter();
  const note = () => `${Math.round(meter.sample(performance.now(), measured.latencies.length))} puts/s`;
  const shown = { label: 'Checking', unit: 'seconds', total: DURATION_SECONDS, note };
  let sent = 0;
  const worker = async (client: Client, progress: Progress) => {
    while (elapsed() < DURATION_SECONDS && !stop.aborted) {
      const wait = sent++ / rate - elapsed();
      if (wait > 0) await sleep(wait * 1000);
      await onePut(client, prefix, measured);
      progress.set(elapsed());
    }
  };
  await withProgress(context.io, shown, (progress) =>
    Promise.all(clients.map((client) => worker(client, progress))),
  );
  measured.seconds = elapsed();
  return measured;
}

function report({ io }: Context, { latencies, errors, seconds }: Measured, wanted: number): boolean {
  const achieved = latencies.length / seconds;
  const slowest = latencies.reduce((most, value) => Math.max(most, value), 0);
  const mean = latencies.reduce((sum, value) => sum + value, 0) / Math.max(1, latencies.length);
  const squares = latencies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const stddev = Math.sqrt(squares / Math.max(1, latencies.length));
  const rate = Math.floor(achieved) + 1;
  const verdicts = [
    achieved / wanted <= LOWEST_RATE
      ? `FAIL: Throughput too low: ${rate} writes/s`
      : `PASS: Throughput is ${Math.min(rate, wanted)} writes/s`,
    slowest > SLOWEST_SECONDS
      ? `Slowest request took too long: ${slowest.toFixed(6)}s`
      : `PASS: Slowest request took ${slowest.toFixed(6)}s`,
    stddev > WIDEST_STDDEV_SECONDS
      ? `Stddev too high: ${stddev.toFixed(6)}s`
      : `PASS: Stddev is ${stddev.toFixed(6)}s`,
  ];
  io.write(errorLines(errors) + verdicts.map((line) => `${line}\n`).join(''));
  return errors.size === 0 && verdicts.every((line) => line.startsWith('PASS'));
}

async function run(context: Context): Promise<number> {
  const { rate, clients: count } = workload(context, WORKLOADS);
  const prefix = context.flags.text('prefix');
  const client = await context.client();
  await refuseIfUsed(
    client,
    prefix,
    `prefix "${prefix}" has keys. Delete with 'etcdctl del --prefix ${prefix}' first`,
  );
  const config = await context.config();
  const clients = await Promise.all(Array.from({ length: count }, () => connect(config)));
  const stop = interruption();
  const measured = await load(context, clients, rate, stop);
  const cleaned = await cleanUp(context, client, prefix);
  const passed = report(context, measured, rate) && cleaned;
  context.io.write(passed ? 'PASS\n' : 'FAIL\n');
  return passed ? Exit.Success : Exit.Error;
}

export const command: Command = {
  use: '[options]',
  examples: [
    '# A minute of 150 puts a second from 50 clients',
    '$ kvctl check perf',
    'PASS: Throughput is 150 writes/s',
    'PASS: Slowest request took ...s',
    'PASS: Stddev is ...s',
    'PASS',
  ],
  flags: checkFlags(DEFAULT_PREFIX),
  run,
};
