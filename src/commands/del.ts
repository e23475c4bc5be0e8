/** `kvctl del`: a key or a range. A range given by its end alone waits for second thoughts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../client/index.ts';
import type { KeySpan } from '../client/range.ts';
import type { ReadRange } from '../client/walk/range-reader.ts';
import { DeleteRangeRequest, KVService } from '../core/wire/gen/rpc.ts';
import { quote } from '../printer/quote.ts';
import type { Command, Context } from './command.ts';
import { confirmed, isInteractive } from './confirm.ts';
import { badArgs, Exit } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import type { Io } from './io.ts';
import { keyRange } from './keys.ts';
import { timeoutFromNow } from './timeouts.ts';

const GRACE_SECONDS = 2;
const ASK_ABOVE_KEYS = 100;

export const DEL_FLAGS: readonly FlagSpec[] = [
  { name: 'from-key', kind: 'bool', usage: 'delete this key and all keys behind it, in byte order' },
  { name: 'prefix', kind: 'bool', usage: 'delete all keys that begin with this' },
  { name: 'prev-kv', kind: 'bool', usage: 'show what was deleted' },
  { name: 'range', kind: 'bool', usage: 'delete a range without waiting first' },
];

function deleteRange(args: readonly string[], flags: FlagReader): KeySpan {
  if (args.length === 0 || args.length > 2) {
    throw badArgs('del command needs one argument as key and an optional argument as range_end');
  }
  return keyRange(args, flags);
}

/** The request of a `del`, also inside a transaction. */
export async function deleteRequest(
  args: readonly string[],
  flags: FlagReader,
  io: Io,
): Promise<DeleteRangeRequest> {
  const range = deleteRange(args, flags);
  if (args.length === 2 && !flags.bool('range')) {
    io.warn(
      `Warning: Keys between "${args[0]}" and "${args[1]}" will be deleted. Please interrupt the command within next ${GRACE_SECONDS} seconds to cancel. You can provide \`--range\` flag to avoid the delay.`,
    );
    await sleep(GRACE_SECONDS * 1000);
  }
  return DeleteRangeRequest.create({ ...range, prevKv: flags.bool('prev-kv') });
}

/** What a `del` of this range would delete, a page of keys at a time. */
async function preview(context: Context, range: KeySpan): Promise<void> {
  const client = await context.client();
  const { pages } = await import('../client/walk/pages.ts');
  const read: ReadRange = (request) =>
    client.call(KVService.range, request, { deadline: timeoutFromNow(context) });
  const streams = ['simple', 'ndjson'].includes(context.format);
  const all: Uint8Array[] = [];
  let [count, revision] = [0, 0];
  for await (const page of pages(read, range, { keysOnly: true })) {
    revision = page.revision;
    const keys = page.kvs.map((kv) => kv.key);
    count += keys.length;
    if (streams) await context.print('deletePreview', { revision, keys, count: undefined });
    else all.push(...keys);
  }
  await context.print('deletePreview', { revision, keys: all, count });
}

/** Asks before many keys go at once. Only somebody at a terminal is asked: a script gets what it asked for. */
async function mayDelete(context: Context, client: Client, range: KeySpan): Promise<boolean> {
  const { flags, io, args } = context;
  if (range.rangeEnd.length === 0 || flags.bool('yes') || !isInteractive()) return true;
  const { count } = await client.call(
    KVService.range,
    { ...range, countOnly: true },
    { deadline: timeoutFromNow(context) },
  );
  if (count <= ASK_ABOVE_KEYS) return true;
  const which = flags.bool('prefix')
    ? `that begin with ${quote(args[0])}`
    : flags.bool('from-key')
      ? `from ${quote(args[0])} on`
      : `from ${quote(args[0])} to ${quote(args[1])}`;
  return confirmed(io, `Delete ${count.toLocaleString('en-US')} keys ${which}?`);
}

async function run(context: Context): Promise<number | undefined> {
  const { args, flags, io } = context;
  if (flags.bool('dry-run')) {
    await preview(context, deleteRange(args, flags));
    return undefined;
  }
  const request = await deleteRequest(args, flags, io);
  const client = await context.client();
  if (!(await mayDelete(context, client, request))) {
    io.warn('Nothing was deleted.');
    return Exit.Interrupted;
  }
  // The time to answer the question is not the server's.
  const deadline = isInteractive() ? timeoutFromNow(context) : context.deadline();
  await context.print('del', await client.call(KVService.deleteRange, request, { deadline }));
  return undefined;
}

export const command: Command = {
  use: '[options] <key> [range_end]',
  long: `Deletes a key, a range of keys, or all keys with a prefix, and shows how many there were.

On a terminal, it asks before more than ${ASK_ABOVE_KEYS} keys go at once; in a pipe or a script it never does.`,
  examples: [
    '$ kvctl put job/1 done',
    'OK',
    '$ kvctl put job/2 queued',
    'OK',
    '# One key; the answer is how many were deleted',
    '$ kvctl del job/1',
    '1',
    '# What would be deleted?',
    '$ kvctl del job/ --prefix --dry-run',
    'job/2',
    'would delete 1 key',
    '# All keys with a prefix, with what they held',
    '$ kvctl del job/ --prefix --prev-kv',
    '1',
    'job/2',
    'queued',
  ],
  completes: ['key', 'key'],
  flags: [
    ...DEL_FLAGS,
    { name: 'dry-run', kind: 'bool', usage: 'show which keys would be deleted, and delete none' },
    { name: 'yes', kind: 'bool', usage: 'do not ask' },
  ],
  run,
};
