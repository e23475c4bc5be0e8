/** `kvctl context remove`. */
import type { Command, Context } from './command.ts';
import { contextsPath, readContexts, writeContexts } from './contexts/file.ts';
import { contextNamed, withoutContext } from './contexts/model.ts';
import { exactArgs } from './grammar/arity.ts';

async function run({ args: [name], env, io }: Context): Promise<void> {
  const path = contextsPath(env);
  const contexts = readContexts(path);
  contextNamed(contexts, name);
  writeContexts(path, withoutContext(contexts, name));
  io.write(`Context ${name} removed\n`);
}

export const command: Command = {
  use: '<name>',
  examples: [
    '$ kvctl context add local --endpoints=127.0.0.1:2379',
    'Context local added',
    '$ kvctl context remove local',
    'Context local removed',
  ],
  completes: ['context'],
  flags: [],
  refuse: exactArgs(1),
  run,
};
