/** `kvctl lease list`. */
import { LeaseService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { Exit, failing } from './exit.ts';

async function run(context: Context): Promise<void> {
  const client = await context.client();
  await context.print(
    'leaseList',
    await failing(Exit.BadConnection, client.call(LeaseService.leaseLeases, {})),
  );
}

export const command: Command = {
  use: '',
  examples: [
    '$ kvctl lease grant 300',
    'lease 694da1fb14147a0a granted with TTL(300s)',
    '$ kvctl lease list',
    'found 1 leases',
    '694da1fb14147a0a',
  ],
  flags: [],
  run,
};
