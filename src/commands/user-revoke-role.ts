/** `kvctl user revoke-role`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 2) throw badArgs('user revoke-role requires user name and role name as its argument');
  const client = await context.client();
  const response = await client.call(AuthService.userRevokeRole, { name: args[0], role: args[1] });
  await context.print('userRevokeRole', { name: args[0], role: args[1], response });
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
    '$ kvctl user revoke-role ann reader',
    'Role reader is revoked from user ann',
  ],
  flags: [],
  run,
};
