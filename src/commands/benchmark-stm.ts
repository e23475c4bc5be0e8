/** `kvctl benchmark stm`: software transactions, with retries, at a level of isolation. */
import type { Isolation, Locker } from '../bench/main.ts';
import { positive, prepare, RATE_FLAG, runLoad, totalFlag, VALUE_FLAG } from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { noArgs } from './grammar/arity.ts';

const ISOLATIONS: readonly Isolation[] = ['c', 'r', 's', 'ss'];
const LOCKERS: readonly Locker[] = ['stm', 'lock-client', 'lock-rpc'];

function oneOf<T extends string>({ flags }: Context, name: string, values: readonly T[]): T {
  const text = flags.text(name);
  const found = values.find((value) => value === text);
  if (found === undefined)
    throw badArgs(`expected --${name} to be one of ${values.join(', ')}, got (${text})`);
  return found;
}

async function run(context: Context): Promise<number> {
  const isolation = oneOf(context, 'isolation', ISOLATIONS);
  const locker = oneOf(context, 'stm-locker', LOCKERS);
  const keys = positive(context, 'keys');
  const keysPerTxn = context.flags.number('keys-per-txn');
  if (keysPerTxn > keys) throw badArgs(`expected --keys-per-txn between 0 and ${keys}, got (${keysPerTxn})`);
  const writePercent = context.flags.number('txn-wr-percent');
  if (writePercent > 100) throw badArgs(`expected [0, 100] --txn-wr-percent, got (${writePercent})`);
  const valSize = context.flags.number('val-size');
  const prepared = await prepare(context);
  return runLoad(context, prepared, {
    kind: 'stm',
    isolation,
    locker,
    keys,
    keysPerTxn,
    writePercent,
    valSize,
    client: prepared.config,
  });
}

export const command: Command = {
  use: '[options]',
  examples: [
    '$ kvctl benchmark stm --total=20 --keys=10 --keys-per-txn=2',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    {
      name: 'isolation',
      kind: 'string',
      default: 'r',
      usage: 'read committed (c), repeatable reads (r), serializable (s) or snapshot (ss)',
    },
    { name: 'keys', kind: 'uint', default: 1, usage: 'different keys' },
    { name: 'keys-per-txn', kind: 'uint', default: 1, usage: 'keys of a transaction' },
    RATE_FLAG,
    {
      name: 'stm-locker',
      kind: 'string',
      default: 'stm',
      usage:
        'a lock around the transaction: none (stm), of the client (lock-client), of the server (lock-rpc)',
    },
    totalFlag('transactions'),
    {
      name: 'txn-wr-percent',
      kind: 'uint',
      default: 50,
      usage: 'share of its keys that a transaction writes',
    },
    VALUE_FLAG,
  ],
  refuse: noArgs,
  run,
};
