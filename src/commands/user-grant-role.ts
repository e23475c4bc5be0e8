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

export const command: Command = { use: '<user name> <role name>', flags: [], run };
