/** `kvctl du`: what keys and values take, by group. */
import { prefixSpan } from '../../client/range.ts';
import { pages } from '../../client/walk/pages.ts';
import { UsageSums } from '../../client/walk/usage.ts';
import type { Command, Context } from '../command.ts';
import { DECODE_FLAG, decodingOf } from '../decoding.ts';
import { withProgress } from '../progress.ts';
import {
  countOf,
  countToShow,
  prefixArgument,
  REV_FLAG,
  readerOf,
  SEPARATOR_FLAG,
  separatorOf,
} from './reading.ts';

const DEFAULT_LIMIT = 100;

async function run(context: Context): Promise<void> {
  const { flags, io } = context;
  const prefix = prefixArgument(context);
  const separator = separatorOf(flags);
  const decoding = decodingOf(context);
  const limit = countOf(flags, 'limit');
  const sums = new UsageSums({ prefix, separator, depth: countOf(flags, 'depth', 1) });
  let revision = countOf(flags, 'rev');
  const read = readerOf(context, await context.client());
  const span = prefixSpan(prefix);
  const total = await countToShow(read, span, revision);
  await withProgress(io, { label: 'Reading', unit: 'keys', total }, async (progress) => {
    for await (const page of pages(read, span, { revision })) {
      revision = page.revision;
      for (const kv of page.kvs) sums.add(kv);
      progress.set(sums.total.keys);
    }
  });
  const rows = sums.sorted();
  const shown = limit === 0 ? rows : rows.slice(0, limit);
  const report = { revision, total: sums.total, rows: shown, more: rows.length - shown.length };
  await context.print('usage', report, { decoding });
}

export const command: Command = {
  use: '[options] [prefix]',
  long: `Sums up the bytes of keys and values below a prefix by group, the largest first.

Every value has to be read for that, page by page, at one revision. The sums are what
the newest values take; a database also holds older revisions (see compaction).`,
  examples: [
    '$ kvctl put config/db/host 10.0.0.5',
    'OK',
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put users/ann ann@example.com',
    'OK',
    '# Which part of the store is large?',
    '$ kvctl du',
    '40 B  2 keys  config/',
    '24 B   1 key  users/',
    '64 B  3 keys  total',
    '# Two levels, exact numbers for a program',
    '$ kvctl du config/ --depth 2 -w json --decode utf8',
    '{...}',
  ],
  completes: ['key'],
  flags: [
    DECODE_FLAG,
    { name: 'depth', kind: 'int', default: 1, usage: 'sum up groups within groups down to this depth' },
    {
      name: 'limit',
      kind: 'int',
      default: DEFAULT_LIMIT,
      usage: 'show at most so many lines (0: all)',
    },
    REV_FLAG,
    SEPARATOR_FLAG,
  ],
  explainsRevisions: true,
  run,
};
