/** `kvctl __complete <words> <the word begun>`: candidates for a shell, one a line, with a tab before their help. */
import type { Command, CommandNode, Context } from './command.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import { FlagSet, type FlagSpec } from './grammar/flags.ts';
import { resolve, UnknownCommandError } from './grammar/resolve.ts';
import { ROOT } from './table.ts';

async function flagsOf(path: readonly CommandNode[]): Promise<readonly FlagSpec[]> {
  const node = path[path.length - 1];
  const own = node.load === undefined ? [] : (await node.load()).command.flags;
  return [...own, ...path.flatMap((step) => step.groupFlags ?? []), ...ALL_GLOBAL_FLAGS];
}

async function candidates(path: readonly CommandNode[], begun: string): Promise<string[]> {
  if (begun.startsWith('-')) {
    const flags = await flagsOf(path);
    return flags.map((spec) => `--${spec.name}${spec.kind === 'bool' ? '' : '='}\t${spec.usage}`);
  }
  const children = path[path.length - 1].children ?? [];
  return children.filter((node) => node.hidden !== true).map((node) => `${node.name}\t${node.short}`);
}

async function run({ args, io }: Context): Promise<void> {
  const begun = args[args.length - 1] ?? '';
  try {
    const { path } = resolve(ROOT, args.slice(0, -1), () => new FlagSet(ALL_GLOBAL_FLAGS));
    const lines = (await candidates(path, begun)).filter((line) => line.startsWith(begun));
    io.write(lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    if (!(error instanceof UnknownCommandError)) throw error;
  }
}

export const command: Command = { use: '[words]', flags: [], rawArguments: true, run };
