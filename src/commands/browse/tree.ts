/** `kvctl tree`: the keys below a prefix as a tree. */
import { inParallel } from '../../client/walk/parallel.ts';
import type { ReadRange } from '../../client/walk/range-reader.ts';
import { readTree, type TreeNode } from '../../client/walk/tree.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import type { Command, Context } from '../command.ts';
import { DECODE_FLAG, decodingOf } from '../decoding.ts';
import { countOf, prefixArgument, REV_FLAG, readerOf, SEPARATOR_FLAG, separatorOf } from './reading.ts';

const DEFAULT_LIMIT = 100;
/** A tree that is longer is not looked at. */
const MOST_ENTRIES = 10_000;

function keysOf(node: TreeNode): Uint8Array[] {
  return node.children.flatMap((child) => (child.isGroup ? keysOf(child) : [child.key]));
}

async function valuesOf(read: ReadRange, root: TreeNode, revision: number): Promise<Map<string, Uint8Array>> {
  const pairs = await inParallel(keysOf(root), async (key) => (await read({ key, revision })).kvs[0]);
  return new Map(pairs.map((kv) => [toLatin1(kv.key), kv.value]));
}

async function run(context: Context): Promise<void> {
  const { flags } = context;
  const prefix = prefixArgument(context);
  const separator = separatorOf(flags);
  const decoding = decodingOf(context);
  const limit = countOf(flags, 'limit');
  const question = { depth: countOf(flags, 'depth'), revision: countOf(flags, 'rev') };
  const read = readerOf(context, await context.client());
  const mostEntries = limit === 0 ? 0 : MOST_ENTRIES;
  const { revision, root } = await readTree(read, { prefix, separator, limit, mostEntries, ...question });
  const values = flags.bool('values') ? await valuesOf(read, root, revision) : undefined;
  await context.print('tree', { revision, root, values }, { decoding });
}

export const command: Command = {
  use: '[options] [prefix]',
  long: `Draws the keys below a prefix as a tree. Groups that are too deep are counted instead of
opened, and so are the keys of a group beyond --limit; what is not shown is not read.
A whole tree ends at ${MOST_ENTRIES.toLocaleString('en-US')} entries, unless the limit is 0.`,
  examples: [
    '$ kvctl put config/db/host 10.0.0.5',
    'OK',
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put config/log info',
    'OK',
    '# Two levels of everything',
    '$ kvctl tree --depth 2',
    '.',
    '...',
    '# A configuration, with its values',
    '$ kvctl tree config/ --values',
    'config/',
    '├── db/',
    '│   ├── host = 10.0.0.5',
    '│   └── port = 5432',
    '└── log = info',
    '',
    '1 group, 3 keys',
  ],
  completes: ['key'],
  flags: [
    DECODE_FLAG,
    { name: 'depth', kind: 'int', usage: 'open groups within groups down to this depth (0: all)' },
    {
      name: 'limit',
      kind: 'int',
      default: DEFAULT_LIMIT,
      usage: 'show at most so many entries of a group (0: all)',
    },
    REV_FLAG,
    SEPARATOR_FLAG,
    { name: 'values', kind: 'bool', usage: 'show the beginning of each value' },
  ],
  explainsRevisions: true,
  run,
};
