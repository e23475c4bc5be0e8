/** `kvctl context show`: one context, without its password. */
import type { Command, Context } from './command.ts';
import { contextInUse } from './contexts/apply.ts';
import { factsOf } from './contexts/facts.ts';
import { contextsPath, readContexts } from './contexts/file.ts';
import { contextNamed } from './contexts/model.ts';
import { CommandError, Exit } from './exit.ts';
import { atMostArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<void> {
  const contexts = readContexts(contextsPath(context.env));
  const inUse = contextInUse(context.flags, context.env, () => contexts);
  const name = context.args[0] ?? inUse;
  if (name === '') throw new CommandError(Exit.Error, 'no context is in use');
  await context.print('context', factsOf(name, contextNamed(contexts, name), name === inUse));
}

export const command: Command = {
  use: '[name]',
  long: 'Shows a context, by default the one in use. A stored password is not shown.',
  examples: [
    '$ kvctl context add prod --endpoints=https://db1:2379 --user=root',
    'Context prod added',
    '$ kvctl context show prod',
    'name       prod',
    'current    false',
    'endpoints  https://db1:2379',
    'user       root',
    'password   asked for',
  ],
  completes: ['context'],
  flags: [],
  refuse: atMostArgs(1),
  run,
};
