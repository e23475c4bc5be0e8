/**
 * The whole file: every page is in one tree or free, never both; trees hold as many pages and entries as their records
 * say. What pages hold is `TreePage`'s to verify, what values hold is the seal's.
 */
import { BUCKETS, type Bucket } from '../../../core/ports/backend.ts';
import { DamagedDatabase } from '../errors.ts';
import { checkedLength, sealedName } from '../seal.ts';
import { DatabaseFile, type TreeVisitor } from './database-file.ts';
import { META_PAGES, readUint64, type TreeRecord } from './layout.ts';

export interface CheckOptions {
  /** Look at the checksum of each entry, which a member does when it reads them, and for pages that got lost. */
  readonly thorough: boolean;
  /** All, but for `checkSmallBuckets`. */
  readonly buckets?: readonly Bucket[];
}

/** `fresh`: nothing was ever stored. `unsealed`: of the format before checksums. */
export type DatabaseFormat = 'fresh' | 'sealed' | 'unsealed';

/** @throws DamagedDatabase when there are buckets of neither format, or only some. */
export function formatOf(trees: ReadonlyMap<string, TreeRecord>): DatabaseFormat {
  if (trees.size === 0) return 'fresh';
  const names = [...trees.keys()];
  for (const [format, nameOf] of [
    ['sealed', sealedName],
    ['unsealed', (bucket: Bucket): string => bucket],
  ] as const) {
    const expected = BUCKETS.map(nameOf);
    if (expected.length === trees.size && expected.every((name) => trees.has(name))) return format;
  }
  throw new DamagedDatabase(`its buckets are ${names.map((name) => JSON.stringify(name)).join(', ')}`);
}

/** Whether LMDB may have the file; entries are not looked at. Synchronous: about 1 ms for each MiB. @throws DamagedDatabase */
export function checkStructure(path: string): void {
  throwFirst(path, { thorough: false });
}

/** Like `checkStructure`, and the checksum of each entry. @throws DamagedDatabase, DamagedEntry */
export function checkWhole(path: string): void {
  throwFirst(path, { thorough: true });
}

/** Whether LMDB may read the small buckets, all but `key`, while somebody else checks the whole. @throws DamagedDatabase */
export function checkSmallBuckets(path: string): void {
  throwFirst(path, { thorough: false, buckets: BUCKETS.filter((bucket) => bucket !== 'key') });
}

function throwFirst(path: string, options: CheckOptions): void {
  const file = DatabaseFile.open(path);
  try {
    for (const problem of checkFile(file, options)) throw problem;
    if (formatOf(file.trees()) === 'unsealed') throw new DamagedDatabase('is of the format before checksums');
  } finally {
    file.close();
  }
}

/** Every problem, a tree at a time: what lies behind one in its tree is not looked at. */
export function* checkFile(
  file: DatabaseFile,
  { thorough, buckets = BUCKETS }: CheckOptions,
): Generator<DamagedDatabase> {
  const used = new Pages(file.meta.lastPage);
  const list = attempt(() => listOfBuckets(file, used));
  if (list instanceof DamagedDatabase) {
    yield list;
    return;
  }
  let isWhole = true;
  for (const work of [
    ...buckets.map((bucket) => () => checkBucket(file, list, { bucket, used, thorough })),
    () => checkFree(file, used),
  ]) {
    const problem = attempt(work);
    if (!problem) continue;
    isWhole = false;
    yield problem;
  }
  // A page that is lost is never used again, and does no harm.
  const lost = thorough && isWhole ? used.firstMissing() : undefined;
  if (lost !== undefined) yield new DamagedDatabase('is neither in a bucket nor free', lost);
}

function attempt<T>(work: () => T): T | DamagedDatabase {
  try {
    return work();
  } catch (error) {
    if (error instanceof DamagedDatabase) return error;
    throw error;
  }
}

interface BucketList {
  readonly format: DatabaseFormat;
  readonly trees: ReadonlyMap<string, TreeRecord>;
}

function listOfBuckets(file: DatabaseFile, used: Pages): BucketList {
  const trees = counted(
    { tree: file.meta.main, used, name: 'list of buckets' },
    (visitor) => file.trees(visitor),
    (found) => found.size,
  );
  return { format: formatOf(trees), trees };
}

