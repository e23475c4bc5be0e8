/** `kvctl diff`: what is different at two revisions. */
import { prefixSpan } from '../../client/range.ts';
import type { Command, Context } from '../command.ts';
import { DECODE_FLAG, decodingOf } from '../decoding.ts';
import { badArgs } from '../exit.ts';
import { keyRange } from '../keys.ts';
import { parseRevision, printDifferences } from './differing.ts';
import { readerOf } from './reading.ts';

const DIFFERENT = 1;

async function run(context: Context): Promise<number | undefined> {
  const { args, flags } = context;
  if (args.length > 2) throw badArgs('diff takes a key and an optional range_end, or nothing for all keys');
  const span = args.length === 0 ? prefixSpan(Buffer.alloc(0)) : keyRange(args, flags);
  const decoding = decodingOf(context);
  const named = flags.list('rev').map(parseRevision);
  if (named.length < 1 || named.length > 2) {
    throw badArgs('diff needs `--rev A --rev B`, or `--rev A` to compare with what is there now');
  }
  const read = readerOf(context, await context.client());
  const [before, after = (await read({ ...span, countOnly: true })).header!.revision] = named;
  const namesOnly = flags.bool('name-status');
  const count = await printDifferences(context, read, {
    span,
    revisions: { before, after },
    namesOnly,
    decoding,
  });
  return flags.bool('exit-code') && count > 0 ? DIFFERENT : undefined;
}

export const command: Command = {
  use: '[options] --rev <A> [--rev <B>] [key] [range_end]',
  long: `Shows which keys were added, removed or changed between two revisions, and how: text as
a unified diff, other values by their bytes or size. Of all keys, unless a key, a range
or a prefix is given as with get. The second revision is that of now if it is not given.

A key that was written anew with the same value and lease is no difference.`,
  examples: [
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put config/db/port 6432',
    'OK',
    '$ kvctl put config/log info',
    'OK',
    '# What has happened to the configuration since revision 2?',
    '$ kvctl diff config/ --prefix --rev 2',
    'changed config/db/port',
    '--- revision 2',
    '+++ revision 3',
    '-5432',
    '+6432',
    'added config/log',
    '--- nothing',
    '+++ revision 4',
    '+info',
    '# Only which keys, and an exit code of 1 if there are any',
    '$ kvctl diff --rev 2 --rev 3 --name-status --exit-code',
    'M config/db/port',
  ],
  completes: ['key', 'key'],
  flags: [
    DECODE_FLAG,
    { name: 'exit-code', kind: 'bool', usage: 'exit with 1 if there are differences' },
    { name: 'from-key', kind: 'bool', usage: 'compare this key and all keys behind it, in byte order' },
    {
      name: 'name-status',
      kind: 'bool',
      usage: 'show only the keys, with A (added), M (changed) or D (removed)',
    },
    { name: 'prefix', kind: 'bool', usage: 'compare all keys that begin with this' },
    { name: 'rev', kind: 'list', word: 'revision', usage: 'a revision; given twice, the older one first' },
  ],
  explainsRevisions: true,
  run,
};
