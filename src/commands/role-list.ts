/** `kvctl role list`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 0) throw badArgs('role list command requires no arguments');
  const client = await context.client();
  const response = await client.call(AuthService.roleList, {});
  await context.print('roleList', response);
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl role add reader', 'Role reader created', '$ kvctl role list', 'reader'],
  flags: [],
  run,
};
