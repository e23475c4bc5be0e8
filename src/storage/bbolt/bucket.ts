/**
 * A bucket: a B+tree of its own, or, when it is small, a leaf inside the element that names it. Reads walk down from
 * the root and hold one page a level. Every page is held against what the branch above says of it: its first key is
 * not less than the branch's key, its last key is less than the next one's; so no damaged branch can make a walk
 * run in circles, repeat a page or leave the order.
 */
import { asBuffer, fromLatin1 } from '../../core/wire/bytes.ts';
import { BUCKET_HEADER_BYTES, MAX_TREE_DEPTH, readUint64, showKey } from './layout.ts';
import type { PageCache } from './page-cache.ts';
import { TreePage } from './tree-page.ts';

/** Views of the file's pages: copy what is kept for long. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface BucketHeader {
  /** Root page; 0 when the bucket is inline. */
  readonly root: number;
  readonly sequence: bigint;
  readonly inline: TreePage | undefined;
}

export interface ScanRange {
  /** Inclusive. */
  readonly from?: Uint8Array;
  /** Exclusive. */
  readonly to?: Uint8Array;
}

/** A page below a branch, and the keys it may hold. */
export interface PageBounds {
  readonly id: number;
  /** Inclusive. */
  readonly least: Uint8Array | undefined;
  /** Exclusive. */
  readonly below: Uint8Array | undefined;
}

interface Level {
  readonly page: TreePage;
  readonly below: Uint8Array | undefined;
  index: number;
}

export class Bucket {
  readonly name: string;
  readonly header: BucketHeader;
  private readonly cache: PageCache;

  constructor(cache: PageCache, name: string, header: BucketHeader) {
    this.cache = cache;
    this.name = name;
    this.header = header;
  }

  /** The value of `key`; undefined when there is none, or when it names a bucket. @throws DamagedPageError */
  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const found = await this.find(key);
    return found && !found.page.isBucket(found.index) ? found.page.value(found.index) : undefined;
  }

  /** A bucket inside this one. @param name latin1 */
  async bucket(name: string): Promise<Bucket | undefined> {
    const found = await this.find(fromLatin1(name));
    return found?.page.isBucket(found.index) ? this.bucketIn(found.page, found.index, name) : undefined;
  }

  bucketIn(page: TreePage, index: number, name: string): Bucket {
    return new Bucket(this.cache, name, readBucketHeader(page, index));
  }

  /** Entries in key order, one array a leaf. @throws DamagedPageError, also when there is a bucket among them */
  async *entries({ from, to }: ScanRange = {}): AsyncGenerator<Entry[]> {
    for await (const { page, first } of this.leaves(from)) {
      const end = to === undefined ? page.count : page.lowerBound(to);
      const entries: Entry[] = [];
      for (let i = first; i < end; i++) {
        if (page.isBucket(i)) throw page.damaged(`element ${i} is a bucket among values`);
        entries.push({ key: page.key(i), value: page.value(i) });
      }
      if (entries.length > 0) yield entries;
      if (end < page.count) return;
    }
  }

  async last(): Promise<Entry | undefined> {
    let bounds = this.rootBounds();
    for (let depth = 0; ; depth++) {
      const page = await this.load(bounds, depth);
      const index = page.count - 1;
      if (page.kind === 'leaf')
        return index < 0 ? undefined : { key: page.key(index), value: page.value(index) };
      bounds = childBounds(page, index, bounds.below);
    }
  }

  /** The leaves, and in the first one the index of the first key that is not less than `from`. */
  async *leaves(from?: Uint8Array): AsyncGenerator<{ page: TreePage; first: number }> {
    const path: Level[] = [];
    let seek = from;
    let next: PageBounds | undefined = this.rootBounds();
    while (next !== undefined) {
      const page: TreePage = await this.load(next, path.length);
      if (page.kind === 'branch') {
        path.push({ page, below: next.below, index: seek === undefined ? -1 : page.childFor(seek) - 1 });
      } else {
        yield { page, first: seek === undefined ? 0 : page.lowerBound(seek) };
        seek = undefined;
      }
      next = advance(path);
    }
  }

  private async find(key: Uint8Array): Promise<{ page: TreePage; index: number } | undefined> {
    let bounds = this.rootBounds();
    for (let depth = 0; ; depth++) {
      const page = await this.load(bounds, depth);
      if (page.kind === 'leaf') {
        const index = page.lowerBound(key);
        return index < page.count && page.compareKey(index, key) === 0 ? { page, index } : undefined;
      }
      bounds = childBounds(page, page.childFor(key), bounds.below);
    }
  }

  private rootBounds(): PageBounds {
    return { id: this.header.root, least: undefined, below: undefined };
  }

  private async load(bounds: PageBounds, depth: number): Promise<TreePage> {
    if (this.header.inline !== undefined) return this.header.inline;
    return loadTreePage(this.cache, bounds, depth);
  }
}

/** @throws DamagedPageError */
export async function loadTreePage(cache: PageCache, bounds: PageBounds, depth: number): Promise<TreePage> {
  const page = new TreePage(await cache.page(bounds.id), bounds.id);
  if (depth > MAX_TREE_DEPTH) throw page.damaged(`is more than ${MAX_TREE_DEPTH} levels deep`);
  const { least, below } = bounds;
  if (page.count > 0) {
    if (least !== undefined && page.compareKey(0, least) < 0)
      throw page.damaged(
        `first key ${showKey(page.key(0))} is less than ${showKey(least)} in the branch above`,
      );
    const last = page.count - 1;
    if (below !== undefined && page.compareKey(last, below) >= 0)
      throw page.damaged(
        `last key ${showKey(page.key(last))} is not less than ${showKey(below)}, the next page's`,
      );
  }
  return page;
}

export function childBounds(page: TreePage, index: number, below: Uint8Array | undefined): PageBounds {
  return {
    id: page.child(index),
    least: page.key(index),
    below: index + 1 < page.count ? page.key(index + 1) : below,
  };
}

/** @throws DamagedPageError */
export function readBucketHeader(page: TreePage, index: number): BucketHeader {
  const value = page.value(index);
  const root = readUint64(value, 0);
  const sequence = asBuffer(value).readBigUInt64LE(8);
  if (root !== 0) {
    if (value.length !== BUCKET_HEADER_BYTES) throw page.damaged(`bucket in element ${index} has a tail`);
    return { root, sequence, inline: undefined };
  }
  const inline = new TreePage(value.subarray(BUCKET_HEADER_BYTES), 0, page.id);
  if (inline.kind !== 'leaf') throw page.damaged(`bucket in element ${index} is an inline branch`);
  for (let i = 0; i < inline.count; i++)
    if (inline.isBucket(i)) throw inline.damaged(`element ${i} is a bucket`);
  return { root, sequence, inline };
}

/** The next page below the deepest branch that has one left. */
function advance(path: Level[]): PageBounds | undefined {
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    level.index++;
    if (level.index < level.page.count) return childBounds(level.page, level.index, level.below);
    path.pop();
  }
  return undefined;
}
