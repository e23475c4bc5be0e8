/** `kvctl auth status`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 0) throw badArgs('auth status command does not accept any arguments');
  const client = await context.client();
  await context.print(
    'authStatus',
    await client.call(AuthService.authStatus, {}, { deadline: context.deadline() }),
  );
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl auth status', 'Authentication Status: false', 'AuthRevision: 1'],
  flags: [],
  run,
};
