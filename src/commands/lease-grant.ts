/** `kvctl lease grant`. */
import { LeaseService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit, failing } from './exit.ts';
import { decimal } from './ids.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('lease grant command needs TTL argument');
  const TTL = decimal(args[0], (why) => badArgs(`bad TTL (${why})`));
  const client = await context.client();
  const granting = client.call(LeaseService.leaseGrant, { TTL }, { deadline: context.deadline() });
  const response = await failing(Exit.Error, granting, (why) => `failed to grant lease (${why})`);
  await context.print('leaseGrant', response);
}

export const command: Command = {
  use: '<ttl>',
  examples: [
    '# For five minutes',
    '$ kvctl lease grant 300',
    'lease 694da1fb14147a0a granted with TTL(300s)',
    '$ kvctl put session/1 alive --lease=694da1fb14147a0a',
    'OK',
  ],
  flags: [],
  run,
};
