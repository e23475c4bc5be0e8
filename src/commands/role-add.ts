/** `kvctl role add`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('role add command requires role name as its argument');
  const client = await context.client();
  const response = await client.call(AuthService.roleAdd, { name: args[0] });
  await context.print('roleAdd', { name: args[0], response });
}

export const command: Command = {
  use: '<role name>',
  examples: ['$ kvctl role add reader', 'Role reader created'],
  flags: [],
  run,
};
