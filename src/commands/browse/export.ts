/** `kvctl export`: keys and values of one revision as JSON lines. */
import { existsSync } from 'node:fs';
import type { Client } from '../../client/index.ts';
import { prefixSpan } from '../../client/range.ts';
import { pages } from '../../client/walk/pages.ts';
import { keyAfter } from '../../client/walk/range-reader.ts';
import { bytesEqual } from '../../core/wire/bytes.ts';
import { LeaseService } from '../../core/wire/gen/rpc.ts';
import type { Command, Context } from '../command.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import { withProgress } from '../progress.ts';
import { timeoutFromNow } from '../timeouts.ts';
import {
  adoptUnfinished,
  type ExportSink,
  fileSink,
  type PartialExport,
  partOf,
  readPartialExport,
  stdoutSink,
} from './export-file.ts';
import { type ExportHeader, endLine, headerLine, leaseLine, pairLine } from './export-lines.ts';
import { tellingFileErrors } from './files.ts';
import { countOf, prefixArgument, REV_FLAG, readerOf } from './reading.ts';
import { LEASES_FLAG, type LeaseChoice, leaseChoice, leaseFor } from './transfer.ts';

interface Job {
  readonly context: Context;
  readonly client: Client;
  readonly header: ExportHeader;
  readonly leases: LeaseChoice;
  readonly sink: ExportSink;
  /** Undefined: from the beginning. */
  readonly before: PartialExport | undefined;
}

interface Done {
  readonly keys: number;
  readonly bytes: number;
}

/** What there is to export, as of the revision asked for or of now. */
async function headerOf(context: Context, client: Client, prefix: Uint8Array): Promise<ExportHeader> {
  const asked = countOf(context.flags, 'rev');
  const answer = await readerOf(context, client)({ ...prefixSpan(prefix), revision: asked, countOnly: true });
  const { clusterId, revision } = answer.header!;
  return { clusterId: clusterId.toString(16), revision: asked || revision, prefix, count: answer.count };
}

async function writeLease({ context, client, sink }: Job, lease: bigint): Promise<void> {
  const scope = { deadline: timeoutFromNow(context) };
  const { TTL, grantedTTL } = await client.call(LeaseService.leaseTimeToLive, { ID: lease }, scope);
  // A lease that ended since that revision can be had again only for as long as its key's new owner likes.
  if (TTL > 0) sink.line(leaseLine(lease, grantedTTL));
}

async function writePairs(job: Job): Promise<Done> {
  const { context, client, header, leases, sink, before } = job;
  const known = new Set(before?.leases);
  const { key, rangeEnd } = prefixSpan(header.prefix);
  const start = before?.lastKey === undefined ? key : keyAfter(before.lastKey);
  const earlier = before?.keys ?? 0;
  let [keys, bytes] = [0, 0];
  const options = { label: 'Exporting', unit: 'keys', total: header.count };
  await withProgress(context.io, options, async (progress) => {
    const read = readerOf(context, client);
    for await (const page of pages(read, { key: start, rangeEnd }, { revision: header.revision })) {
      for (const kv of page.kvs) {
        const lease = leaseFor(leases, kv.key, kv.lease);
        if (lease !== 0n && !known.has(lease)) {
          known.add(lease);
          await writeLease(job, lease);
        }
        sink.line(pairLine({ key: kv.key, value: kv.value, lease }));
        keys++;
        bytes += kv.key.length + kv.value.length;
      }
      progress.set(earlier + keys);
    }
  });
  if (earlier + keys !== header.count) {
    throw new CommandError(Exit.Error, `read ${earlier + keys} keys where there are ${header.count}`);
  }
  sink.line(endLine(header.count));
  return { keys, bytes };
}

function sameCluster(context: Context, part: ExportHeader, now: ExportHeader): void {
  const prefix = context.args.length > 0 ? now.prefix : part.prefix;
  if (!bytesEqual(part.prefix, prefix)) throw badArgs('the export to go on with is of another prefix');
  if (part.clusterId !== now.clusterId) {
    throw badArgs(`the export to go on with is of cluster ${part.clusterId}, not of ${now.clusterId}`);
  }
}

/** The unfinished export at `path`; undefined if it has not even a header. */
async function unfinished(path: string): Promise<PartialExport | undefined> {
  adoptUnfinished(path);
  if (!existsSync(partOf(path))) throw badArgs(`there is no ${partOf(path)} to go on with`);
  return readPartialExport(partOf(path));
}

async function run(context: Context): Promise<void> {
  const { flags, io } = context;
  const prefix = prefixArgument(context);
  const leases = leaseChoice(flags);
  const path = flags.text('output');
  const resume = flags.bool('resume');
  if (resume && path === '') throw badArgs('--resume needs --output, the file to go on with');
  if (resume && flags.isSet('rev'))
    throw badArgs('--resume goes on at the revision of the file, --rev cannot be set');
  const startedAt = performance.now();
  const client = await context.client();
  const before = resume ? await unfinished(path) : undefined;
  const now = await headerOf(context, client, prefix);
  if (before !== undefined) sameCluster(context, before.header, now);
  const header = before?.header ?? now;
  const sink = path === '' ? stdoutSink(io) : openFile(path, before?.bytes ?? 0);
  let done: Done = { keys: 0, bytes: 0 };
  try {
    if (before === undefined) sink.line(headerLine(header));
    if (before?.isWhole !== true) done = await writePairs({ context, client, header, leases, sink, before });
    sink.finish();
  } catch (error) {
    if (path !== '') io.warn(`What was read is kept in ${partOf(path)}; --resume goes on with it`);
    sink.close();
    throw error;
  }
  if (path === '') return;
  await context.print('transfer', {
    what: 'exported',
    dryRun: false,
    revision: header.revision,
    ...done,
    unchanged: 0,
    skipped: 0,
    resumed: before?.keys ?? 0,
    seconds: (performance.now() - startedAt) / 1000,
  });
}

function openFile(path: string, bytes: number): ExportSink {
  try {
    return fileSink(path, bytes);
  } catch (error) {
    throw new CommandError(Exit.Error, `cannot write ${partOf(path)}: ${(error as Error).message}`);
  }
}

export const command: Command = {
  use: '[options] [prefix]',
  long: `Writes all keys that begin with a prefix as JSON lines: a header with the cluster, the
revision and the number of keys, then one line per key, then a line that says that it is
whole. Text is written as text, other bytes as base64. Everything is of one revision,
whatever is written meanwhile.

With --output, the file is called <file>.part until it is whole, and --resume goes on
with one that was interrupted, at its own revision, as long as that is not compacted.
Leases are dropped unless --leases says otherwise.`,
  examples: [
    '$ kvctl put config/db/port 5432',
    'OK',
    '# To stdout, one JSON object a line',
    '$ kvctl export config/',
    '{"kvctl_export":1,"cluster_id":"...","revision":2,"prefix":"config/","count":1}',
    '{"key":"config/db/port","value":"5432"}',
    '{"end":true,"keys":1}',
    '# A large store, to a file that can be gone on with',
    '$ kvctl export --output all.jsonl',
    '...',
    '$ kvctl export --output all.jsonl --resume',
    '...',
  ],
  completes: ['key'],
  flags: [
    LEASES_FLAG,
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      word: 'file',
      usage: 'write to this file, whole or as <file>.part',
    },
    { name: 'resume', kind: 'bool', usage: 'go on with an export that was interrupted' },
    REV_FLAG,
  ],
  explainsRevisions: true,
  run: tellingFileErrors(run),
};
