/** An LMDB file, read without LMDB: nothing is mapped, locked or written, and damage is an error, not a crash. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DamagedDatabase } from '../errors.ts';
import {
  HEADER_BYTES,
  META_PAGES,
  NO_PAGE,
  NodeFlag,
  PAGE_BYTES,
  PageFlag,
  readTree,
  readUint64,
  TREE_BYTES,
  type TreeRecord,
} from './layout.ts';
import { type MetaPage, readMetas } from './meta.ts';
import { type BigData, type KeyOrder, TreePage } from './tree-page.ts';

/** Deeper than any tree of 2^48 pages. */
const MAX_DEPTH = 32;

/** Pages of one read: leaves that were written together lie together. */
const WINDOW_PAGES = 16;
const MAX_WINDOWS = 64;
const CUT_OFF = 'is cut off by the end of the file';

/** Pages as they were read, up to `end`. */
interface Window {
  readonly bytes: Buffer;
  readonly end: number;
}

export interface FileEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A page, and the keys it may hold. */
interface Place {
  readonly page: number;
  /** Inclusive. */
  readonly least: Buffer | undefined;
  /** Exclusive. */
  readonly below: Buffer | undefined;
  readonly depth: number;
}

/** Told of each page on the way. */
export interface TreeVisitor {
  onPage?(page: TreePage, depth: number): void;
  onOverflow?(page: number, pages: number): void;
}

export class DatabaseFile {
  readonly meta: MetaPage;
  readonly bytes: number;
  private readonly file: number;
  /** Under the number of their first page, the first read first. */
  private readonly windows = new Map<number, Window>();

  private constructor(file: number, bytes: number, meta: MetaPage) {
    this.file = file;
    this.bytes = bytes;
    this.meta = meta;
  }

