/**
 * From the words of the command line to a command: exact names, then unique prefixes, at every level, with global
 * flags allowed anywhere. A flag that this level does not know is taken to have a value, because only the command
 * that is still to be found could tell.
 */
import { quote } from '../../printer/quote.ts';
import type { FlagSet } from './flags.ts';

/** A node of the command tree as the grammar sees it. */
export interface NamedNode {
  readonly name: string;
  readonly hidden?: boolean;
  /** Commands that etcdctl does not have; they never make one of its prefixes ambiguous. */
  readonly extension?: boolean;
  readonly children?: readonly NamedNode[];
}

/** No command by that name at the root. Exit code 1. */
export class UnknownCommandError extends Error {
  override name = 'UnknownCommandError';
}

/** Does this flag word take the next word as its value? */
function takesNext(word: string, known: FlagSet): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--')) return known.lookup(word.slice(2))?.kind !== 'bool';
  return word.startsWith('-') && word.length === 2 && known.lookupShort(word[1])?.kind !== 'bool';
}

/** Index of the first word that is neither a flag nor the value of one; -1 if there is none before `--`. */
function firstPlainWord(args: readonly string[], known: FlagSet): number {
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === '--') return -1;
    if (takesNext(word, known)) {
      if (args.length - i <= 2) return -1;
      i++;
    } else if (word !== '' && !word.startsWith('-')) return i;
  }
  return -1;
}

function child<N extends NamedNode>(node: N, word: string): N | undefined {
  const children = (node.children ?? []) as readonly N[];
  const exact = children.find((candidate) => candidate.name === word);
  if (exact !== undefined) return exact;
  const matches = children.filter((candidate) => candidate.name.startsWith(word));
  const own = matches.filter((candidate) => candidate.extension !== true);
  const best = own.length > 0 ? own : matches;
  return best.length === 1 ? best[0] : undefined;
}

/** Levenshtein distance, cut off at nothing: command names are short. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

const SUGGESTION_DISTANCE = 2;

/**
 * As etcdctl suggests them. A command that it does not have is suggested where etcdctl has nothing to suggest, and only
 * if more than half of it is right: the short ones are close to everything.
 */
function suggestions(root: NamedNode, word: string): string[] {
  const typed = word.toLowerCase();
  const isClose = ({ name, extension }: NamedNode) => {
    if (name.startsWith(typed)) return true;
    const distance = editDistance(typed, name.toLowerCase());
    return distance <= SUGGESTION_DISTANCE && (extension !== true || distance < name.length / 2);
  };
  const close = (root.children ?? []).filter((node) => node.hidden !== true && isClose(node));
  const own = close.filter((node) => node.extension !== true);
  return (own.length > 0 ? own : close).map((node) => node.name).sort();
}

function unknownCommand(root: NamedNode, word: string): UnknownCommandError {
  const names = suggestions(root, word);
  const hint = names.length === 0 ? '' : `\n\nDid you mean this?\n${names.map((n) => `\t${n}\n`).join('')}`;
  return new UnknownCommandError(`unknown command ${quote(word)} for ${quote(root.name)}${hint}`);
}

export interface Resolved<N> {
  /** From the root to the command. */
  readonly path: readonly N[];
  /** The arguments without the command's names. */
  readonly args: readonly string[];
}

/** @throws UnknownCommandError for a first word that no command of the root matches. */
export function resolve<N extends NamedNode>(
  root: N,
  args: readonly string[],
  flagsOf: (path: readonly N[]) => FlagSet,
): Resolved<N> {
  const path: N[] = [root];
  let rest = args;
  for (;;) {
    const node = path[path.length - 1];
    const at = firstPlainWord(rest, flagsOf(path));
    if (at === -1) return { path, args: rest };
    const next = child(node, rest[at]);
    if (next === undefined) {
      if (path.length === 1) throw unknownCommand(root, rest[at]);
      return { path, args: rest };
    }
    path.push(next);
    rest = rest.toSpliced(at, 1);
    if (next.children === undefined) return { path, args: rest };
  }
}

/** The command that these names lead to, for `help`; undefined if the first one is unknown. */
export function resolveNames<N extends NamedNode>(
  root: N,
  names: readonly string[],
): readonly N[] | undefined {
  const path: N[] = [root];
  for (const name of names) {
    const next = child(path[path.length - 1], name);
    if (next === undefined) return path.length === 1 ? undefined : path;
    path.push(next);
  }
  return path;
}
