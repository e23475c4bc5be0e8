/** `kvctl role get`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('role get command requires role name as its argument');
  const client = await context.client();
  const response = await client.call(AuthService.roleGet, { role: args[0] });
  await context.print('roleGet', { name: args[0], response });
}

export const command: Command = {
  use: '<role name>',
  examples: [
    '$ kvctl role add reader',
    'Role reader created',
    '$ kvctl role grant-permission reader read config/ --prefix',
    'Role reader updated',
    '$ kvctl role get reader',
    'Role reader',
    'KV Read:',
    '\t[config/, config0) (prefix config/)',
    'KV Write:',
  ],
  flags: [],
  run,
};
