/** `kvctl benchmark txn-range`: transactions of several ranges. */
import {
  positive,
  prepare,
  RANGE_FLAGS,
  RATE_FLAG,
  rangeArguments,
  rangeOptions,
  runLoad,
  totalFlag,
  wantRange,
} from './benchmark.ts';
import type { Command, Context } from './command.ts';

async function run(context: Context): Promise<number> {
  const options = rangeOptions(context);
  const ops = positive(context, 'txn-ops');
  const range = rangeArguments(context);
  return runLoad(context, await prepare(context), { kind: 'txn-range', ...range, ...options, ops });
}

export const command: Command = {
  use: '[options] <key> [range_end]',
  examples: [
    '$ kvctl benchmark txn-range greeting --total=100 --txn-ops=4',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    ...RANGE_FLAGS,
    RATE_FLAG,
    totalFlag('transactions'),
    { name: 'txn-ops', kind: 'uint', default: 1, usage: 'ranges in a transaction' },
  ],
  refuse: wantRange,
  run,
};
