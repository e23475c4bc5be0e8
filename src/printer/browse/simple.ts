/** For people: one key a line, trees with branches, sums and histories in columns; colours on a terminal. */
import type { Difference } from '../../client/walk/differences.ts';
import type { KeyChange } from '../../client/walk/history.ts';
import type { TreeNode } from '../../client/walk/tree.ts';
import { bytesOf, type Usage } from '../../client/walk/usage.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import { preview, shown } from '../decode.ts';
import { formatSize } from '../humanize.ts';
import type { Out } from '../out.ts';
import { NO_COLOURS, type Paint } from '../paint.ts';
import type { Renderers, Style } from '../printables.ts';
import { leaseHex } from '../words.ts';
import { changeWord, type DrawnTree, kindOf, type ListEntry, type TransferReport } from './printables.ts';
import { type DiffLimits, diffLines, WHOLE } from './text-diff.ts';

const painter = ({ paint }: Style): Paint => paint ?? NO_COLOURS;
const grouped = (count: number) => count.toLocaleString('en-US');

/** `1 key`, `2 keys`. */
export const counted = (count: number, noun: string) => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

const painted = (key: Uint8Array, isGroup: boolean, paint: Paint) =>
  isGroup ? paint.blue(paint.bold(shown(key))) : shown(key);

/** Columns to the right, but for the last one, which stands as it is. */
function columns(rows: readonly (readonly string[])[], last: readonly string[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row, at) => [...row.map((cell, i) => cell.padStart(widths[i])), last[at]].join('  '));
}

function longRow({ isGroup, kv, keys }: ListEntry): string[] {
  if (isGroup) return [keys === undefined ? '' : counted(keys, 'key'), '', '', ''];
  if (kv === undefined) return ['', '', '', ''];
  const lease = kv.lease === 0n ? '-' : leaseHex(kv.lease);
  return [formatSize(kv.value.length), String(kv.version), String(kv.modRevision), lease];
}

const LONG_HEAD = ['SIZE', 'VERSION', 'MODIFIED', 'LEASE'];

function longList(out: Out, entries: readonly ListEntry[], paint: Paint): void {
  if (entries.length === 0) return;
  const rows = [LONG_HEAD, ...entries.map(longRow)];
  const [head, ...rest] = columns(rows, [
    'KEY',
    ...entries.map((entry) => painted(entry.key, entry.isGroup, paint)),
  ]);
  out.line(paint.dim(head));
  for (const line of rest) out.line(line);
}

interface Sums {
  groups: number;
  keys: number;
  hidden: number;
}

function branches(out: Out, node: TreeNode, indent: string, about: BranchContext): void {
  const { tree, paint, sums } = about;
  const hidden = node.hidden ?? 0;
  node.children.forEach((child, i) => {
    const isLast = i === node.children.length - 1 && hidden === 0;
    const lead = paint.dim(indent + (isLast ? '└── ' : '├── '));
    const value = tree.values?.get(toLatin1(child.key));
    const count = child.keys === undefined ? '' : paint.dim(`  (${counted(child.keys, 'key')})`);
    const shownValue =
      value === undefined ? '' : `${paint.dim(' = ')}${paint.green(preview(value, undefined))}`;
    out.line(`${lead}${painted(child.name, child.isGroup, paint)}${count}${shownValue}`);
    if (child.isGroup) sums.groups++;
    else sums.keys++;
    sums.hidden += child.keys ?? 0;
    branches(out, child, indent + (isLast ? '    ' : '│   '), about);
  });
  if (hidden === 0) return;
  sums.hidden += hidden;
  out.line(paint.dim(`${indent}└── … ${grouped(hidden)} more ${hidden === 1 ? 'key' : 'keys'}`));
}

interface BranchContext {
  readonly tree: DrawnTree;
  readonly paint: Paint;
  readonly sums: Sums;
}

function usageLines(rows: readonly Usage[], total: Usage, paint: Paint): string[] {
  const cells = [...rows, total].map((row) => [formatSize(bytesOf(row)), counted(row.keys, 'key')]);
  return columns(cells, [...rows.map((row) => painted(row.key, row.isGroup, paint)), paint.bold('total')]);
}

/** A history is read, not applied: long values are cut. */
const HISTORY_LIMITS: DiffLimits = { lines: 40, columns: 300 };

const CHANGE_PAINT = { created: 'green', changed: 'yellow', deleted: 'red' } as const;
const KIND_PAINT = { added: 'green', changed: 'yellow', removed: 'red' } as const;
const KIND_LETTER = { added: 'A', changed: 'M', removed: 'D' } as const;

