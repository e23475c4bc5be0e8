/** `kvctl auth enable`: gives root the root role first if that is all that is missing. */

import { hasText } from '../client/errors.ts';
import type { CallScope, Client } from '../client/index.ts';
import { CATALOGUE } from '../core/errors.ts';
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

const ROOT = 'root';

async function enable(client: Client, scope: CallScope): Promise<void> {
  for (;;) {
    try {
      await client.call(AuthService.authEnable, {}, scope);
      return;
    } catch (error) {
      if (!hasText(error, CATALOGUE.RootRoleNotExist[1])) throw error;
    }
    await client.call(AuthService.roleAdd, { name: ROOT }, scope);
    await client.call(AuthService.userGrantRole, { user: ROOT, role: ROOT }, scope);
  }
}

async function run(context: Context): Promise<void> {
  if (context.args.length !== 0) throw badArgs('auth enable command does not accept any arguments');
  const client = await context.client();
  await enable(client, { deadline: context.deadline() });
  context.io.write('Authentication Enabled\n');
}

export const command: Command = {
  use: '',
  examples: [
    '# A user root with the role root comes first',
    '$ kvctl user add root:secret',
    'User root created',
    '$ kvctl user grant-role root root',
    'Role root is granted to user root',
    '$ kvctl auth enable',
    'Authentication Enabled',
    '$ kvctl get k',
    'Error: etcdserver: user name is empty',
    '$ kvctl get k --user=root:secret',
  ],
  flags: [],
  run,
};
