/** `kvctl del`: a key or a range. A range given by its end alone waits for second thoughts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteRangeRequest, KVService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import type { Io } from './io.ts';
import { keyRange } from './keys.ts';

const GRACE_SECONDS = 2;

export const DEL_FLAGS: readonly FlagSpec[] = [
  { name: 'from-key', kind: 'bool', usage: 'delete this key and all keys behind it, in byte order' },
  { name: 'prefix', kind: 'bool', usage: 'delete all keys that begin with this' },
  { name: 'prev-kv', kind: 'bool', usage: 'show what was deleted' },
  { name: 'range', kind: 'bool', usage: 'delete a range without waiting first' },
];

/** The request of a `del`, also inside a transaction. */
export async function deleteRequest(
  args: readonly string[],
  flags: FlagReader,
  io: Io,
): Promise<DeleteRangeRequest> {
  if (args.length === 0 || args.length > 2) {
    throw badArgs('del command needs one argument as key and an optional argument as range_end');
  }
  const range = keyRange(args, flags);
  if (args.length === 2 && !flags.bool('range')) {
    io.warn(
      `Warning: Keys between "${args[0]}" and "${args[1]}" will be deleted. Please interrupt the command within next ${GRACE_SECONDS} seconds to cancel. You can provide \`--range\` flag to avoid the delay.`,
    );
    await sleep(GRACE_SECONDS * 1000);
  }
  return DeleteRangeRequest.create({ ...range, prevKv: flags.bool('prev-kv') });
}

async function run(context: Context): Promise<void> {
  const request = await deleteRequest(context.args, context.flags, context.io);
  const client = await context.client();
  const response = await client.call(KVService.deleteRange, request, { deadline: context.deadline() });
  await context.print('del', response);
}

export const command: Command = { use: '[options] <key> [range_end]', flags: DEL_FLAGS, run };
