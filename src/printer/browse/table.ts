/** Tables of what etcdctl does not have, in the shape of its tables. */
import type { KeyChange } from '../../client/walk/history.ts';
import type { TreeNode } from '../../client/walk/tree.ts';
import { bytesOf } from '../../client/walk/usage.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import { preview, shown } from '../decode.ts';
import { formatSize } from '../humanize.ts';
import type { Renderers, Style } from '../printables.ts';
import { table } from '../table.ts';
import { leaseHex } from '../words.ts';
import { changeWord, type DrawnTree, kindOf, type ListEntry } from './printables.ts';

const orBlank = (value: number | undefined) => (value === undefined ? '' : String(value));
const leaseCell = (lease: bigint | undefined) => (lease === undefined || lease === 0n ? '' : leaseHex(lease));

function entryRow({ key, keys, kv }: ListEntry): string[] {
  const size = kv === undefined ? '' : formatSize(kv.value.length);
  return [
    shown(key),
    orBlank(keys),
    size,
    orBlank(kv?.version),
    orBlank(kv?.modRevision),
    leaseCell(kv?.lease),
  ];
}

function treeRows(node: TreeNode, tree: DrawnTree, style: Style): string[][] {
  const rows = node.children.flatMap((child) => {
    const value = tree.values?.get(toLatin1(child.key));
    const cell = value === undefined ? '' : preview(value, style.decoding);
    const own = [shown(child.key), orBlank(child.keys), ...(tree.values === undefined ? [] : [cell])];
    return [own, ...treeRows(child, tree, style)];
  });
  const blank = tree.values === undefined ? [] : [''];
  return node.hidden === undefined ? rows : [...rows, ['…', String(node.hidden), ...blank]];
}

function changeRow(change: KeyChange, style: Style): string[] {
  const { revision, kv } = change;
  return [
    String(revision),
    changeWord(change),
    orBlank(kv?.version),
    leaseCell(kv?.lease),
    kv === undefined ? '' : formatSize(kv.value.length),
    kv === undefined ? '' : preview(kv.value, style.decoding),
  ];
}

export const browseTable: Renderers = {
  list(out, { entries, isLong }) {
    const head = ['key', 'keys below', 'size', 'version', 'modified', 'lease'];
    out.line(
      isLong
        ? table(head, entries.map(entryRow))
        : table(
            ['key'],
            entries.map(({ key }) => [shown(key)]),
          ),
    );
  },
  tree(out, tree, style) {
    const head = ['key', 'keys not shown', ...(tree.values === undefined ? [] : ['value'])];
    out.line(table(head, treeRows(tree.root, tree, style)));
  },
  usage(out, { rows, total, more }) {
    const cells = rows.map((row) => [shown(row.key), String(row.keys), formatSize(bytesOf(row))]);
    if (more > 0) cells.push([`… ${more} more`, '', '']);
    cells.push(['total', String(total.keys), formatSize(bytesOf(total))]);
    out.line(table(['key', 'keys', 'bytes'], cells));
  },
  history(out, { changes }, style) {
    const head = ['revision', 'change', 'version', 'lease', 'size', 'value'];
    out.line(
      table(
        head,
        changes.map((change) => changeRow(change, style)),
      ),
    );
  },
  differences(out, { differences, revisions }, style) {
    const head = ['key', 'change', `at ${revisions.before}`, `at ${revisions.after}`];
    const cell = (value: Uint8Array | undefined) =>
      value === undefined ? '' : preview(value, style.decoding);
    const rows = differences.map((item) => [
      shown(item.key),
      kindOf(item),
      cell(item.before?.value),
      cell(item.after?.value),
    ]);
    out.line(table(head, rows));
  },
  transfer(out, { what, dryRun, keys, bytes, unchanged, skipped, resumed, revision, seconds }) {
    const head = [
      dryRun ? `would have ${what}` : what,
      'bytes',
      'unchanged',
      'skipped',
      'resumed',
      'revision',
      'took',
    ];
    const row = [
      keys,
      formatSize(bytes),
      unchanged,
      skipped,
      resumed,
      revision || '',
      `${seconds.toFixed(1)}s`,
    ];
    out.line(table(head, [row.map(String)]));
  },
  deletePreview(out, { keys }) {
    out.line(
      table(
        ['would delete'],
        keys.map((key) => [shown(key)]),
      ),
    );
  },
};
