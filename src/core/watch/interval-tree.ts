/**
 * Intervals [begin, end) of strings, asked which of them hold a point: an AVL tree over (begin, end) whose nodes also
 * know the largest end below them (Cormen et al., "Introduction to Algorithms", section on augmenting data structures).
 * Insert and remove cost O(log n), a question O(log n) for each interval found and O(log n) if there is none.
 */

interface Node<T> {
  begin: string;
  end: string;
  value: T;
  /** Largest end in this subtree. */
  max: string;
  height: number;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
}

export class IntervalTree<T> {
  #root: Node<T> | undefined;
  #size = 0;

  /** Number of distinct intervals. */
  get size(): number {
    return this.#size;
  }

  get(begin: string, end: string): T | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const order = compare(begin, end, node);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** The interval must not be there yet. */
  insert(begin: string, end: string, value: T): void {
    this.#root = insert(this.#root, {
      begin,
      end,
      value,
      max: end,
      height: 1,
      left: undefined,
      right: undefined,
    });
    this.#size++;
  }

  /** The interval must be there. */
  remove(begin: string, end: string): void {
    this.#root = remove(this.#root, begin, end);
    this.#size--;
  }

  /** Appends the values of all intervals that hold `point` to `found`. */
  stab(point: string, found: T[]): void {
    stab(this.#root, point, found);
  }

  /** In order of (begin, end). */
  *values(): Generator<T> {
    yield* walk(this.#root);
  }
}

function* walk<T>(node: Node<T> | undefined): Generator<T> {
  if (node === undefined) return;
  yield* walk(node.left);
  yield node.value;
  yield* walk(node.right);
}

function stab<T>(node: Node<T> | undefined, point: string, found: T[]): void {
  while (node !== undefined && node.max > point) {
    stab(node.left, point, found);
    if (node.begin > point) return;
    if (node.end > point) found.push(node.value);
    node = node.right;
  }
}

function compare<T>(begin: string, end: string, node: Node<T>): number {
  if (begin !== node.begin) return begin < node.begin ? -1 : 1;
  if (end !== node.end) return end < node.end ? -1 : 1;
  return 0;
}

function insert<T>(node: Node<T> | undefined, fresh: Node<T>): Node<T> {
  if (node === undefined) return fresh;
  if (compare(fresh.begin, fresh.end, node) < 0) node.left = insert(node.left, fresh);
  else node.right = insert(node.right, fresh);
  return balance(node);
}

function remove<T>(node: Node<T> | undefined, begin: string, end: string): Node<T> | undefined {
  if (node === undefined) throw new Error('invariant: the interval to remove is not in the tree');
  const order = compare(begin, end, node);
  if (order < 0) node.left = remove(node.left, begin, end);
  else if (order > 0) node.right = remove(node.right, begin, end);
  else {
    if (node.left === undefined) return node.right;
    if (node.right === undefined) return node.left;
    const heir = leftmost(node.right);
    heir.right = withoutLeftmost(node.right);
    heir.left = node.left;
    return balance(heir);
  }
  return balance(node);
}

function leftmost<T>(node: Node<T>): Node<T> {
  while (node.left !== undefined) node = node.left;
  return node;
}

function withoutLeftmost<T>(node: Node<T>): Node<T> | undefined {
  if (node.left === undefined) return node.right;
  node.left = withoutLeftmost(node.left);
  return balance(node);
}

function height<T>(node: Node<T> | undefined): number {
  return node === undefined ? 0 : node.height;
}

/** Height and largest end, from the children. */
function update<T>(node: Node<T>): void {
  const { left, right } = node;
  node.height = 1 + Math.max(height(left), height(right));
  let max = node.end;
  if (left !== undefined && left.max > max) max = left.max;
  if (right !== undefined && right.max > max) max = right.max;
  node.max = max;
}

function balance<T>(node: Node<T>): Node<T> {
  const lean = height(node.left) - height(node.right);
  if (lean > 1) {
    const left = node.left!;
    if (height(left.left) < height(left.right)) node.left = rotateLeft(left);
    return rotateRight(node);
  }
  if (lean < -1) {
    const right = node.right!;
    if (height(right.right) < height(right.left)) node.right = rotateRight(right);
    return rotateLeft(node);
  }
  update(node);
  return node;
}

function rotateLeft<T>(node: Node<T>): Node<T> {
  const top = node.right!;
  node.right = top.left;
  top.left = node;
  update(node);
  update(top);
  return top;
}

function rotateRight<T>(node: Node<T>): Node<T> {
  const top = node.left!;
  node.left = top.right;
  top.right = node;
  update(node);
  update(top);
  return top;
}
