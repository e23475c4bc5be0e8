/** `kvctl role revoke-permission`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { permissionFlags, permissionRange } from './permission-range.ts';

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length < 2) {
    throw badArgs('role revoke-permission command requires role name and key [endkey] as its argument');
  }
  const range = permissionRange(args.slice(1), flags);
  const client = await context.client();
  const response = await client.call(AuthService.roleRevokePermission, { role: args[0], ...range });
  const end = Buffer.from(range.rangeEnd).toString('utf8');
  await context.print('roleRevoke', { name: args[0], key: args[1], end, response });
}

export const command: Command = {
  use: '<role name> <key> [endkey]',
  examples: [
    '$ kvctl role add reader',
    'Role reader created',
    '$ kvctl role grant-permission reader read config/port',
    'Role reader updated',
    '$ kvctl role revoke-permission reader config/port',
    'Permission of key config/port is revoked from role reader',
  ],
  flags: permissionFlags('take away'),
  run,
};
