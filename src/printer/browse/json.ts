/** JSON of what etcdctl does not have: names and bytes as in etcd's own messages. */
import type { Difference } from '../../client/walk/differences.ts';
import type { KeyChange } from '../../client/walk/history.ts';
import type { TreeNode } from '../../client/walk/tree.ts';
import { bytesOf, type Usage } from '../../client/walk/usage.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import { KeyValue } from '../../core/wire/gen/kv.ts';
import { jsonOfBytes, type Role } from '../decode.ts';
import { jsonMessage } from '../json.ts';
import { array, jsonString, record } from '../json-text.ts';
import { erased, type Renderers, type Style } from '../printables.ts';
import { leaseHex } from '../words.ts';
import { changeWord, type DrawnTree, kindOf, type ListEntry, type TransferReport } from './printables.ts';

const bytes = (value: Uint8Array, { decoding }: Style, role: Role = 'key') =>
  jsonOfBytes(value, decoding ?? 'base64', role);

const pair = (kv: KeyValue, { decoding }: Style) => jsonMessage(erased(KeyValue), kv, decoding);

/** Where a number of things that were left out is said. */
const orNothing = (count: number | undefined) => (count === 0 ? undefined : count);

export function entryJson({ key, isGroup, kv, keys }: ListEntry, style: Style): string {
  return record({
    key: bytes(key, style),
    group: isGroup || undefined,
    keys,
    size: kv?.value.length,
    create_revision: kv?.createRevision,
    mod_revision: kv?.modRevision,
    version: kv?.version,
    lease: kv === undefined || kv.lease === 0n ? undefined : jsonString(leaseHex(kv.lease)),
  });
}

function nodeJson(node: TreeNode, tree: DrawnTree, style: Style): string {
  const value = node.isGroup ? undefined : tree.values?.get(toLatin1(node.key));
  return record({
    key: bytes(node.key, style),
    value: value && bytes(value, style, 'value'),
    group: node.isGroup || undefined,
    keys: node.keys,
    children:
      node.isGroup && node.keys === undefined
        ? array(node.children.map((child) => nodeJson(child, tree, style)))
        : undefined,
    more_keys: orNothing(node.hidden),
  });
}

export function usageJson(usage: Usage, style: Style): string {
  return record({
    key: bytes(usage.key, style),
    group: usage.isGroup || undefined,
    keys: usage.keys,
    bytes: bytesOf(usage),
    key_bytes: usage.keyBytes,
    value_bytes: usage.valueBytes,
  });
}

export function changeJson(change: KeyChange, style: Style): string {
  return record({
    revision: change.revision,
    change: jsonString(changeWord(change)),
    kv: change.kv && pair(change.kv, style),
  });
}

export function differenceJson(item: Difference, namesOnly: boolean, style: Style): string {
  const { key, before, after } = item;
  const side = (kv: KeyValue | undefined) => (kv === undefined || namesOnly ? undefined : pair(kv, style));
  return record({
    key: bytes(key, style),
    change: jsonString(kindOf(item)),
    before: side(before),
    after: side(after),
  });
}

function transferJson(report: TransferReport): string {
  const { what, dryRun, revision, keys, bytes: size, unchanged, skipped, resumed, seconds } = report;
  return record({
    [what]: keys,
    bytes: size,
    unchanged,
    skipped,
    resumed,
    revision: orNothing(revision),
    dry_run: dryRun || undefined,
    seconds: Number(seconds.toFixed(3)),
  });
}

export const browseJson: Renderers = {
  list(out, { revision, entries }, style) {
    out.line(record({ revision, entries: array(entries.map((entry) => entryJson(entry, style))) }));
  },
  tree(out, tree, style) {
    out.line(record({ revision: tree.revision, tree: nodeJson(tree.root, tree, style) }));
  },
  usage(out, { revision, total, rows, more }, style) {
    out.line(
      record({
        revision,
        total: usageJson(total, style),
        rows: array(rows.map((row) => usageJson(row, style))),
        more_rows: orNothing(more),
      }),
    );
  },
  history(out, { key, changes }, style) {
    const list = array(changes.map((change) => changeJson(change, style)));
    out.line(record({ key: bytes(key, style), changes: list }));
  },
  differences(out, { revisions, differences, namesOnly }, style) {
    const list = array(differences.map((item) => differenceJson(item, namesOnly, style)));
    out.line(record({ before: revisions.before, after: revisions.after, differences: list }));
  },
  transfer: (out, report) => out.line(transferJson(report)),
  deletePreview(out, { revision, keys, count }, style) {
    const list = array(keys.map((key) => bytes(key, style)));
    out.line(record({ dry_run: true, revision, would_delete: count, keys: list }));
  },
};
