/** `kvctl version`: without asking any server. */
import type { Command, Context } from './command.ts';
import { API_VERSION, VERSION } from './version-numbers.ts';

async function run({ io, path }: Context): Promise<void> {
  io.write(`${path[0]} version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl version', 'kvctl version: ...', 'API version: 3.7'],
  flags: [],
  run,
};
