/** `kvctl role grant-permission`. */
import { Permission, PermissionType } from '../core/wire/gen/auth.ts';
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { permissionFlags, permissionRange } from './permission-range.ts';

const TYPES: Readonly<Record<string, number>> = PermissionType;

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length < 3) {
    throw badArgs('role grant command requires role name, permission type, and key [endkey] as its argument');
  }
  const permType = TYPES[args[1].toUpperCase()];
  if (permType === undefined) throw badArgs(`invalid permission type: ${args[1]}`);
  const perm = Permission.create({ permType, ...permissionRange(args.slice(2), flags) });
  const client = await context.client();
  const response = await client.call(AuthService.roleGrantPermission, { name: args[0], perm });
  await context.print('roleGrant', { name: args[0], response });
}

export const command: Command = {
  use: '[options] <role name> <permission type> <key> [endkey]',
  examples: [
    '$ kvctl role add writer',
    'Role writer created',
    '# Read and write all keys that begin with jobs/',
    '$ kvctl role grant-permission writer readwrite jobs/ --prefix',
    'Role writer updated',
    '# Read one key',
    '$ kvctl role grant-permission writer read config/port',
    'Role writer updated',
  ],
  flags: permissionFlags('permit'),
  run,
};
