/** `kvctl context use`: from now on, commands that say nothing else go where this context says. */
import type { Command, Context } from './command.ts';
import { contextsPath, readContexts, writeContexts } from './contexts/file.ts';
import { contextNamed } from './contexts/model.ts';
import { badArgs } from './exit.ts';
import { atMostArgs } from './grammar/arity.ts';

async function run({ args, env, flags, io }: Context): Promise<void> {
  const none = flags.bool('none');
  if (none === (args.length === 1)) throw badArgs('context use takes the name of a context, or --none');
  const path = contextsPath(env);
  const contexts = readContexts(path);
  const [current = ''] = args;
  if (!none) contextNamed(contexts, current);
  writeContexts(path, { ...contexts, current });
  io.write(none ? 'No context is the current one\n' : `Context ${current} is the current one\n`);
}

export const command: Command = {
  use: '<name> | --none',
  examples: [
    '$ kvctl context add local --endpoints=127.0.0.1:2379',
    'Context local added',
    '$ kvctl context use local',
    'Context local is the current one',
    '$ kvctl context use --none',
    'No context is the current one',
  ],
  completes: ['context'],
  flags: [{ name: 'none', kind: 'bool', usage: 'use no context any more' }],
  refuse: atMostArgs(1),
  run,
};
