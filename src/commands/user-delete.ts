/** `kvctl user delete`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('user delete command requires user name as its argument');
  const client = await context.client();
  const response = await client.call(AuthService.userDelete, { name: args[0] });
  await context.print('userDelete', { name: args[0], response });
}

export const command: Command = {
  use: '<user name>',
  examples: [
    '$ kvctl user add ann:secret',
    'User ann created',
    '$ kvctl user delete ann',
    'User ann deleted',
  ],
  flags: [],
  run,
};
