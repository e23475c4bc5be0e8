/**
 * The stored freelist: u64 page numbers, ascending. Files of etcd on Linux have none (free is what nothing refers
 * to); those of other writers may.
 */
import { DamagedPageError } from './errors.ts';
import { COUNT_ELSEWHERE, FREELIST, PAGE_HEADER_BYTES, readPageHeader, readUint64 } from './layout.ts';
import type { PageCache } from './page-cache.ts';

const ID_BYTES = 8;

export interface Freelist {
  readonly pages: readonly number[];
  /** Pages behind the first that the list itself takes. */
  readonly overflow: number;
}

/** @throws DamagedPageError */
export async function readFreelist(cache: PageCache, page: number): Promise<Freelist> {
  const bytes = await cache.page(page);
  const header = readPageHeader(bytes, 0);
  if (header.id !== page) throw new DamagedPageError(page, `carries the number of page ${header.id}`);
  if (header.flags !== FREELIST)
    throw new DamagedPageError(page, `invalid type: flags ${header.flags.toString(16)}, not a freelist`);
  const elsewhere = header.count === COUNT_ELSEWHERE;
  const count = elsewhere ? readUint64(bytes, PAGE_HEADER_BYTES) : header.count;
  const start = PAGE_HEADER_BYTES + (elsewhere ? ID_BYTES : 0);
  if (start + count * ID_BYTES > bytes.length)
    throw new DamagedPageError(page, `${count} free pages do not fit`);
  const pages = Array.from({ length: count }, (_, i) => readUint64(bytes, start + i * ID_BYTES));
  return { pages, overflow: header.overflow };
}
