/** `kvctl get`: one key or a range, at any revision that is still kept. */

import type { Client } from '../client/index.ts';
import { KVService, RangeRequest, RangeResponse, SortOrder, SortTarget } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { DECODE_FLAG, decodingOf } from './decoding.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import { keyRange } from './keys.ts';

export const GET_FLAGS: readonly FlagSpec[] = [
  {
    name: 'consistency',
    kind: 'string',
    default: 'l',
    usage: 'l: linearizable, s: serializable (faster, may be stale)',
  },
  { name: 'count-only', kind: 'bool', usage: 'get only the number of keys' },
  { name: 'from-key', kind: 'bool', usage: 'get this key and all keys behind it, in byte order' },
  { name: 'keys-only', kind: 'bool', usage: 'get keys without values' },
  { name: 'limit', kind: 'int', usage: 'largest number of keys to get' },
  { name: 'max-create-rev', kind: 'int', usage: 'only keys created at this revision or before' },
  { name: 'max-mod-rev', kind: 'int', usage: 'only keys changed at this revision or before' },
  { name: 'min-create-rev', kind: 'int', usage: 'only keys created at this revision or later' },
  { name: 'min-mod-rev', kind: 'int', usage: 'only keys changed at this revision or later' },
  { name: 'order', kind: 'string', usage: 'ASCEND or DESCEND (ASCEND if not given)' },
  { name: 'prefix', kind: 'bool', usage: 'get all keys that begin with this' },
  { name: 'print-value-only', kind: 'bool', usage: 'print values without keys (simple format only)' },
  { name: 'rev', kind: 'int', usage: 'get what was there at this revision' },
  { name: 'sort-by', kind: 'string', usage: 'CREATE, KEY, MODIFY, VALUE or VERSION' },
  { name: 'stream', kind: 'bool', usage: 'get the answer in pieces (RangeStream)' },
];

const ORDERS: Readonly<Record<string, number>> = {
  '': SortOrder.NONE,
  ASCEND: SortOrder.ASCEND,
  DESCEND: SortOrder.DESCEND,
};

const TARGETS: Readonly<Record<string, number>> = {
  '': SortTarget.KEY,
  KEY: SortTarget.KEY,
  CREATE: SortTarget.CREATE,
  MODIFY: SortTarget.MOD,
  VALUE: SortTarget.VALUE,
  VERSION: SortTarget.VERSION,
};

const badFeature = (message: string) => new CommandError(Exit.BadFeature, message);

function consistency(flags: FlagReader): boolean {
  const word = flags.text('consistency');
  if (word !== 'l' && word !== 's') throw badFeature(`unknown consistency flag "${word}"`);
  return word === 's';
}

function sorting(flags: FlagReader): { sortOrder: number; sortTarget: number } {
  const sortOrder = ORDERS[flags.text('order').toUpperCase()];
  if (sortOrder === undefined) throw badFeature(`bad sort order ${flags.text('order')}`);
  const sortTarget = TARGETS[flags.text('sort-by').toUpperCase()];
  if (sortTarget === undefined) throw badFeature(`bad sort target ${flags.text('sort-by')}`);
  const isDefault = sortTarget === SortTarget.KEY && sortOrder === SortOrder.ASCEND;
  return isDefault ? { sortOrder: SortOrder.NONE, sortTarget } : { sortOrder, sortTarget };
}

/** A pair of revision bounds; what is not positive is no bound. */
function bounds(flags: FlagReader, kind: 'create' | 'mod', name: string): { min: number; max: number } {
  const min = flags.number(`min-${kind}-rev`);
  const max = flags.number(`max-${kind}-rev`);
  if (min > 0 && max > 0 && min > max)
    throw badFeature(`getMin${name}Rev(=${min}) > getMax${name}Rev(=${max})`);
  return { min: Math.max(min, 0), max: Math.max(max, 0) };
}

/** The request of a `get`, also inside a transaction. */
export function rangeRequest(args: readonly string[], flags: FlagReader): RangeRequest {
  if (args.length === 0) {
    throw badArgs('get command needs one argument as key and an optional argument as range_end');
  }
  const keysOnly = flags.bool('keys-only');
  const countOnly = flags.bool('count-only');
  const serializable = consistency(flags);
  const range = keyRange(args, flags);
  if (keysOnly && countOnly) {
    throw badArgs('`--keys-only` and `--count-only` cannot be set at the same time, choose one');
  }
  const sort = sorting(flags);
  const create = bounds(flags, 'create', 'Create');
  const mod = bounds(flags, 'mod', 'Mod');
  return RangeRequest.create({
    ...range,
    ...sort,
    limit: Math.max(flags.number('limit'), 0),
    revision: Math.max(flags.number('rev'), 0),
    serializable,
    keysOnly,
    countOnly,
    minCreateRevision: create.min,
    maxCreateRevision: create.max,
    minModRevision: mod.min,
    maxModRevision: mod.max,
  });
}

/** Puts the pieces of a streamed answer together. */
async function streamed(client: Client, request: RangeRequest, deadline: number): Promise<RangeResponse> {
  const whole = RangeResponse.create();
  const call = await client.open(KVService.rangeStream, { deadline });
  call.write(request);
  call.end();
  for await (const { rangeResponse: piece } of call) {
    if (piece === undefined) continue;
    if (piece.header !== undefined) whole.header = piece.header;
    for (const kv of piece.kvs) whole.kvs.push(kv);
    whole.more = piece.more;
    whole.count = Math.max(whole.count, piece.count);
  }
  return whole;
}

async function run(context: Context): Promise<void> {
  const { flags, format } = context;
  const request = rangeRequest(context.args, flags);
  const decoding = decodingOf(context);
  const client = await context.client();
  const deadline = context.deadline();
  const response = flags.bool('stream')
    ? await streamed(client, request, deadline)
    : await client.call(KVService.range, request, { deadline });
  if (request.countOnly && format !== 'fields')
    throw badArgs('--count-only is only for `--write-out=fields`');
  const valuesOnly = flags.bool('print-value-only');
  if (valuesOnly && format !== 'simple') {
    throw badArgs('print-value-only is only for `--write-out=simple`');
  }
  await context.print('get', response, { valuesOnly, decoding });
}

export const command: Command = {
  use: '[options] <key> [range_end]',
  examples: [
    '# One key, a range, all keys with a prefix',
    '$ kvctl put config/host 10.0.0.5',
    'OK',
    '$ kvctl put config/port 5432',
    'OK',
    '$ kvctl get config/port',
    'config/port',
    '5432',
    '$ kvctl get config/ --prefix --keys-only',
    'config/host',
    '',
    'config/port',
    '',
    '# The value alone, for scripts',
    '$ kvctl get config/port --print-value-only',
    '5432',
    '# As JSON that can be read',
    '$ kvctl get config/port -w json --decode utf8',
    '{"header":{...},"kvs":[{"key":"config/port","create_revision":3,"mod_revision":3,"version":1,"value":"5432"}],"count":1}',
    '# The newest change first',
    '$ kvctl get config/ --prefix --sort-by=MODIFY --order=DESCEND --limit=1',
    'config/port',
    '5432',
    '# How many there are',
    '$ kvctl get config/ --prefix --count-only -w fields',
    '"ClusterID" : ...',
    '"MemberID" : ...',
    '"Revision" : 3',
    '"RaftTerm" : ...',
    '"More" : false',
    '"Count" : 2',
  ],
  completes: ['key', 'key'],
  flags: [...GET_FLAGS, DECODE_FLAG],
  run,
};
