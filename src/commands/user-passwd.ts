/** `kvctl user passwd`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { newPassword, passwordFromInput } from './user-password.ts';

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length !== 1) throw badArgs('user passwd command requires user name as its argument');
  const [name] = args;
  const client = await context.client();
  const ask = flags.bool('interactive') ? newPassword(context, name) : passwordFromInput(context);
  const response = await client.call(AuthService.userChangePassword, { name, password: await ask });
  await context.print('userPasswd', response);
}

export const command: Command = {
  use: '<user name> [options]',
  examples: [
    '$ kvctl user add ann:secret',
    'User ann created',
    '# From stdin, for scripts',
    '$ echo better | kvctl user passwd ann --interactive=false',
    'Password updated',
  ],
  flags: [
    {
      name: 'interactive',
      kind: 'bool',
      default: true,
      usage: 'ask for the password; false: take it from stdin',
    },
  ],
  run,
};
