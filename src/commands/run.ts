/**
 * The command line: finds the command, parses its flags, runs it, and turns what it threw into a line on stderr and an
 * exit code (cli.md 4). Loads nothing but the command that was called.
 */
import type { CommandNode } from './command.ts';
import { type CommandError, Exit } from './exit.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import { FlagSet, HELP_FLAG, UsageError } from './grammar/flags.ts';
import { helpFlag } from './grammar/help.ts';
import { resolve, UnknownCommandError } from './grammar/resolve.ts';
import type { Io } from './io.ts';
import { Session } from './session.ts';
import { ROOT } from './table.ts';

const CODES_BY_NAME: Readonly<Record<string, number>> = {
  ConnectError: Exit.BadConnection,
  TlsFileError: Exit.BadArgs,
  UnsupportedFormatError: Exit.BadFeature,
};

function inherited(path: readonly CommandNode[]) {
  return path.flatMap((node) => node.groupFlags ?? []);
}

/** Flags known before the command is loaded. */
function knownAt(path: readonly CommandNode[]): FlagSet {
  return new FlagSet(ALL_GLOBAL_FLAGS, inherited(path), [helpFlag('')]);
}

async function showHelp(io: Io, path: readonly CommandNode[]): Promise<number> {
  const { helpOf } = await import('./manual.ts');
  io.write(await helpOf(path));
  return Exit.Success;
}

async function usageError(io: Io, path: readonly CommandNode[], message: string): Promise<number> {
  const { usageOf } = await import('./manual.ts');
  io.warn(`Error: ${message}\n${await usageOf(path)}`);
  return Exit.Error;
}

/** By its name, as all failures here: a loader may have loaded the class twice. */
const isCommandError = (error: Error): error is CommandError => error.name === 'CommandError';

function failure(io: Io, error: unknown): number {
  if (!(error instanceof Error)) throw error;
  if (isCommandError(error)) {
    if (error.message !== '') io.warn(`Error: ${error.message}`);
    return error.code;
  }
  const isExpected = error.name in CODES_BY_NAME || ['StatusError', 'ContextError'].includes(error.name);
  if (!isExpected) throw error;
  io.warn(`Error: ${error.message}`);
  return CODES_BY_NAME[error.name] ?? Exit.Error;
}

interface Process {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly io: Io;
}

async function runCommand(path: readonly CommandNode[], args: readonly string[], { env, io }: Process) {
  const node = path[path.length - 1];
  const loaded = node.load === undefined ? undefined : (await node.load()).command;
  const flags = knownAt(path);
  for (const spec of loaded?.flags ?? []) flags.add(spec);
  try {
    const positional = loaded?.rawArguments === true ? [...args] : flags.parse(args);
    if (loaded === undefined || flags.bool(HELP_FLAG)) return await showHelp(io, path);
    const names = path.map((step) => step.name);
    const refused = loaded.refuse?.(positional, names.join(' '));
    if (refused !== undefined) throw new UsageError(refused);
    const inheritedFlags = inherited(path.slice(0, -1));
    const { explainsRevisions } = loaded;
    const session = new Session({
      path: names,
      args: positional,
      flags,
      inherited: inheritedFlags,
      io,
      env,
      explainsRevisions,
    });
    try {
      return (await loaded.run(session)) ?? Exit.Success;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof UsageError) return usageError(io, path, error.message);
    return failure(io, error);
  }
}

/** Runs one command line to its end; returns the exit code. */
export async function runCommandLine(process: Process): Promise<number> {
  try {
    const { path, args } = resolve(ROOT, process.args, knownAt);
    return await runCommand(path, args, process);
  } catch (error) {
    if (!(error instanceof UnknownCommandError)) throw error;
    process.io.warn(`Error: ${error.message}\nRun '${ROOT.name} --help' for usage.`);
    return Exit.Error;
  }
}
