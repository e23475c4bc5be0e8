/** Help on any node of the command tree; loads the command to know its flags. */
import type { CommandNode } from './command.ts';
import type { FlagSpec } from './grammar/flags.ts';
import { type HelpSubject, helpText, usageText } from './grammar/help.ts';

/** Flags that the groups above a command hand down. */
export function inheritedFlags(path: readonly CommandNode[]): readonly FlagSpec[] {
  return path.slice(0, -1).flatMap((node) => node.groupFlags ?? []);
}

async function subject(path: readonly CommandNode[]): Promise<HelpSubject> {
  const node = path[path.length - 1];
  const inherited = inheritedFlags(path);
  if (node.load === undefined) return { path, long: node.long, flags: node.groupFlags ?? [], inherited };
  const { use, long, examples, flags } = (await node.load()).command;
  return { path, use, long, examples, flags, inherited };
}

export async function helpOf(path: readonly CommandNode[]): Promise<string> {
  return helpText(await subject(path));
}

export async function usageOf(path: readonly CommandNode[]): Promise<string> {
  return usageText(await subject(path));
}