function checkBucket(
  file: DatabaseFile,
  { format, trees }: BucketList,
  { bucket, used, thorough }: { bucket: Bucket; used: Pages; thorough: boolean },
): void {
  const tree = trees.get(format === 'sealed' ? sealedName(bucket) : bucket);
  if (tree === undefined) return;
  if (tree.pad !== 0 || tree.flags !== 0)
    throw new DamagedDatabase(`bucket ${bucket} has flags ${tree.flags} and pad ${tree.pad}`);
  const walk = (visitor: Required<TreeVisitor>): number => {
    if (!thorough || format !== 'sealed') return file.count(tree, visitor);
    let entries = 0;
    for (const { key, value } of file.entries(tree, visitor)) {
      checkedLength(bucket, key, value);
      entries++;
    }
    return entries;
  };
  counted({ tree, used, name: `bucket ${bucket}` }, walk, (entries) => entries);
}

/** Walks a tree, and holds what was found against its record. @throws DamagedDatabase */
function counted<T>(
  { tree, used, name }: { readonly tree: TreeRecord; readonly used: Pages; readonly name: string },
  walk: (visitor: Required<TreeVisitor>) => T,
  entriesOf: (result: T) => number,
): T {
  const pages = { branch: 0, leaf: 0, overflow: 0 };
  let deepest = 0;
  const result = walk({
    onPage(page, depth) {
      used.take(page.number);
      pages[page.kind]++;
      deepest = Math.max(deepest, depth);
    },
    onOverflow(page, count) {
      for (let i = page; i < page + count; i++) used.take(i);
      pages.overflow += count;
    },
  });
  const found = [entriesOf(result), pages.branch, pages.leaf, pages.overflow, deepest].join('/');
  const said = [tree.entries, tree.branchPages, tree.leafPages, tree.overflowPages, tree.depth].join('/');
  if (found !== said)
    throw new DamagedDatabase(
      `${name}: entries/branch pages/leaf pages/overflow pages/depth are ${found}, its record says ${said}`,
    );
  return result;
}

/** Records of the tree of free pages: a count, then page numbers; a negative number is the length of a run behind it. */
function checkFree(file: DatabaseFile, used: Pages): void {
  const tree = file.meta.free;
  counted(
    { tree, used, name: 'free pages' },
    (visitor) => {
      let entries = 0;
      for (const { key, value } of file.entries(tree, visitor)) {
        entries++;
        if (key.length !== 8 || readUint64(key, 0) > file.meta.transaction)
          throw new DamagedDatabase(`free pages of transaction ${key.toString('hex')}`);
        takeFree(value, used);
      }
      return entries;
    },
    (entries) => entries,
  );
}

function takeFree(list: Buffer, used: Pages): void {
  const words = readUint64(list, 0);
  if ((words + 1) * 8 > list.length) throw new DamagedDatabase(`a list of free pages says it has ${words}`);
  for (let i = 1; i <= words; i++) {
    let run = 1;
    const word = list.readBigInt64LE(i * 8);
    if (word === 0n) continue;
    if (word < 0n) {
      run = Number(-word);
      if (++i > words) throw new DamagedDatabase('a list of free pages ends inside a run');
    }
    const first = Number(list.readBigInt64LE(i * 8));
    for (let page = first; page < first + run; page++) used.take(page);
  }
}

/** One bit a page. */
class Pages {
  private readonly bits: Uint8Array;
  private readonly last: number;

  constructor(last: number) {
    this.last = last;
    this.bits = new Uint8Array((last >>> 3) + 1);
  }

  take(page: number): void {
    if (!(page >= META_PAGES && page <= this.last))
      throw new DamagedDatabase(`page ${page} is used, of ${this.last}`);
    const mask = 1 << (page & 7);
    if (this.bits[page >>> 3] & mask) throw new DamagedDatabase('is used twice', page);
    this.bits[page >>> 3] |= mask;
  }

  firstMissing(): number | undefined {
    for (let page = META_PAGES; page <= this.last; page++)
      if (!(this.bits[page >>> 3] & (1 << (page & 7)))) return page;
    return undefined;
  }
}
