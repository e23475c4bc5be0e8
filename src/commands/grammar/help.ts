/**
 * Help and usage in the layout of etcdctl 3.7 (cli.md section 2): description, `Usage:`, then the flags of a command
 * or the commands of a group. The root shows its commands under titles.
 */
import { type FlagSpec, showValue, zeroValue } from './flags.ts';
import type { NamedNode } from './resolve.ts';

export interface HelpNode extends NamedNode {
  readonly short: string;
  /** Heading of the root's list under which it stands. */
  readonly title?: string;
  readonly children?: readonly HelpNode[];
}

/** What help shows of one command. */
export interface HelpSubject {
  readonly path: readonly HelpNode[];
  /** The use line behind the command's path, e.g. `[options] <key> [range_end]`. */
  readonly use?: string;
  readonly long?: string;
  readonly examples?: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** Flags inherited from the group. The root's own are left to `options`. */
  readonly inherited?: readonly FlagSpec[];
}

const indented = (line: string) => (line === '' ? '\n' : `  ${line}\n`);

/** Names of commands are padded to the longest one of their list, at least to this. */
const MIN_NAME_WIDTH = 11;

const KIND_WORDS: Readonly<Record<FlagSpec['kind'], string>> = {
  bool: '',
  string: 'string',
  int: 'int',
  uint: 'uint',
  duration: 'duration',
  list: 'strings',
};

function defaultNote(spec: FlagSpec): string {
  const value = spec.default;
  if (value === undefined || value === zeroValue(spec.kind)) return '';
  if (Array.isArray(value) && value.length === 0) return '';
  return spec.kind === 'string' ? ` (default "${value}")` : ` (default ${showValue(spec.kind, value)})`;
}

/** One line per flag, sorted by name, the descriptions in one column. */
export function flagBlock(specs: readonly FlagSpec[]): string {
  const visible = specs.filter((spec) => spec.hidden !== true);
  const rows = visible
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((spec) => {
      const word = spec.word ?? KIND_WORDS[spec.kind];
      const short = spec.short === undefined ? '      ' : `  -${spec.short}, `;
      return { left: `${short}--${spec.name}${word === '' ? '' : ' ' + word}`, spec };
    });
  const width = Math.max(...rows.map((row) => row.left.length));
  return rows
    .map((row) => `${row.left.padEnd(width)}   ${row.spec.usage}${defaultNote(row.spec)}\n`)
    .join('');
}

/** Names and what they are, in two columns. */
export function nameList(
  nodes: readonly Pick<HelpNode, 'name' | 'short'>[],
  width = Math.max(MIN_NAME_WIDTH, ...nodes.map(({ name }) => name.length)),
): string {
  return nodes.map((node) => `  ${node.name.padEnd(width)} ${node.short}\n`).join('');
}

/** The commands of a group, sorted, below their titles. */
export function commandLists(group: HelpNode): string {
  const shown = (group.children ?? []).filter((node) => node.hidden !== true);
  const nodes = shown.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(MIN_NAME_WIDTH, ...nodes.map((node) => node.name.length));
  const titles = [...new Set(shown.map((node) => node.title))];
  return titles
    .map((title) => {
      const list = nameList(
        nodes.filter((node) => node.title === title),
        width,
      );
      return `\n${title ?? 'Available Commands:'}\n${list}`;
    })
    .join('');
}

export const helpFlag = (name: string): FlagSpec => ({
  name: 'help',
  short: 'h',
  kind: 'bool',
  usage: `help for ${name}`,
});

/** `Usage:` and what can be written after it. */
function usageBlock(subject: HelpSubject, examples: readonly string[]): string {
  const names = subject.path.map((node) => node.name).join(' ');
  const node = subject.path[subject.path.length - 1];
  const isGroup = node.children !== undefined;
  const use = subject.use === undefined || subject.use === '' ? names : `${names} ${subject.use}`;
  const line = isGroup
    ? `${names} [command]`
    : use.endsWith(']') && use.includes('|')
      ? use
      : `${use} [flags]`;
  let text = `Usage:\n  ${line}\n`;
  if (examples.length > 0) text += `\nExamples:\n${examples.map(indented).join('')}`;
  if (isGroup) text += commandLists(node);
  if (subject.path.length > 1) text += `\nFlags:\n${flagBlock([...subject.flags, helpFlag(node.name)])}`;
  if (subject.inherited !== undefined && subject.inherited.length > 0) {
    text += `\nGlobal Flags:\n${flagBlock(subject.inherited)}`;
  }
  if (isGroup) text += `\nUse "${names} [command] --help" for more information about a command.\n`;
  return text;
}

/** The block behind a usage error, which shall stay in sight: without examples. */
export function usageText(subject: HelpSubject): string {
  return usageBlock(subject, []);
}

export function helpText(subject: HelpSubject): string {
  const root = subject.path[0].name;
  const node = subject.path[subject.path.length - 1];
  const description = (subject.long ?? node.short).trimEnd();
  const hint = `Use "${root} options" for a list of global command-line options (applies to all commands).`;
  return `${description}\n\n${usageBlock(subject, subject.examples ?? [])}${hint}\n`;
}
