/** `kvctl benchmark lease-keepalive`: renewals of a lease. */
import { prepare, RATE_FLAG, runLoad, totalFlag, wantNothing } from './benchmark.ts';
import type { Command, Context } from './command.ts';

async function run(context: Context): Promise<number> {
  const streaming = context.flags.bool('streaming');
  return runLoad(context, await prepare(context), { kind: 'lease-keepalive', streaming });
}

export const command: Command = {
  use: '[options]',
  flags: [
    RATE_FLAG,
    {
      name: 'streaming',
      kind: 'bool',
      usage: 'one stream for each client, in place of one for each renewal',
    },
    totalFlag('renewals'),
  ],
  refuse: wantNothing,
  run,
};
