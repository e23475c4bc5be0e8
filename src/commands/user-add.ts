/** `kvctl user add`. */
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { newPassword, passwordFromInput } from './user-password.ts';

interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly noPassword: boolean;
}

/** The password comes from the first of: nowhere, the flag, the argument, stdin, a prompt. */
async function newUser(context: Context): Promise<NewUser> {
  const { args, flags } = context;
  const [word] = args;
  if (flags.bool('no-password')) return { name: word, password: '', noPassword: true };
  const given = flags.text('new-user-password');
  if (given !== '') return { name: word, password: given, noPassword: false };
  const colon = word.indexOf(':');
  if (colon === 0) throw badArgs('empty user name is not allowed');
  if (colon > 0) return { name: word.slice(0, colon), password: word.slice(colon + 1), noPassword: false };
  const ask = flags.bool('interactive') ? newPassword(context, word) : passwordFromInput(context);
  return { name: word, password: await ask, noPassword: false };
}

async function run(context: Context): Promise<void> {
  if (context.args.length !== 1) throw badArgs('user add command requires user name as its argument');
  const client = await context.client();
  const { name, password, noPassword } = await newUser(context);
  const response = await client.call(AuthService.userAdd, { name, password, options: { noPassword } });
  await context.print('userAdd', { name, response });
}

export const command: Command = {
  use: '<user name or user:password> [options]',
  examples: [
    '# Asks for the password when none is given',
    '$ kvctl user add ann:secret',
    'User ann created',
    '$ kvctl user add backup --no-password',
    'User backup created',
  ],
  flags: [
    {
      name: 'interactive',
      kind: 'bool',
      default: true,
      usage: 'ask for the password; false: take it from stdin',
    },
    { name: 'new-user-password', kind: 'string', usage: 'the password' },
    { name: 'no-password', kind: 'bool', usage: 'the user has no password (certificates only)' },
  ],
  run,
};