  /** @throws DamagedDatabase; NodeJS.ErrnoException */
  static open(path: string): DatabaseFile {
    const file = openSync(path, 'r');
    try {
      const bytes = fstatSync(file).size;
      const head = Buffer.alloc(META_PAGES * PAGE_BYTES);
      if (readSync(file, head, 0, head.length, 0) < head.length)
        throw new DamagedDatabase(`is cut off: ${bytes} bytes are less than its two meta pages`);
      return new DatabaseFile(file, bytes, readMetas(head, bytes));
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  /** The named trees of the main tree. @throws DamagedDatabase */
  trees(visitor: TreeVisitor = {}): Map<string, TreeRecord> {
    const trees = new Map<string, TreeRecord>();
    for (const page of this.leaves(this.meta.main, visitor)) {
      for (let i = 0; i < page.count; i++) {
        // lmdb-js names its databases with a zero behind.
        const name = page.key(i).toString('latin1').replace(/\0$/, '');
        const value = page.value(i);
        if (page.flags(i) !== NodeFlag.Tree || value.length !== TREE_BYTES)
          throw page.damaged(`node ${i} (${JSON.stringify(name)}) is not a bucket`);
        trees.set(name, readTree(value, 0));
      }
    }
    return trees;
  }

  /** Entries in key order. @throws DamagedDatabase */
  *entries(tree: TreeRecord, visitor: TreeVisitor = {}): Generator<FileEntry> {
    for (const page of this.leaves(tree, visitor)) {
      page.keep();
      for (let i = 0; i < page.count; i++) {
        const big = this.bigDataIn(page, i, visitor);
        const value = big === undefined ? page.value(i) : this.bigValue(big);
        yield { key: page.key(i), value };
      }
    }
  }

  /** Walks a tree without looking at its values; the number of its entries. @throws DamagedDatabase */
  count(tree: TreeRecord, visitor: TreeVisitor): number {
    let entries = 0;
    for (const page of this.leaves(tree, visitor)) {
      for (let i = 0; i < page.count; i++) this.bigDataIn(page, i, visitor);
      entries += page.count;
    }
    return entries;
  }

  /** The pages with a tree's entries, in key order; each is valid until the next one is asked for. @throws DamagedDatabase */
  *leaves(tree: TreeRecord, visitor: TreeVisitor = {}): Generator<TreePage> {
    if (tree.root === NO_PAGE) return;
    const order = tree === this.meta.free ? 'integer' : 'bytes';
    const path: Place[] = [{ page: tree.root, least: undefined, below: undefined, depth: 1 }];
    for (let place = path.pop(); place !== undefined; place = path.pop()) {
      const page = this.load(place, order);
      visitor.onPage?.(page, place.depth);
      if (page.kind === 'leaf') yield page;
      else this.pushChildren(path, page, place);
    }
  }

  private pushChildren(path: Place[], page: TreePage, { least, below, depth }: Place): void {
    if (depth >= MAX_DEPTH) throw page.damaged(`is more than ${MAX_DEPTH} levels deep`);
    page.keep();
    for (let i = page.count - 1; i >= 0; i--)
      path.push({
        page: page.child(i),
        least: i === 0 ? least : page.key(i),
        below: i + 1 < page.count ? page.key(i + 1) : below,
        depth: depth + 1,
      });
  }

  private load({ page: number, least, below }: Place, order: KeyOrder): TreePage {
    const page = new TreePage(this.page(number), number, order);
    if (page.transaction > this.meta.transaction)
      throw page.damaged(
        `is of transaction ${page.transaction}, which is after ${this.meta.transaction}, the last one`,
      );
    if (page.count === 0) throw page.damaged('is empty');
    const first = page.kind === 'leaf' ? 0 : 1;
    if (first >= page.count) return page;
    if (least !== undefined && page.compareKey(first, least) < 0)
      throw page.damaged('its first key is less than the key in the branch above');
    if (below !== undefined && page.compareKey(page.count - 1, below) >= 0)
      throw page.damaged('its last key is not less than the next one in the branch above');
    return page;
  }

  /** Where the value of node `i` is, when it is not in its page: checked. */
  bigDataIn(leaf: TreePage, i: number, visitor: TreeVisitor = {}): BigData | undefined {
    const flags = leaf.flags(i);
    if (flags === 0) return undefined;
    if (flags === NodeFlag.Tree) throw leaf.damaged(`node ${i} is a bucket among values`);
    const big = leaf.bigData(i);
    // A value that took the place of a longer one has more pages than it needs.
    if (big.pages < Math.ceil((HEADER_BYTES + big.size) / PAGE_BYTES))
      throw leaf.damaged(`node ${i} has ${big.size} bytes on ${big.pages} pages`);
    this.checkBounds(big.page, big.pages);
    const head = this.pages(big.page, 1);
    if (
      readUint64(head, 0) !== big.page ||
      head.readUInt16LE(18) !== PageFlag.Overflow ||
      head.readUInt32LE(20) !== big.pages
    )
      throw new DamagedDatabase(`is not the beginning of ${big.pages} overflow pages`, big.page);
    visitor.onOverflow?.(big.page, big.pages);
    return big;
  }

  bigValue({ page, pages, size }: BigData): Buffer {
    return this.pages(page, pages).subarray(HEADER_BYTES, HEADER_BYTES + size);
  }

  private checkBounds(first: number, count: number): void {
    const { lastPage } = this.meta;
    if (first < META_PAGES || first + count - 1 > lastPage)
      throw new DamagedDatabase(`pages ${first} to ${first + count - 1} are asked for, of ${lastPage}`);
  }

  /** A page of a tree: read with its neighbours, which are likely to be asked for next. Valid until the next call. */
  private page(number: number): Buffer {
    this.checkBounds(number, 1);
    const first = number - (number % WINDOW_PAGES);
    const { bytes, end } = this.windows.get(first) ?? this.readWindow(first);
    const start = (number - first) * PAGE_BYTES;
    if (start + PAGE_BYTES > end) throw new DamagedDatabase(CUT_OFF, number);
    return bytes.subarray(start, start + PAGE_BYTES);
  }

  /** The oldest window's memory is used again: a new one each time would keep the garbage collector busy. */
  private readWindow(first: number): Window {
    let bytes: Buffer;
    if (this.windows.size < MAX_WINDOWS) bytes = Buffer.allocUnsafeSlow(WINDOW_PAGES * PAGE_BYTES);
    else {
      const [oldest, { bytes: reused }] = this.windows.entries().next().value!;
      this.windows.delete(oldest);
      bytes = reused;
    }
    const window = { bytes, end: readSync(this.file, bytes, 0, bytes.length, first * PAGE_BYTES) };
    this.windows.set(first, window);
    return window;
  }

  private pages(first: number, count: number): Buffer {
    this.checkBounds(first, count);
    const bytes = Buffer.allocUnsafe(count * PAGE_BYTES);
    const read = readSync(this.file, bytes, 0, bytes.length, first * PAGE_BYTES);
    if (read < bytes.length) throw new DamagedDatabase(CUT_OFF, first);
    return bytes;
  }
}
