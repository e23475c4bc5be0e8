/** `kvctl benchmark range`: the same range again and again. */
import {
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
  const range = rangeArguments(context);
  const countOnly = context.flags.bool('count-only');
  return runLoad(context, await prepare(context), { kind: 'range', ...range, ...options, countOnly });
}

export const command: Command = {
  use: '[options] <key> [range_end]',
  examples: [
    '$ kvctl benchmark range greeting --total=100 --clients=4 --conns=2',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    ...RANGE_FLAGS,
    RATE_FLAG,
    totalFlag('range requests'),
    { name: 'count-only', kind: 'bool', usage: 'ask for the number of keys alone' },
  ],
  refuse: wantRange,
  run,
};
