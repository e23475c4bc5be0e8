/** `kvctl user list`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 0) throw badArgs('user list command requires no arguments');
  const client = await context.client();
  const response = await client.call(AuthService.userList, {});
  await context.print('userList', response);
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl user add ann:secret', 'User ann created', '$ kvctl user list', 'ann'],
  flags: [],
  run,
};
