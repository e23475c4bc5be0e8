/** `kvctl import`: puts the keys of an export. */
import type { Client } from '../../client/index.ts';
import type { BulkWriter } from '../../client/walk/bulk.ts';
import { CATALOGUE } from '../../core/errors.ts';
import { ClusterService, LeaseService } from '../../core/wire/gen/rpc.ts';
import type { Command, Context } from '../command.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import { type Progress, withProgress } from '../progress.ts';
import { timeoutFromNow } from '../timeouts.ts';
import { type ExportHeader, type ExportLine, ExportLineError, readExportLine } from './export-lines.ts';
import { tellingFileErrors } from './files.ts';
import { type ImportState, readImportState, removeImportState, writeImportState } from './import-state.ts';
import { fileLines, inputLines, type TextLine } from './text-lines.ts';
import {
  LEASES_FLAG,
  leaseFor,
  reportOf,
  transferring,
  WRITE_FLAGS,
  type WriteChoices,
  writeChoices,
  writerOf,
} from './transfer.ts';

const badInput = (message: string) => new CommandError(Exit.InvalidInput, message);
/** Of a line that cannot be read, so much is shown. */
const SHOWN_LETTERS = 60;

/** Reads the export line by line and gives it to the writer. */
class Import {
  readonly writer: BulkWriter;
  header: ExportHeader | undefined;
  /** Keys that an earlier run has done. */
  resumed = 0;
  private readonly context: Context;
  private readonly client: Client;
  private readonly choices: WriteChoices;
  private readonly progress: Progress;
  private readonly statePath: string;
  private before: ImportState | undefined;
  private source = '';
  private destination = '';
  private number = 0;
  private keys = 0;
  private isEnded = false;

  constructor(job: {
    context: Context;
    client: Client;
    choices: WriteChoices;
    progress: Progress;
    writer: BulkWriter;
  }) {
    this.context = job.context;
    this.client = job.client;
    this.choices = job.choices;
    this.progress = job.progress;
    this.writer = job.writer;
    this.statePath = job.context.flags.text('resume');
  }

  private get scope() {
    return { deadline: timeoutFromNow(this.context) };
  }

  async run(lines: AsyncIterable<TextLine>): Promise<void> {
    await this.start();
    for await (const { text } of lines) {
      this.number++;
      if (this.isEnded) throw badInput(`line ${this.number} comes behind the end of the export`);
      if (text.trim() !== '') await this.take(this.parse(text), text);
    }
    await this.writer.flush();
    if (!this.isEnded) {
      throw badInput(
        this.header === undefined
          ? 'there is no export: the first line must be its header'
          : `the export is cut short: it ends behind line ${this.number} with ${this.keys} of ${this.header.count} keys, and the line that should close it is missing`,
      );
    }
    if (this.statePath !== '') removeImportState(this.statePath);
  }

  private async start(): Promise<void> {
    if (this.statePath === '' || this.choices.dryRun) return;
    this.before = readImportState(this.statePath);
    const { header } = await this.client.call(ClusterService.memberList, {}, this.scope);
    this.destination = header!.clusterId.toString(16);
    if (this.before !== undefined && this.before.destination !== this.destination) {
      throw badArgs(
        `${this.statePath} is of an import into cluster ${this.before.destination}, this is ${this.destination}`,
      );
    }
  }

  private parse(text: string): ExportLine {
    try {
      return readExportLine(text);
    } catch (error) {
      if (!(error instanceof ExportLineError)) throw error;
      const begin = text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text;
      throw badInput(`line ${this.number}: ${error.message}: ${begin}`);
    }
  }

  private async take(line: ExportLine, text: string): Promise<void> {
    if (line.kind === 'header') return this.takeHeader(line.header, text);
    if (this.header === undefined) throw badInput('there is no export: the first line must be its header');
    if (line.kind === 'end') {
      if (line.keys !== this.keys)
        throw badInput(`the export has ${this.keys} keys, and says that it has ${line.keys}`);
      this.isEnded = true;
      return;
    }
    if (line.kind === 'pair') this.keys++;
    if (this.number <= (this.before?.lines ?? 0)) return;
    if (line.kind === 'lease') await this.grant(line.lease, line.ttlSeconds);
    else await this.put(line.pair);
  }

