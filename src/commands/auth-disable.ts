/** `kvctl auth disable`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 0) throw badArgs('auth disable command does not accept any arguments');
  const client = await context.client();
  await client.call(AuthService.authDisable, {}, { deadline: context.deadline() });
  context.io.write('Authentication Disabled\n');
}

export const command: Command = {
  use: '',
  examples: [
    '$ kvctl user add root:secret',
    'User root created',
    '$ kvctl user grant-role root root',
    'Role root is granted to user root',
    '$ kvctl auth enable',
    'Authentication Enabled',
    '$ kvctl auth disable --user=root:secret',
    'Authentication Disabled',
  ],
  flags: [],
  run,
};
