/** New passwords: asked for twice on a terminal, or one word of stdin. */
import type { Context } from './command.ts';
import { badArgs } from './exit.ts';
import { askPassword } from './password.ts';

/** @throws CommandError when the two answers differ or are empty */
export async function newPassword({ io }: Context, name: string): Promise<string> {
  const first = await askPassword(io, `Password of ${name}: `);
  if (first === '') throw badArgs('empty password');
  const second = await askPassword(io, `Type password of ${name} again for confirmation: `);
  if (first !== second) throw badArgs('given passwords are different');
  return first;
}

export async function passwordFromInput({ io }: Context): Promise<string> {
  const text = Buffer.from(await io.readAll()).toString('utf8');
  return text.trim().split(/\s+/)[0] ?? '';
}
