/** `kvctl benchmark lease-keepalive`: renewals of a lease. */
import { prepare, RATE_FLAG, runLoad, totalFlag } from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { noArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<number> {
  const streaming = context.flags.bool('streaming');
  return runLoad(context, await prepare(context), { kind: 'lease-keepalive', streaming });
}

export const command: Command = {
  use: '[options]',
  examples: ['$ kvctl benchmark lease-keepalive --total=100', '...', '  Requests/sec:...', '...'],
  flags: [
    RATE_FLAG,
    {
      name: 'streaming',
      kind: 'bool',
      usage: 'one stream for each client, in place of one for each renewal',
    },
    totalFlag('renewals'),
  ],
  refuse: noArgs,
  run,
};
