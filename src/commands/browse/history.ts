/** `kvctl history`: every revision of a key that is still kept, or the difference of two. */
import {
  type HistoryQuestion,
  type KeyChange,
  recentHistory,
  wholeHistory,
} from '../../client/walk/history.ts';
import type { Decoding } from '../../printer/decode.ts';
import type { Command, Context } from '../command.ts';
import { DECODE_FLAG, decodingOf } from '../decoding.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import { argumentBytes } from '../io.ts';
import { parseRevision, printDifferences } from './differing.ts';
import { countOf, isStreamed, readerOf } from './reading.ts';

async function* changes(question: HistoryQuestion, limit: number): AsyncGenerator<KeyChange, void> {
  if (limit === 0) yield* wholeHistory(question);
  else yield* await recentHistory(question, limit);
}

async function show(
  context: Context,
  question: HistoryQuestion,
  decoding: Decoding | undefined,
): Promise<number> {
  const { key } = question;
  const all: KeyChange[] = [];
  let before: KeyChange | undefined;
  let count = 0;
  for await (const change of changes(question, countOf(context.flags, 'limit'))) {
    count++;
    if (isStreamed(context)) await context.print('history', { key, changes: [change], before }, { decoding });
    else all.push(change);
    before = change;
  }
  if (!isStreamed(context))
    await context.print('history', { key, changes: all, before: undefined }, { decoding });
  return count;
}

async function run(context: Context): Promise<number | undefined> {
  const { args, flags } = context;
  const wanted = flags.bool('diff') ? 3 : 1;
  if (args.length !== 1 && args.length !== wanted) {
    throw badArgs('history takes one key; with --diff, two revisions may follow it');
  }
  const key = argumentBytes(args[0]);
  const decoding = decodingOf(context);
  const revisions = args.slice(1).map(parseRevision);
  const client = await context.client();
  const read = readerOf(context, client);
  if (revisions.length === 2) {
    const [before, after] = revisions;
    const span = { key, rangeEnd: Buffer.alloc(0) };
    await printDifferences(context, read, { span, revisions: { before, after }, namesOnly: false, decoding });
    return undefined;
  }
  const count = await show(
    context,
    { client, read, key, patienceMs: flags.number('command-timeout') },
    decoding,
  );
  if (count > 0) return undefined;
  throw new CommandError(
    Exit.Error,
    'nothing is kept of this key: it never was there, or its history has been compacted',
  );
}

export const command: Command = {
  use: '[options] <key> [<revision> <revision>]',
  long: `Shows every revision of a key that is still kept, the oldest first: what was put, as the
difference to what was there before, and when the key was deleted.

A compaction drops history; of the time before it, only the value that the key had then
is still there. With --limit, only the last revisions are read, one by one.`,
  examples: [
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put config/db/port 6432',
    'OK',
    '# What was my port, and when?',
    '$ kvctl history config/db/port',
    'revision 2  created  version 1  4 B',
    '+5432',
    '',
    'revision 3  changed  version 2  4 B',
    '-5432',
    '+6432',
    '# The difference of two revisions',
    '$ kvctl history config/db/port --diff 2 3',
    'changed config/db/port',
    '--- revision 2',
    '+++ revision 3',
    '-5432',
    '+6432',
  ],
  completes: ['key'],
  flags: [
    DECODE_FLAG,
    {
      name: 'diff',
      kind: 'bool',
      usage: 'show only the difference of the two revisions that follow the key',
    },
    { name: 'limit', kind: 'int', usage: 'show at most so many revisions, the last ones (0: all)' },
  ],
  explainsRevisions: true,
  run,
};
