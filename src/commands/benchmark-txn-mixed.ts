/** `kvctl benchmark txn-mixed`: transactions that read a range and transactions that put a key, each reported. */
import {
  KEY_FLAGS,
  keyOptions,
  prepare,
  RANGE_FLAGS,
  RATE_FLAG,
  rangeOptions,
  runLoad,
  totalFlag,
  VALUE_FLAG,
} from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { noArgs } from './grammar/arity.ts';
import { argumentBytes } from './io.ts';

/** A range from any key on to the end of all keys. */
const FROM_KEY = Uint8Array.of(0);

function ratioOf({ flags }: Context): number {
  const text = flags.text('rw-ratio');
  const ratio = Number(text);
  if (text.trim() === '' || !Number.isFinite(ratio) || ratio < 0) {
    throw badArgs(`expected --rw-ratio of 0 or more, got (${text})`);
  }
  return ratio;
}

async function run(context: Context): Promise<number> {
  const keys = await keyOptions(context);
  const options = rangeOptions(context);
  const readWriteRatio = ratioOf(context);
  const end = context.flags.text('end-key');
  const rangeEnd = end === '' ? FROM_KEY : argumentBytes(end);
  const valSize = context.flags.number('val-size');
  const prepared = await prepare(context);
  return runLoad(context, prepared, {
    kind: 'txn-mixed',
    ...keys,
    ...options,
    valSize,
    rangeEnd,
    readWriteRatio,
  });
}

export const command: Command = {
  use: '[options]',
  examples: ['$ kvctl benchmark txn-mixed --total=100', '...', '  Requests/sec:...', '...'],
  flags: [
    ...KEY_FLAGS,
    VALUE_FLAG,
    ...RANGE_FLAGS.map((flag) => (flag.name === 'limit' ? { ...flag, default: 1000 } : flag)),
    RATE_FLAG,
    totalFlag('transactions'),
    {
      name: 'end-key',
      kind: 'string',
      usage: 'end of the range that is read (default: the end of all keys)',
    },
    { name: 'rw-ratio', kind: 'string', default: '1', word: 'float', usage: 'reads for each write' },
  ],
  refuse: noArgs,
  run,
};
