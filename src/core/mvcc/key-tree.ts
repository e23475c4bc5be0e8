/**
 * The order of the keys: a B+tree over the ids of a KeyTable. Every node knows how many of its keys are alive now and
 * the newest main revision at which one of them came to life or died, so a count is a walk down two edges of the
 * range: where none did since the revision in question, the count of now is the count of then. A put over a living
 * key does not touch the tree.
 *
 * Nodes are split when full and freed when empty, never merged (T. Johnson, D. Shasha, "B-trees with inserts and
 * deletes: why free-at-empty is better than merge-at-half", 1993). A leaf that overflows at its end is not halved if its
 * neighbour is full: the new key opens a leaf of its own, so ascending keys fill theirs.
 */
import type { KeyTable } from './key-table.ts';

/** Most ids of a leaf, most children of a branch. */
const FANOUT = 64;

export interface Leaf {
  readonly kind: 'leaf';
  readonly ids: number[];
  /** Its place in the list of leaves, which KeyTable.leaf holds. */
  readonly number: number;
  parent: Branch | undefined;
  next: Leaf | undefined;
  previous: Leaf | undefined;
  alive: number;
  newest: number;
}

interface Branch {
  readonly kind: 'branch';
  readonly children: TreeNode[];
  /** separators[i] is the smallest key that may lie under children[i + 1]. */
  readonly separators: string[];
  parent: Branch | undefined;
  alive: number;
  newest: number;
}

type TreeNode = Leaf | Branch;

/** How many of ids[from, to) are alive at main revision `main`. */
export type CountAlive = (ids: readonly number[], from: number, to: number, main: number) => number;

export class KeyTree {
  private readonly table: KeyTable;
  private readonly countAlive: CountAlive;
  private readonly leaves: Leaf[] = [];
  private readonly freeNumbers: number[] = [];
  private root: TreeNode;

  constructor(table: KeyTable, countAlive: CountAlive) {
    this.table = table;
    this.countAlive = countAlive;
    this.root = this.makeLeaf();
  }

  /** Adds an id whose key is not in the tree yet and is not alive yet. */
  add(id: number): void {
    const key = this.table.key(id);
    const leaf = this.leafFor(key);
    const at = this.position(leaf, key);
    const size = leaf.ids.length;
    if (size < FANOUT) {
      this.place(leaf, at, id);
      return;
    }
    const next = leaf.next;
    const nextHasRoom = next !== undefined && next.ids.length < FANOUT;
    if (at === size && nextHasRoom && next.parent === leaf.parent) {
      this.place(next, 0, id);
      leaf.parent!.separators[leaf.parent!.children.indexOf(leaf)] = key;
      return;
    }
    const kept = at === size && !nextHasRoom ? FANOUT : FANOUT >>> 1;
    const right = this.splitLeaf(leaf, kept);
    if (at > kept || kept === FANOUT) this.place(right, at - kept, id);
    else this.place(leaf, at, id);
    this.adopt(leaf, this.table.key(right.ids[0]), right);
  }

  private place(leaf: Leaf, at: number, id: number): void {
    insert(leaf.ids, at, id);
    this.table.setLeaf(id, leaf.number);
  }

  /** Removes an id that is not alive. */
  remove(id: number): void {
    const leaf = this.leaves[this.table.leaf(id)];
    leaf.ids.splice(leaf.ids.indexOf(id), 1);
    if (leaf.ids.length === 0 && leaf !== this.root) this.drop(leaf);
  }

  /** The key of `id` came to life (+1) or died (-1) at main revision `main`. */
  countChange(id: number, main: number, difference: 1 | -1): void {
    let node: TreeNode | undefined = this.leaves[this.table.leaf(id)];
    for (; node !== undefined; node = node.parent) {
      node.alive += difference;
      node.newest = main;
    }
  }

  /** The leaf whose range `key` lies in. */
  leafFor(key: string): Leaf {
    let node = this.root;
    while (node.kind === 'branch') node = node.children[childOf(node, key)];
    return node;
  }

