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

export const command: Command = { use: '', flags: [], run };
