/** `kvctl options`: the flags that every command takes. */
import type { Command, Context } from './command.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import { flagBlock } from './grammar/help.ts';

async function run({ io }: Context): Promise<void> {
  io.write(`The following options can be passed to any command:\n\n${flagBlock(ALL_GLOBAL_FLAGS)}`);
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl options', 'The following options can be passed to any command:', '...'],
  flags: [],
  run,
};
