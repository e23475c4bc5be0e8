/** `kvctl ls`: what lies right below a prefix. */

import { prefixSpan } from '../../client/range.ts';
import { type Child, type ChildrenPage, children } from '../../client/walk/children.ts';
import { inParallel } from '../../client/walk/parallel.ts';
import type { ReadRange } from '../../client/walk/range-reader.ts';
import type { ListEntry } from '../../printer/browse/printables.ts';
import type { Command, Context } from '../command.ts';
import { DECODE_FLAG, decodingOf } from '../decoding.ts';
import {
  countOf,
  isStreamed,
  prefixArgument,
  REV_FLAG,
  readerOf,
  SEPARATOR_FLAG,
  separatorOf,
} from './reading.ts';

/** Of a key its pair, of a group the number of keys in it: one request each, and no value of a group is read. */
async function lookedAt(read: ReadRange, child: Child, revision: number): Promise<ListEntry> {
  const { key, isGroup } = child;
  if (!isGroup) return { key, isGroup, kv: (await read({ key, revision })).kvs[0] };
  return { key, isGroup, keys: (await read({ ...prefixSpan(key), revision, countOnly: true })).count };
}

async function run(context: Context): Promise<void> {
  const { flags } = context;
  const prefix = prefixArgument(context);
  const separator = separatorOf(flags);
  const decoding = decodingOf(context);
  const revision = countOf(flags, 'rev');
  const isLong = flags.bool('long');
  const read = readerOf(context, await context.client());
  const entriesOf = async (page: ChildrenPage): Promise<readonly ListEntry[]> =>
    isLong
      ? inParallel(page.children, (child) => lookedAt(read, child, page.revision))
      : page.children.map(({ key, isGroup }) => ({ key, isGroup }));
  const print = (at: number, entries: readonly ListEntry[]) =>
    context.print('list', { revision: at, isLong, entries }, { decoding });

  // Columns have to know all rows.
  const streams = isStreamed(context) && !(isLong && context.format === 'simple');
  const all: ListEntry[] = [];
  let at = revision;
  for await (const page of children(read, { prefix, separator, revision })) {
    at = page.revision;
    const entries = await entriesOf(page);
    if (streams) await print(at, entries);
    else all.push(...entries);
  }
  if (!streams) await print(at, all);
}

export const command: Command = {
  use: '[options] [prefix]',
  long: `Lists what lies right below a prefix: keys, and groups of keys that go on with the same
name and a separator. Without a prefix, what lies at the top.

Keys below a group are jumped over, so it takes as long as there are lines to show,
whatever the groups hold. A key that is no printable text is shown in quotes.`,
  examples: [
    '$ kvctl put config/db/host 10.0.0.5',
    'OK',
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put config/log info',
    'OK',
    '# What is there?',
    '$ kvctl ls',
    'config/',
    '# Sizes, versions and leases, and how many keys each group has',
    '$ kvctl ls -l config/',
    '  SIZE  VERSION  MODIFIED  LEASE  KEY',
    '2 keys                            config/db/',
    '   4 B        1         4      -  config/log',
    '# As it was at revision 3, for a program',
    '$ kvctl ls config/ --rev 3 -w ndjson --decode utf8',
    '{"key":"config/db/","group":true}',
  ],
  completes: ['key'],
  flags: [
    DECODE_FLAG,
    {
      name: 'long',
      short: 'l',
      kind: 'bool',
      usage: 'show size, version, revision and lease of keys, and count groups',
    },
    REV_FLAG,
    SEPARATOR_FLAG,
  ],
  explainsRevisions: true,
  run,
};
