/** `kvctl user get`, with `--detail` also what the user's roles permit. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 1) throw badArgs('user get command requires user name as its argument');
  const [name] = args;
  const client = await context.client();
  const response = await client.call(AuthService.userGet, { name });
  if (!flags.bool('detail')) {
    await context.print('userGet', { name, response });
    return;
  }
  io.write(`User: ${name}\n`);
  for (const role of response.roles) {
    io.write('\n');
    await context.print('roleGet', {
      name: role,
      response: await client.call(AuthService.roleGet, { role }),
    });
  }
}

export const command: Command = {
  use: '<user name> [options]',
  examples: [
    '$ kvctl user add ann:secret',
    'User ann created',
    '$ kvctl role add reader',
    'Role reader created',
    '$ kvctl user grant-role ann reader',
    'Role reader is granted to user ann',
    '$ kvctl user get ann',
    'User: ann',
    'Roles: reader',
  ],
  flags: [{ name: 'detail', kind: 'bool', usage: "show what the user's roles permit" }],
  run,
};
