/** `kvctl check datascale`: how much memory a member takes for a number of keys. */
import { type Client, connect } from '../client/index.ts';
import { KVService } from '../core/wire/gen/rpc.ts';
import { checkFlags, cleanUp, errorLines, randomKey, refuseIfUsed, workload } from './check-data.ts';
import type { Command, Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import { MetricsSource } from './metrics-source.ts';
import { type Progress, withProgress } from './progress.ts';
import { Metrics } from './prometheus.ts';

const DEFAULT_PREFIX = '/etcdctl-check-datascale/';
const KEY_BYTES = 512;
const VALUE: Uint8Array = Buffer.alloc(512);
const SERIES = 'process_resident_memory_bytes';
const METRICS_TIMEOUT_MS = 10_000;

const WORKLOADS = {
  s: { keys: 10_000, clients: 50 },
  m: { keys: 100_000, clients: 200 },
  l: { keys: 1_000_000, clients: 500 },
  xl: { keys: 3_000_000, clients: 1000 },
};

/** Resident memory of the member, in bytes; 0, and a line that says why, if it cannot be known. */
async function residentBytes(context: Context, endpoint: string): Promise<number> {
  const { tls } = await context.config();
  const source = new MetricsSource(endpoint, tls && { ...tls, skipVerify: true });
  try {
    const value = new Metrics(await source.read(METRICS_TIMEOUT_MS)).value(SERIES);
    if (value !== undefined) return value;
    context.io.write(`could not find: ${SERIES}\n`);
  } catch (error) {
    context.io.write(`fetch error: ${(error as Error).message}\n`);
  } finally {
    await source.close();
  }
  return 0;
}

async function fill(context: Context, clients: readonly Client[], keys: number, prefix: string) {
  const errors = new Map<string, number>();
  let sent = 0;
  const worker = async (client: Client, progress: Progress) => {
    while (sent < keys) {
      sent++;
      try {
        await client.call(KVService.put, { key: randomKey(prefix, KEY_BYTES), value: VALUE });
      } catch (error) {
        const { message } = error as Error;
        errors.set(message, (errors.get(message) ?? 0) + 1);
      }
      progress.add();
    }
  };
  await withProgress(context.io, { label: 'Putting', unit: 'keys', total: keys }, (progress) =>
    Promise.all(clients.map((client) => worker(client, progress))),
  );
  return errors;
}

const noMemory = (when: string) =>
  new CommandError(Exit.Error, `FAIL: Could not read ${SERIES} ${when} the put operations.`);

async function run(context: Context): Promise<number> {
  const { keys, clients: count } = workload(context, WORKLOADS);
  const { io, flags } = context;
  const prefix = flags.text('prefix');
  const client = await context.client();
  await refuseIfUsed(
    client,
    prefix,
    `prefix ${prefix} has keys. Delete with etcdctl del --prefix ${prefix} first.`,
  );
  const config = await context.config();
  const endpoint = config.endpoints[0];
  const before = await residentBytes(context, endpoint);
  if (before === 0) throw noMemory('before');
  io.write(
    `Start data scale check for work load [${keys} key-value pairs, ${KEY_BYTES + VALUE.length} bytes per key-value, ${count} concurrent clients].\n`,
  );
  const clients = await Promise.all(
    Array.from({ length: count }, () => connect({ ...config, endpoints: [endpoint] })),
  );
  const errors = await fill(context, clients, keys, prefix);
  const after = await residentBytes(context, endpoint);
  await cleanUp(context, client, prefix);
  if (after === 0) throw noMemory('after');
  if (errors.size > 0) {
    io.write(errorLines(errors));
    return Exit.Error;
  }
  io.write(`PASS: Approximate system memory used : ${((after - before) / 1e6).toFixed(2)} MB.\n`);
  return Exit.Success;
}

export const command: Command = {
  use: '[options]',
  long: 'Measures the memory that a number of keys takes. Of several endpoints, the first is used.',
  examples: [
    '# 10,000 keys of 1 KiB',
    '$ kvctl check datascale --load=s --auto-compact --auto-defrag',
    'Start data scale check for work load [10000 key-value pairs, 1024 bytes per key-value, 50 concurrent clients].',
    '...',
    'PASS: Approximate system memory used : ... MB.',
  ],
  flags: checkFlags(DEFAULT_PREFIX),
  run,
};
