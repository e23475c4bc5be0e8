/**
 * Keys as a tree: groups within groups, down to a depth, so many entries a group. What lies deeper or behind is jumped
 * over and counted, so that the cost grows with what is shown.
 */
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import { prefixEnd, prefixSpan } from '../range.ts';
import { groupOf } from './children.ts';
import { inParallel } from './parallel.ts';
import type { ReadRange } from './range-reader.ts';
import { type ScanOptions, skipScan } from './skip-scan.ts';

export interface TreeNode {
  /** The whole key, or the whole prefix of a group. */
  readonly key: Uint8Array;
  /** What it has beyond the group it is in. */
  readonly name: Uint8Array;
  readonly isGroup: boolean;
  readonly children: TreeNode[];
  /** Keys below a group that was not opened. */
  keys?: number;
  /** Keys of an opened group that come behind the last one shown. */
  hidden?: number;
}

export interface TreeOptions extends ScanOptions {
  readonly prefix: Uint8Array;
  readonly separator: Uint8Array;
  /** Groups within groups that are opened; 0: all. */
  readonly depth: number;
  /** Entries of one group that are shown; 0: all. */
  readonly limit: number;
  /** Entries that are shown in all; 0: all. */
  readonly mostEntries: number;
}

export interface Tree {
  readonly revision: number;
  readonly root: TreeNode;
  /** Entries in it, without the root. */
  readonly entries: number;
}

/** Keys to be counted when the walk is over, and where their number belongs. */
interface Sum {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly assign: (count: number) => void;
}

class TreeBuilder {
  readonly root: TreeNode;
  readonly sums: Sum[] = [];
  entries = 0;
  private readonly options: TreeOptions;
  /** The root and the groups within it that the walk is in. */
  private readonly open: TreeNode[];

  constructor(options: TreeOptions) {
    this.options = options;
    this.root = { key: options.prefix, name: options.prefix, isGroup: true, children: [] };
    this.open = [this.root];
  }

  private get top(): TreeNode {
    return this.open[this.open.length - 1];
  }

  /** What is to be jumped over, as a prefix. */
  visit(kv: KeyValue): Uint8Array | undefined {
    while (this.open.length > 1 && !startsWith(kv.key, this.top.key)) this.open.pop();
    const { depth, limit, mostEntries } = this.options;
    for (;;) {
      if (mostEntries > 0 && this.entries >= mostEntries) return this.hideRest(this.root, kv.key);
      const parent = this.top;
      if (limit > 0 && parent.children.length >= limit) return this.hideRest(parent, kv.key);
      const group = groupOf(kv.key, parent.key.length, this.options.separator);
      const node = this.add(parent, group ?? kv.key, group !== undefined);
      if (group === undefined) return undefined;
      if (depth > 0 && this.open.length >= depth) {
        this.sums.push({
          ...prefixSpan(group),
          assign: (count) => {
            node.keys = count;
          },
        });
        return group;
      }
      this.open.push(node);
    }
  }

  private add(parent: TreeNode, key: Uint8Array, isGroup: boolean): TreeNode {
    const node = { key, name: key.subarray(parent.key.length), isGroup, children: [] };
    parent.children.push(node);
    this.entries++;
    return node;
  }

  private hideRest(group: TreeNode, from: Uint8Array): Uint8Array {
    const rangeEnd = prefixEnd(group.key);
    this.sums.push({
      key: from,
      rangeEnd,
      assign: (count) => {
        group.hidden = count;
      },
    });
    return group.key;
  }
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && Buffer.compare(key.subarray(0, prefix.length), prefix) === 0;
}

export async function readTree(read: ReadRange, options: TreeOptions): Promise<Tree> {
  const builder = new TreeBuilder(options);
  let revision = options.revision ?? 0;
  const scan = skipScan(read, prefixSpan(options.prefix), (kv) => builder.visit(kv), options);
  for await (const page of scan) revision = page.revision;
  await inParallel(builder.sums, async ({ key, rangeEnd, assign }) => {
    assign((await read({ key, rangeEnd, revision, countOnly: true })).count);
  });
  return { revision, root: builder.root, entries: builder.entries };
}
