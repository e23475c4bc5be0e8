/** `kvctl user grant-role`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 2) throw badArgs('user grant command requires user name and role name as its argument');
  const client = await context.client();
  const response = await client.call(AuthService.userGrantRole, { user: args[0], role: args[1] });
  await context.print('userGrantRole', { name: args[0], role: args[1], response });
}

export const command: Command = {
  use: '<user name> <role name>',
  examples: [
    '$ kvctl user add ann:secret',
    'User ann created',
    '$ kvctl role add reader',
    'Role reader created',
    '$ kvctl user grant-role ann reader',
    'Role reader is granted to user ann',
  ],
  flags: [],
  run,
};
