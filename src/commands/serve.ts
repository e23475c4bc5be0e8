/** `kvctl serve`: runs a member. Its flags are etcd's, in Go's syntax; the server's room parses them. */
import type { Command, Context } from './command.ts';
import { VERSION } from './version-numbers.ts';

async function run({ args, env }: Context): Promise<number> {
  const { serve } = await import('../server/main.ts');
  const build = {
    kvctlVersion: VERSION,
    gitSha: 'unknown',
    nodeVersion: process.version,
    platform: process.platform,
    arch: process.arch,
  };
  return serve({ argv: args, env, build });
}

export const command: Command = {
  use: '[etcd server flags]',
  long: 'Runs a member: durable, on a data directory of its own. `kvctl serve --help` lists the flags.',
  examples: ['kvctl serve', 'kvctl serve --name infra0 --data-dir /var/lib/kvctl'],
  flags: [],
  rawArguments: true,
  run,
};
