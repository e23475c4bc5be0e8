/** `kvctl context list`. */
import type { Command, Context } from './command.ts';
import { contextInUse } from './contexts/apply.ts';
import { factsOf } from './contexts/facts.ts';
import { contextsPath, readContexts } from './contexts/file.ts';
import { noArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<void> {
  const contexts = readContexts(contextsPath(context.env));
  const inUse = contextInUse(context.flags, context.env, () => contexts);
  const list = [...contexts.byName].map(([name, settings]) => factsOf(name, settings, name === inUse));
  await context.print('contextList', list);
}

export const command: Command = {
  use: '',
  long: 'Lists the contexts; the one in use is marked.',
  examples: [
    '$ kvctl context add local --endpoints=127.0.0.1:2379 --use',
    'Context local added',
    '$ kvctl context list',
    '*  local  127.0.0.1:2379',
  ],
  flags: [],
  refuse: noArgs,
  run,
};
