/** One row a line of what etcdctl does not have; the trees are laid flat. */
import type { TreeNode } from '../../client/walk/tree.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import { jsonOfBytes } from '../decode.ts';
import { record } from '../json-text.ts';
import type { Out } from '../out.ts';
import type { Renderers, Style } from '../printables.ts';
import { browseJson, changeJson, differenceJson, entryJson, usageJson } from './json.ts';
import type { DrawnTree } from './printables.ts';

function flat(out: Out, node: TreeNode, depth: number, tree: DrawnTree, style: Style): void {
  const decoding = style.decoding ?? 'base64';
  for (const child of node.children) {
    const value = child.isGroup ? undefined : tree.values?.get(toLatin1(child.key));
    out.line(
      record({
        key: jsonOfBytes(child.key, decoding, 'key'),
        value: value && jsonOfBytes(value, decoding, 'value'),
        depth,
        group: child.isGroup || undefined,
        keys: child.keys,
        more_keys: child.hidden,
      }),
    );
    flat(out, child, depth + 1, tree, style);
  }
}

export const browseNdjson: Renderers = {
  list(out, { entries }, style) {
    for (const entry of entries) out.line(entryJson(entry, style));
  },
  tree: (out, tree, style) => flat(out, tree.root, 1, tree, style),
  usage(out, { rows }, style) {
    for (const row of rows) out.line(usageJson(row, style));
  },
  history(out, { changes }, style) {
    for (const change of changes) out.line(changeJson(change, style));
  },
  differences(out, { differences, namesOnly }, style) {
    for (const item of differences) out.line(differenceJson(item, namesOnly, style));
  },
  transfer: browseJson.transfer!,
  deletePreview(out, { keys }, style) {
    for (const key of keys) out.line(record({ key: jsonOfBytes(key, style.decoding ?? 'base64', 'key') }));
  },
};
