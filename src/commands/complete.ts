/**
 * `kvctl __complete <words> <the word begun>`: candidates for a shell, one a line, with a tab before their help.
 * Whatever goes wrong, nothing but candidates is printed.
 */
import { FORMATS } from '../printer/formats.ts';
import type { Command, CommandNode, Completed, Context } from './command.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import { FlagSet, type FlagSpec, UsageError } from './grammar/flags.ts';
import { resolve, UnknownCommandError } from './grammar/resolve.ts';
import { ROOT } from './table.ts';
import type { Environment } from './terminal.ts';

interface Candidate {
  readonly text: string;
  readonly help?: string;
}

const plain = (texts: readonly string[]): Candidate[] => texts.map((text) => ({ text }));

/** Where the line stands: the command so far, its flags, the arguments before the word that is begun. */
interface Line {
  readonly path: readonly CommandNode[];
  readonly command: Command | undefined;
  readonly specs: readonly FlagSpec[];
  readonly words: readonly string[];
  readonly begun: string;
  readonly env: Environment;
}

async function contextNames(env: Environment): Promise<Candidate[]> {
  const { contextsPath, readContexts } = await import('./contexts/file.ts');
  return plain([...readContexts(contextsPath(env)).byName.keys()]);
}

/** What a flag takes; undefined where nobody knows, and the shell may offer files. */
async function valuesOf(spec: FlagSpec, env: Environment): Promise<Candidate[] | undefined> {
  switch (spec.name) {
    case 'context':
      return contextNames(env);
    case 'write-out':
      return plain(FORMATS);
    case 'decode':
      return plain((await import('../printer/decode.ts')).DECODINGS);
    default:
      return spec.kind === 'bool' ? plain(['true', 'false']) : undefined;
  }
}

/** The flag whose value is begun, with what stands before the value in the same word. */
function flagBefore({
  specs,
  words,
  begun,
}: Line): { readonly spec: FlagSpec; readonly lead: string } | undefined {
  const long = /^--([^=]+)=/.exec(begun);
  const named = (name: string) => specs.find((spec) => spec.name === name || `-${spec.short}` === name);
  if (long !== null) {
    const spec = named(long[1]);
    return spec && { spec, lead: long[0] };
  }
  const last = words.at(-1) ?? '';
  if (!last.startsWith('-') || last.includes('=')) return undefined;
  const spec = named(last.startsWith('--') ? last.slice(2) : last);
  return spec === undefined || spec.kind === 'bool' ? undefined : { spec, lead: '' };
}

function flagCandidates({ specs }: Line): Candidate[] {
  return specs
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, kind, usage }) => ({ text: `--${name}${kind === 'bool' ? '' : '='}`, help: usage }));
}

function commandCandidates(node: CommandNode): Candidate[] {
  const shown = (node.children ?? []).filter(({ hidden }) => hidden !== true);
  return shown.map(({ name, short }) => ({ text: name, help: short }));
}

async function argumentCandidates(line: Line, kind: Completed, flags: FlagSet): Promise<Candidate[]> {
  switch (kind) {
    case 'key':
      return plain(await (await import('./completing/keys.ts')).keyCandidates(line.begun, flags, line.env));
    case 'context':
      return contextNames(line.env);
    case 'help': {
      const { TOPICS } = await import('./topics/index.ts');
      return [...commandCandidates(ROOT), ...TOPICS.map(({ name, title }) => ({ text: name, help: title }))];
    }
    default:
      return plain(kind);
  }
}

/** The arguments so far, and the flags as far as they can be read. */
function parsed({ specs, words }: Line): { readonly args: readonly string[]; readonly flags: FlagSet } {
  const flags = new FlagSet(specs);
  try {
    return { args: flags.parse(words), flags };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { args: words.filter((word) => !word.startsWith('-')), flags };
  }
}

async function candidates(line: Line): Promise<Candidate[]> {
  const flag = flagBefore(line);
  if (flag !== undefined) {
    const values = (await valuesOf(flag.spec, line.env)) ?? [];
    return values.map(({ text, help }) => ({ text: flag.lead + text, help }));
  }
  if (line.begun.startsWith('-') && !line.words.includes('--')) return flagCandidates(line);
  if (line.command === undefined) return commandCandidates(line.path.at(-1)!);
  const { args, flags } = parsed(line);
  const { completes = [] } = line.command;
  const kind = completes[args.length];
  return kind === undefined ? [] : argumentCandidates(line, kind, flags);
}

async function lineOf(args: readonly string[], env: Environment): Promise<Line> {
  const { path, args: words } = resolve(ROOT, args.slice(0, -1), () => new FlagSet(ALL_GLOBAL_FLAGS));
  const command = (await path.at(-1)!.load?.())?.command;
  const inherited = path.flatMap(({ groupFlags = [] }) => groupFlags);
  const specs = [...(command?.flags ?? []), ...inherited, ...ALL_GLOBAL_FLAGS];
  return { path, command, specs, words, begun: args.at(-1) ?? '', env };
}

const shown = ({ text, help }: Candidate) => (help === undefined ? `${text}\n` : `${text}\t${help}\n`);

async function run({ args, env, io }: Context): Promise<void> {
  try {
    const line = await lineOf(args, env);
    const fitting = (await candidates(line)).filter(({ text }) => text.startsWith(line.begun));
    io.write(fitting.map(shown).join(''));
  } catch (error) {
    // A file of contexts that cannot be read, too: the command itself will say so.
    const isExpected = error instanceof UnknownCommandError || (error as Error).name === 'CommandError';
    if (!isExpected) throw error;
  }
}

export const command: Command = { use: '[words]', flags: [], rawArguments: true, run };