  /** The first position in the leaf whose key is not below `key`. */
  position(leaf: Leaf, key: string): number {
    const ids = leaf.ids;
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.table.key(ids[middle]) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keys of [start, end) alive at `main`; without `end`: to the last key. */
  count(start: string, end: string | undefined, main: number): number {
    return this.countUnder(this.root, start, end, main);
  }

  private countUnder(
    node: TreeNode,
    start: string | undefined,
    end: string | undefined,
    main: number,
  ): number {
    if (start === undefined && end === undefined && node.newest <= main) return node.alive;
    if (node.kind === 'leaf') {
      const from = start === undefined ? 0 : this.position(node, start);
      const to = end === undefined ? node.ids.length : this.position(node, end);
      return this.countAlive(node.ids, from, to, main);
    }
    const first = start === undefined ? 0 : childOf(node, start);
    const last = end === undefined ? node.children.length - 1 : childOf(node, end);
    let count = 0;
    for (let i = first; i <= last; i++)
      count += this.countUnder(
        node.children[i],
        i === first ? start : undefined,
        i === last ? end : undefined,
        main,
      );
    return count;
  }

  private makeLeaf(): Leaf {
    const number = this.freeNumbers.pop() ?? this.leaves.length;
    const leaf: Leaf = {
      kind: 'leaf',
      ids: [],
      number,
      parent: undefined,
      next: undefined,
      previous: undefined,
      alive: 0,
      newest: 0,
    };
    this.leaves[number] = leaf;
    return leaf;
  }

  /** Makes the leaf's right neighbour and moves what lies behind the first `kept` ids. */
  private splitLeaf(leaf: Leaf, kept: number): Leaf {
    const right = this.makeLeaf();
    right.newest = leaf.newest;
    right.next = leaf.next;
    right.previous = leaf;
    if (leaf.next !== undefined) leaf.next.previous = right;
    leaf.next = right;
    const moved = leaf.ids.splice(kept);
    for (let i = 0; i < moved.length; i++) {
      right.ids.push(moved[i]);
      this.table.setLeaf(moved[i], right.number);
    }
    right.alive = this.countAlive(moved, 0, moved.length, Number.POSITIVE_INFINITY);
    leaf.alive -= right.alive;
    return right;
  }

  /** Hangs `right` into the tree, behind its left neighbour. Counts above stay as they are. */
  private adopt(left: TreeNode, separator: string, right: TreeNode): void {
    const parent = left.parent;
    if (parent === undefined) {
      const root: Branch = {
        kind: 'branch',
        children: [left, right],
        separators: [separator],
        parent: undefined,
        alive: left.alive + right.alive,
        newest: Math.max(left.newest, right.newest),
      };
      left.parent = right.parent = this.root = root;
      return;
    }
    const at = parent.children.indexOf(left);
    insert(parent.children, at + 1, right);
    insert(parent.separators, at, separator);
    right.parent = parent;
    if (parent.children.length > FANOUT) this.splitBranch(parent, at + 2 === parent.children.length);
  }

  private splitBranch(branch: Branch, ascending: boolean): void {
    const middle = ascending ? FANOUT - 1 : FANOUT >>> 1;
    const children = branch.children.splice(middle);
    const separators = branch.separators.splice(middle);
    const separator = branch.separators.pop()!;
    let alive = 0;
    const right: Branch = {
      kind: 'branch',
      children,
      separators,
      parent: undefined,
      alive,
      newest: branch.newest,
    };
    for (const child of children) {
      child.parent = right;
      alive += child.alive;
    }
    right.alive = alive;
    branch.alive -= alive;
    this.adopt(branch, separator, right);
  }

  private drop(leaf: Leaf): void {
    if (leaf.previous !== undefined) leaf.previous.next = leaf.next;
    if (leaf.next !== undefined) leaf.next.previous = leaf.previous;
    this.freeNumbers.push(leaf.number);
    let node: TreeNode = leaf;
    let parent = node.parent;
    while (parent !== undefined && parent.children.length === 1) {
      node = parent;
      parent = node.parent;
    }
    if (parent === undefined) {
      this.root = this.makeLeaf();
      return;
    }
    const at = parent.children.indexOf(node);
    parent.children.splice(at, 1);
    parent.separators.splice(Math.max(at - 1, 0), 1);
    while (this.root.kind === 'branch' && this.root.children.length === 1) {
      this.root = this.root.children[0];
      this.root.parent = undefined;
    }
  }
}

/** The child under which `key` belongs: the last whose separator is not above it. */
function childOf(branch: Branch, key: string): number {
  const separators = branch.separators;
  let low = 0;
  let high = separators.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (separators[middle] <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert<T>(list: T[], at: number, item: T): void {
  if (at === list.length) list.push(item);
  else list.splice(at, 0, item);
}
