/** `kvctl make-mirror`: copies keys to another cluster and keeps the copy up to date. */
import { type Client, connect } from '../client/index.ts';
import { baseCopy, changes, currentRevision } from '../client/mirror.ts';
import { prefixSpan } from '../client/range.ts';
import { CATALOGUE } from '../core/errors.ts';
import { type Event, EventType } from '../core/wire/gen/kv.ts';
import { KVService, RequestOp } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit, failing } from './exit.ts';
import { credentialsOf } from './globals.ts';
import type { FlagReader } from './grammar/flags.ts';
import { argumentBytes, type Io } from './io.ts';
import { askPassword } from './password.ts';
import { type Progress, withProgress } from './progress.ts';
import { statusTerminal } from './terminal.ts';

/** The number of copied changes is printed this often, in milliseconds. */
const REPORT_MS = 30_000;

interface Mapping {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

interface Job {
  readonly source: Client;
  readonly destination: Client;
  readonly mapping: Mapping;
  readonly maxOperations: number;
  copied: number;
}

/** The first occurrence of the prefix is replaced. */
export function mapKey(key: Uint8Array, { from, to }: Mapping): Uint8Array {
  const bytes = Buffer.from(key);
  const at = bytes.indexOf(from);
  if (at === -1) return bytes;
  return Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)]);
}

function mappingOf(flags: FlagReader): Mapping {
  const from = argumentBytes(flags.text('prefix'));
  const to = flags.text('dest-prefix');
  if (flags.bool('no-dest-prefix')) {
    if (to !== '') {
      throw badArgs('`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one');
    }
    return { from, to: Buffer.alloc(0) };
  }
  // A copy that goes on from a revision takes an empty destination prefix as it is.
  const keeps = to === '' && flags.number('rev') <= 1;
  return { from, to: keeps ? from : argumentBytes(to) };
}

function operationOf(job: Job, event: Event): RequestOp {
  const key = mapKey(event.kv!.key, job.mapping);
  if (event.type === EventType.DELETE) {
    return RequestOp.create({ requestDeleteRange: { key, rangeEnd: Buffer.alloc(0), prevKv: false } });
  }
  const put = {
    key,
    value: event.kv!.value,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  };
  return RequestOp.create({ requestPut: put });
}

async function apply(job: Job, operations: readonly RequestOp[]): Promise<void> {
  for (let i = 0; i < operations.length; i += job.maxOperations) {
    const success = operations.slice(i, i + job.maxOperations);
    await job.destination.call(KVService.txn, { success });
    job.copied += success.length;
  }
}

/** How many keys there are to copy; asked for only where somebody looks on. */
async function countKeys({ source, mapping }: Job, revision: number): Promise<number | undefined> {
  if (statusTerminal() === undefined) return undefined;
  const request = { ...prefixSpan(mapping.from), revision, countOnly: true };
  return (await source.call(KVService.range, request)).count;
}

async function copyBase(job: Job, revision: number, progress: Progress): Promise<void> {
  for await (const kvs of baseCopy(job.source, prefixSpan(job.mapping.from), revision)) {
    for (const kv of kvs) {
      await job.destination.call(KVService.put, { key: mapKey(kv.key, job.mapping), value: kv.value });
      job.copied++;
      progress.add();
    }
  }
}

/** One revision of the source is one transaction at the destination. */
async function follow(job: Job, startRevision: number): Promise<void> {
  for await (const message of changes(job.source, prefixSpan(job.mapping.from), startRevision)) {
    if (message.compactRevision !== 0) throw new CommandError(Exit.Error, CATALOGUE.Compacted[1]);
    if (message.canceled) throw new CommandError(Exit.Error, message.cancelReason || '<nil>');
    let operations: RequestOp[] = [];
    let revision = 0;
    for (const event of message.events) {
      if (event.kv!.modRevision !== revision) {
        await apply(job, operations);
        operations = [];
        revision = event.kv!.modRevision;
      }
      operations.push(operationOf(job, event));
    }
    await apply(job, operations);
  }
  throw new CommandError(Exit.Error, '<nil>');
}

async function mirror(io: Io, job: Job, rev: number): Promise<void> {
  if (rev > 1) return follow(job, rev);
  const revision = await currentRevision(job.source);
  const total = await countKeys(job, revision);
  await withProgress(io, { label: 'Copying', unit: 'keys', total }, (progress) =>
    copyBase(job, revision, progress),
  );
  await follow(job, revision + 1);
}

async function destinationClient(context: Context, endpoint: string): Promise<Client> {
  const { flags, io } = context;
  const [cert, key, ca] = ['dest-cert', 'dest-key', 'dest-cacert'].map((name) => flags.text(name));
  const secure = cert !== '' || key !== '' || ca !== '' || !flags.bool('dest-insecure-transport');
  const credentials = await credentialsOf(flags.text('dest-user'), flags.text('dest-password'), () =>
    askPassword(io, 'Destination Password: '),
  );
  const tls = secure ? { cert, key, ca, skipVerify: false } : undefined;
  return connect({ ...(await context.config()), endpoints: [endpoint], tls, credentials, token: undefined });
}

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 1) throw badArgs('make-mirror takes one destination argument');
  const mapping = mappingOf(flags);
  const source = await context.client();
  const destination = await destinationClient(context, args[0]);
  const job: Job = { source, destination, mapping, maxOperations: flags.number('max-txn-ops'), copied: 0 };
  const report = setInterval(() => io.write(`${job.copied}\n`), REPORT_MS);
  try {
    await failing(Exit.Error, mirror(io, job, flags.number('rev')));
  } finally {
    clearInterval(report);
  }
}

export const command: Command = {
  use: '[options] <destination>',
  examples: [
    '# Keys of one prefix to another, here in the same cluster',
    '$ kvctl put config/port 5432',
    'OK',
    '$ kvctl make-mirror --prefix=config/ --dest-prefix=copy/ 127.0.0.1:2379 &',
    '$ kvctl get copy/ --prefix',
    'copy/port',
    '5432',
  ],
  flags: [
    { name: 'dest-cacert', kind: 'string', usage: 'file of CA certificates for the destination' },
    { name: 'dest-cert', kind: 'string', usage: 'file of our TLS certificate for the destination' },
    {
      name: 'dest-insecure-transport',
      kind: 'bool',
      default: true,
      usage: 'talk to the destination without TLS unless certificates are given',
    },
    { name: 'dest-key', kind: 'string', usage: 'file of the key of --dest-cert' },
    { name: 'dest-password', kind: 'string', usage: 'password at the destination' },
    { name: 'dest-prefix', kind: 'string', usage: 'put this in the place of --prefix' },
    { name: 'dest-user', kind: 'string', usage: 'name[:password] of the user at the destination' },
    { name: 'max-txn-ops', kind: 'uint', default: 128, usage: 'most changes in one transaction' },
    { name: 'no-dest-prefix', kind: 'bool', usage: 'copy keys without their prefix' },
    { name: 'prefix', kind: 'string', usage: 'copy the keys that begin with this' },
    { name: 'rev', kind: 'int', usage: 'copy changes from this revision on, not what was there before' },
  ],
  run,
};