function changeLines(change: KeyChange, before: KeyChange | undefined, paint: Paint): string[] {
  const { revision, kv } = change;
  const word = changeWord(change);
  const facts = [`${paint.bold(`revision ${revision}`)}  ${paint[CHANGE_PAINT[word]](word)}`];
  if (kv !== undefined) {
    facts.push(`version ${kv.version}`, formatSize(kv.value.length));
    if (kv.lease !== 0n) facts.push(`lease ${leaseHex(kv.lease)}`);
  }
  // What came right before it, or nothing: versions that a compaction has taken are not there to compare with.
  const isNext = before?.kv !== undefined && (kv === undefined || before.kv.version === kv.version - 1);
  const unseen = kv !== undefined && before === undefined ? kv.version - 1 : 0;
  if (unseen > 0) facts.push(paint.dim(`(${counted(unseen, 'version')} before it not shown)`));
  const old = isNext ? before?.kv?.value : undefined;
  const lines = kv === undefined ? [] : diffLines(old, kv.value, HISTORY_LIMITS, paint);
  if (kv !== undefined && lines.length === 0)
    lines.push(paint.dim(old === undefined ? '(empty)' : '(the same value)'));
  return [facts.join('  '), ...lines];
}

function differenceLines(item: Difference, paint: Paint): string[] {
  const { key, before, after } = item;
  const kind = kindOf(item);
  const at = (kv: typeof before) => (kv === undefined ? 'nothing' : `revision ${kv.modRevision}`);
  const head = [
    `${paint[KIND_PAINT[kind]](kind)} ${paint.bold(shown(key))}`,
    paint.dim(`--- ${at(before)}`),
    paint.dim(`+++ ${at(after)}`),
  ];
  if (before !== undefined && after !== undefined && before.lease !== after.lease) {
    head.push(`lease ${leaseHex(before.lease)} -> ${leaseHex(after.lease)}`);
  }
  return [...head, ...diffLines(before?.value, after?.value, WHOLE, paint)];
}

function transferLine(report: TransferReport): string {
  const { what, dryRun, revision, keys, bytes, unchanged, skipped, resumed, seconds } = report;
  const parts = [`${counted(keys, 'key')}, ${formatSize(bytes)}`];
  if (unchanged > 0) parts.push(`${grouped(unchanged)} there already with the same value`);
  if (skipped > 0) parts.push(`${grouped(skipped)} skipped`);
  if (resumed > 0) parts.push(`${grouped(resumed)} done by an earlier run`);
  if (revision > 0) parts.push(`as of revision ${revision}`);
  return `${dryRun ? `would have ${what}` : what} ${parts.join(', ')}, in ${seconds.toFixed(1)} s`;
}

export const browseSimple: Renderers = {
  list(out, { entries, isLong }, style) {
    const paint = painter(style);
    if (isLong) longList(out, entries, paint);
    else for (const { key, isGroup } of entries) out.line(painted(key, isGroup, paint));
  },
  tree(out, tree, style) {
    const paint = painter(style);
    const sums: Sums = { groups: 0, keys: 0, hidden: 0 };
    out.line(tree.root.key.length === 0 ? '.' : painted(tree.root.key, true, paint));
    branches(out, tree.root, '', { tree, paint, sums });
    const more = sums.hidden === 0 ? '' : `, ${grouped(sums.hidden)} not shown`;
    out.line(paint.dim(`\n${counted(sums.groups, 'group')}, ${counted(sums.keys, 'key')}${more}`));
  },
  usage(out, { rows, total, more }, style) {
    const paint = painter(style);
    const lines = usageLines(rows, total, paint);
    for (const line of lines.slice(0, -1)) out.line(line);
    if (more > 0) out.line(paint.dim(`… ${grouped(more)} more`));
    out.line(lines[lines.length - 1]);
  },
  history(out, { changes, before }, style) {
    const paint = painter(style);
    let previous = before;
    for (const change of changes) {
      if (previous !== undefined) out.line('');
      for (const line of changeLines(change, previous, paint)) out.line(line);
      previous = change;
    }
  },
  differences(out, { differences, namesOnly }, style) {
    const paint = painter(style);
    for (const item of differences) {
      const kind = kindOf(item);
      if (namesOnly) out.line(`${paint[KIND_PAINT[kind]](KIND_LETTER[kind])} ${shown(item.key)}`);
      else for (const line of differenceLines(item, paint)) out.line(line);
    }
  },
  transfer: (out, report) => out.line(transferLine(report)),
  deletePreview(out, { keys, count }) {
    for (const key of keys) out.line(shown(key));
    if (count !== undefined) out.line(`would delete ${counted(count, 'key')}`);
  },
};
