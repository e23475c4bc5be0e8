/** `kvctl benchmark txn-put`: transactions of several puts. */
import {
  KEY_FLAGS,
  keyOptions,
  positive,
  prepare,
  RATE_FLAG,
  runLoad,
  totalFlag,
  VALUE_FLAG,
} from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { noArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<number> {
  const keys = await keyOptions(context);
  const ops = positive(context, 'txn-ops');
  if (ops > keys.keySpaceSize) {
    throw badArgs(
      `expected --txn-ops no larger than --key-space-size, got (${ops}) and (${keys.keySpaceSize})`,
    );
  }
  const valSize = context.flags.number('val-size');
  return runLoad(context, await prepare(context), { kind: 'txn-put', ...keys, valSize, ops });
}

export const command: Command = {
  use: '[options]',
  examples: [
    '$ kvctl benchmark txn-put --total=100 --txn-ops=4 --key-space-size=1000',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    ...KEY_FLAGS,
    VALUE_FLAG,
    RATE_FLAG,
    totalFlag('transactions'),
    { name: 'txn-ops', kind: 'uint', default: 1, usage: 'puts in a transaction' },
  ],
  refuse: noArgs,
  run,
};
