/** `kvctl help [command]`. A command that is not there is told on stderr, with exit code 0, as cobra does it. */
import type { Command, Context } from './command.ts';
import { resolveNames } from './grammar/resolve.ts';
import { helpOf, usageOf } from './manual.ts';
import { PROGRAM, ROOT } from './table.ts';

async function run({ io, args }: Context): Promise<void> {
  const path = resolveNames(ROOT, args);
  if (path === undefined) {
    io.warn(
      `Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]\n${(await usageOf([ROOT])).trimEnd()}`,
    );
    return;
  }
  io.write(await helpOf(path));
}

export const command: Command = {
  use: '[command]',
  long: `Shows how a command is used: ${PROGRAM} help [names of the command]`,
  flags: [],
  run,
};
