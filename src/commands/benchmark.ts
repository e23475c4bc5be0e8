/** What all benchmark commands share: flags, the way to the cluster, the progress bar, the report. */
import { availableParallelism } from 'node:os';
import type { LoadSpec, NamedSummary, ReportFormat, Target } from '../bench/main.ts';
import type { ClientConfig } from '../client/index.ts';
import type { Context } from './command.ts';
import { badArgs } from './exit.ts';
import type { FlagSpec } from './grammar/flags.ts';
import { interruption } from './interrupt.ts';
import { argumentBytes } from './io.ts';
import { withProgress } from './progress.ts';

export const RATE_FLAG: FlagSpec = {
  name: 'rate',
  kind: 'uint',
  usage: 'requests due in a second; latency counts from when they are due (0: as fast as answers come)',
};

export const totalFlag = (usage: string, total = 10_000): FlagSpec => ({
  name: 'total',
  kind: 'uint',
  default: total,
  usage,
});

export const KEY_FLAGS: readonly FlagSpec[] = [
  { name: 'key-size', kind: 'uint', default: 8, usage: 'bytes of a key' },
  { name: 'key-space-size', kind: 'uint', default: 1, usage: 'different keys' },
  { name: 'sequential-keys', kind: 'bool', usage: 'take the keys in turn, not by chance' },
];
export const VALUE_FLAG: FlagSpec = { name: 'val-size', kind: 'uint', default: 8, usage: 'bytes of a value' };

export const RANGE_FLAGS: readonly FlagSpec[] = [
  { name: 'consistency', kind: 'string', default: 'l', usage: 'linearizable (l) or serializable (s) reads' },
  { name: 'limit', kind: 'uint', usage: 'largest number of keys in an answer (0: all)' },
];

/** Below this many clients one thread is never the limit. */
const CLIENTS_WORTH_A_THREAD = 256;
const MOST_THREADS = 4;

export function positive({ flags }: Context, name: string): number {
  const value = flags.number(name);
  if (value <= 0) throw badArgs(`expected positive --${name}, got (${value})`);
  return value;
}

/** Keys that can be told apart by their size. */
export async function keyOptions(context: Context) {
  const { largestKeySpace } = await import('../bench/main.ts');
  const keySize = positive(context, 'key-size');
  const keySpaceSize = positive(context, 'key-space-size');
  if (keySpaceSize > largestKeySpace(keySize)) {
    throw badArgs(`--key-size ${keySize} is too small for ${keySpaceSize} keys: they are decimal numbers`);
  }
  return { keySize, keySpaceSize, sequentialKeys: context.flags.bool('sequential-keys') };
}

export function rangeOptions({ flags }: Context) {
  const consistency = flags.text('consistency');
  if (consistency !== 'l' && consistency !== 's') {
    throw badArgs(`expected --consistency l or s, got (${consistency})`);
  }
  return { serializable: consistency === 's', limit: flags.number('limit') };
}

/** `<key> [end]` of the command line. */
export function rangeArguments({ args }: Context): { key: Uint8Array; rangeEnd: Uint8Array } {
  return { key: argumentBytes(args[0]), rangeEnd: argumentBytes(args[1] ?? '') };
}

export const wantRange = (args: readonly string[]): string | undefined =>
  args.length === 1 || args.length === 2 ? undefined : 'expected a key and, for a range, its end';

function formatOf({ flags }: Context, isFormat: (text: string) => text is ReportFormat): ReportFormat {
  const json = flags.isSet('write-out') && flags.text('write-out') === 'json';
  if (flags.isSet('write-out') && !json) throw badArgs('benchmark takes --output text, json or markdown');
  const text = json && !flags.isSet('output') ? 'json' : flags.text('output');
  if (!isFormat(text)) throw badArgs(`expected --output text, json or markdown, got (${text})`);
  return text;
}

export function threadsOf({ flags }: Context): number {
  const wanted = flags.number('workers');
  if (wanted > 0) return wanted;
  const cores = Math.floor(availableParallelism() / 2);
  return flags.number('clients') < CLIENTS_WORTH_A_THREAD ? 1 : Math.max(1, Math.min(cores, MOST_THREADS));
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Does the endpoint lie on this machine? */
export function isLocal({ place }: Target): boolean {
  return 'host' in place && LOOPBACK.includes(place.host);
}

interface PrepareOptions {
  /** A token from --endpoints, and their leader if it is wanted. */
  readonly login?: boolean;
  readonly connections?: number;
  readonly clients?: number;
}

/** Everything a run needs beside its load. `connections` and `clients` hold where the flags are not given. */
export async function prepare(context: Context, options: PrepareOptions = {}) {
  const { login = true } = options;
  const bench = await import('../bench/main.ts');
  const format = formatOf(context, bench.isReportFormat);
  const config: ClientConfig = await context.config();
  const count = (name: string, other = positive(context, name)) =>
    context.flags.isSet(name) ? positive(context, name) : other;
  const clients = count('clients', options.clients);
  const connections = Math.min(count('conns', options.connections), clients);
  const all = bench.targetsOf(config);
  const dialTimeoutMs = context.flags.number('dial-timeout');
  const token = login ? await bench.tokenOf(config, all[0], dialTimeoutMs) : '';
  const dial = { token, timeoutMs: dialTimeoutMs };
  const leader = login && context.flags.bool('target-leader') ? [await bench.leaderOf(all, dial)] : undefined;
  const { onFailedAttempt: _, ...plainConfig } = config;
  return {
    bench,
    config: plainConfig,
    allTargets: all,
    dial,
    sample: context.flags.bool('sample'),
    world: { targets: leader ?? all, token, dialTimeoutMs, connections, clients },
    stop: interruption(),
    show: (summaries: readonly NamedSummary[]) =>
      context.io.write(bench.report(summaries, { format, precise: context.flags.bool('precise') })),
    format,
  };
}

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** Runs a load of requests, `--total` of them at `--rate`, and writes its report. Returns the exit code. */
export async function runLoad(context: Context, prepared: Prepared, load: LoadSpec): Promise<number> {
  const { bench, world, sample, stop, show } = prepared;
  const total = positive(context, 'total');
  const rate = context.flags.number('rate');
  const threads = threadsOf(context);
  const job = { ...world, load, total, rate, sample, share: { offset: 0, stride: 1 } };
  const summaries = await withProgress(
    context.io,
    { label: 'Benchmark', unit: 'requests', total },
    ({ set: progress }) => bench.run(job, { threads, startWorker: bench.startWorker, stop, progress }),
  );
  show(summaries);
  return exitCode(summaries);
}

/** A run in which nothing succeeded has failed. */
export function exitCode(summaries: readonly NamedSummary[]): number {
  return summaries.some(({ summary }) => summary.count > 0) ? 0 : 1;
}