  private takeHeader(header: ExportHeader, text: string): void {
    if (this.header !== undefined) throw badInput(`line ${this.number} is a second header`);
    this.header = header;
    this.source = text;
    if (this.before === undefined) return;
    if (this.before.source !== text) throw badArgs(`${this.statePath} is of the import of another export`);
    this.resumed = this.before.keys;
  }

  private async grant(lease: bigint, ttlSeconds: number): Promise<void> {
    if (this.choices.leases !== 'keep' || this.choices.dryRun) return;
    try {
      await this.client.call(LeaseService.leaseGrant, { ID: lease, TTL: ttlSeconds }, this.scope);
    } catch (error) {
      if ((error as { details?: string }).details !== CATALOGUE.LeaseExist[1]) throw error;
    }
  }

  private async put({
    key,
    value,
    lease,
  }: {
    key: Uint8Array;
    value: Uint8Array;
    lease: bigint;
  }): Promise<void> {
    const flushed = await this.writer.put({ key, value, lease: leaseFor(this.choices.leases, key, lease) });
    this.progress.set(this.keys, this.header!.count);
    if (!flushed || this.statePath === '' || this.choices.dryRun) return;
    // All pairs before this one are done, and the lines before it with them.
    const { source, destination } = this;
    writeImportState(this.statePath, { source, destination, lines: this.number - 1, keys: this.keys - 1 });
  }
}

function linesOf({ args, io }: Context): AsyncIterable<TextLine> {
  if (args.length === 1 && args[0] !== '-') return fileLines(args[0]);
  if (process.stdin.isTTY)
    throw badArgs('import reads an export from a file or from stdin: kvctl import < file');
  return inputLines(io);
}

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length > 1) throw badArgs('import takes at most one file');
  const choices = writeChoices(flags);
  const lines = linesOf(context);
  const startedAt = performance.now();
  const client = await context.client();
  const writer = writerOf(context, client, choices);
  const job = await withProgress(io, { label: 'Importing', unit: 'keys' }, async (progress) => {
    const made = new Import({ context, client, choices, progress, writer });
    await transferring(writer, 'imported', () => made.run(lines));
    return made;
  });
  const { resumed, header } = job;
  const revision = header?.revision ?? 0;
  await context.print(
    'transfer',
    reportOf(writer, { what: 'imported', dryRun: choices.dryRun, revision, resumed, startedAt }),
  );
}

export const command: Command = {
  use: '[options] [file]',
  long: `Puts the keys of an export, from a file or from stdin, in transactions of at most
--max-txn-ops keys. A key that is there already with another value ends the import, unless
--overwrite or --skip-existing says what to do; one with the same value is left as it is,
so an import that was interrupted can simply be run again.

With --resume, the state file remembers how far the import has come, and the next run
with it skips what is done. It is removed at the end.

Leases are dropped unless --leases=keep is given; then they are granted under their ids,
with the time that they had at the beginning.`,
  examples: [
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl export config/ > config.jsonl',
    '$ kvctl del config/ --prefix',
    '1',
    '# Would anything be in the way?',
    '$ kvctl import --dry-run config.jsonl',
    'would have imported 1 key, ...',
    '$ kvctl import config.jsonl',
    'imported 1 key, ...',
    '$ kvctl get config/db/port --print-value-only',
    '5432',
  ],
  flags: [
    LEASES_FLAG,
    {
      name: 'resume',
      kind: 'string',
      word: 'file',
      usage: 'remember in this file what is done, and skip it',
    },
    ...WRITE_FLAGS,
  ],
  explainsRevisions: true,
  run: tellingFileErrors(run),
};
