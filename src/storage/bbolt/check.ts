/**
 * The consistency check: each page below the high-water mark is reachable exactly once, or free, never both; each
 * page is of its type; keys ascend within and across pages; nested buckets and inline ones included. It goes beyond
 * bbolt's own check in what `TreePage` verifies (page numbers, packed data), and goes on behind each problem.
 *
 * What it cannot see: bytes inside keys (while they keep their order), values and sequences. bbolt has no checksum
 * over them; the SHA-256 behind a snapshot file covers them, and etcd-data/verify.ts what the schema says of them.
 */
import { toLatin1 } from '../../core/wire/bytes.ts';
import type { BoltFile } from './bolt-file.ts';
import { childBounds, loadTreePage, type PageBounds, readBucketHeader } from './bucket.ts';
import { DamagedPageError } from './errors.ts';
import { readFreelist } from './freelist.ts';
import { PageSet } from './page-set.ts';
import type { TreePage } from './tree-page.ts';

/** Everything that is wrong with the file, page by page; nothing when it is sound. */
export async function* check(file: BoltFile): AsyncGenerator<DamagedPageError> {
  yield* new Checker(file).run();
}

/** The first `limit` problems. */
export async function problemsOf(file: BoltFile, limit = 1_000): Promise<DamagedPageError[]> {
  const problems: DamagedPageError[] = [];
  for await (const problem of check(file)) if (problems.push(problem) >= limit) break;
  return problems;
}

class Checker {
  private readonly file: BoltFile;
  private readonly reached: PageSet;
  private readonly free: PageSet;

  constructor(file: BoltFile) {
    this.file = file;
    this.reached = new PageSet(file.meta.pages);
    this.free = new PageSet(file.meta.pages);
  }

  async *run(): AsyncGenerator<DamagedPageError> {
    const { freelist, root, pages } = this.file.meta;
    let freelistIsWhole = false;
    if (freelist !== undefined) {
      const before: DamagedPageError[] = [];
      freelistIsWhole = await this.markFree(freelist, before);
      yield* before;
    }
    yield* this.tree({ id: root, least: undefined, below: undefined }, 0);
    if (!freelistIsWhole) return;
    for (let page = 2; page < pages; page++)
      if (!this.reached.has(page) && !this.free.has(page))
        yield new DamagedPageError(page, 'unreachable unfreed');
  }

  /** False if the list could not be read: which pages are free is then unknown. */
  private async markFree(page: number, problems: DamagedPageError[]): Promise<boolean> {
    try {
      const { pages, overflow } = await readFreelist(this.file.cache, page);
      for (let id = page; id <= page + overflow; id++) this.reached.add(id);
      for (const id of pages) {
        if (id < 2 || id >= this.file.meta.pages) problems.push(outOfBounds(page, id, this.file));
        else if (!this.free.add(id)) problems.push(new DamagedPageError(id, 'already freed'));
        else if (this.reached.has(id)) problems.push(new DamagedPageError(id, 'reachable freed'));
      }
      return true;
    } catch (error) {
      problems.push(asProblem(error));
      return false;
    }
  }

  private async *tree(bounds: PageBounds, depth: number): AsyncGenerator<DamagedPageError> {
    const page = await this.enter(bounds, depth);
    if (page instanceof DamagedPageError) {
      yield page;
      return;
    }
    yield* this.claim(page);
    for (let i = 0; i < page.count; i++) {
      if (page.kind === 'branch') yield* this.tree(childBounds(page, i, bounds.below), depth + 1);
      else if (page.isBucket(i)) yield* this.nested(page, i);
    }
  }

  /** A page that was reached before is not entered again: damage could have made a circle. */
  private async enter(bounds: PageBounds, depth: number): Promise<TreePage | DamagedPageError> {
    if (bounds.id < this.file.meta.pages && this.reached.has(bounds.id))
      return new DamagedPageError(bounds.id, 'multiple references');
    try {
      return await loadTreePage(this.file.cache, bounds, depth);
    } catch (error) {
      if (bounds.id < this.file.meta.pages) this.reached.add(bounds.id);
      return asProblem(error);
    }
  }

  private *claim(page: TreePage): Generator<DamagedPageError> {
    for (let id = page.id; id <= page.id + page.overflow; id++) {
      if (!this.reached.add(id)) yield new DamagedPageError(id, 'multiple references');
      if (this.free.has(id)) yield new DamagedPageError(id, 'reachable freed');
    }
  }

  private async *nested(page: TreePage, index: number): AsyncGenerator<DamagedPageError> {
    try {
      const { root, inline } = readBucketHeader(page, index);
      if (inline === undefined) yield* this.tree({ id: root, least: undefined, below: undefined }, 0);
    } catch (error) {
      const problem = asProblem(error);
      yield new DamagedPageError(problem.page, `${problem.problem} (bucket ${toLatin1(page.key(index))})`);
    }
  }
}

function outOfBounds(page: number, id: number, file: BoltFile): DamagedPageError {
  return new DamagedPageError(page, `out of bounds: lists page ${id} of ${file.meta.pages} as free`);
}

function asProblem(error: unknown): DamagedPageError {
  if (error instanceof DamagedPageError) return error;
  throw error;
}
