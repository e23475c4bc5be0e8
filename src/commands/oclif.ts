/**
 * The commands as oclif Command classes: what oclif's tools (manifest, readme, plugins of other command lines) see of
 * kvctl. `kvctl` itself does not come through here: loading oclif takes as long as a whole `kvctl get`, and the words
 * of the command line are parsed as cobra does, not as oclif does, so each class hands its arguments over untouched.
 */
import { Command, Flags, type Interfaces } from '@oclif/core';
import type { CommandNode, Command as Definition } from './command.ts';
import { CommandError } from './exit.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import type { FlagSpec } from './grammar/flags.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './run.ts';
import { ROOT } from './table.ts';

function oclifFlag(spec: FlagSpec): Interfaces.Flag<unknown> {
  const common = { char: spec.short as never, summary: spec.usage, hidden: spec.hidden };
  switch (spec.kind) {
    case 'bool':
      return Flags.boolean({ ...common, default: spec.default as boolean }) as Interfaces.Flag<unknown>;
    case 'list':
      return Flags.string({ ...common, multiple: true }) as Interfaces.Flag<unknown>;
    default:
      return Flags.string({ ...common, default: spec.default?.toString() }) as Interfaces.Flag<unknown>;
  }
}

function classOf(names: readonly string[], node: CommandNode, definition: Definition): Command.Class {
  const specs = [...definition.flags, ...ALL_GLOBAL_FLAGS];
  return class extends Command {
    static override id = names.join(':');
    static override summary = node.short;
    static override description = definition.long ?? node.short;
    static override usage = `${names.join(' ')} ${definition.use}`.trimEnd();
    static override flags = Object.fromEntries(specs.map((spec) => [spec.name, oclifFlag(spec)]));
    static override strict = false;

    async run(): Promise<void> {
      this.parsed = true; // by the grammar
      const args = [...names, ...this.argv];
      const code = await runCommandLine({ args, env: process.env, io: processIo() });
      if (code !== 0) throw Object.assign(new CommandError(code, ''), { oclif: { exit: code } });
    }

    /** The command has said on stderr what there was to say. */
    override async catch(error: Error & { oclif?: { exit?: number } }): Promise<void> {
      if (error.oclif?.exit === undefined) throw error;
      process.exitCode = error.oclif.exit;
    }
  };
}

async function classes(
  node: CommandNode,
  names: readonly string[],
): Promise<readonly (readonly [string, Command.Class])[]> {
  if (node.load !== undefined) {
    return [[names.join(':'), classOf(names, node, (await node.load()).command)]];
  }
  const children = (node.children ?? []).filter((child) => child.hidden !== true);
  return (await Promise.all(children.map((child) => classes(child, [...names, child.name])))).flat();
}

/** For package.json's `oclif.commands`, strategy `explicit`. */
export const COMMANDS: Readonly<Record<string, Command.Class>> = Object.fromEntries(await classes(ROOT, []));
