/**
 * Reads pages by number, in aligned windows of neighbouring pages, and keeps the newest windows. Leaves that were
 * written together lie together, so a scan costs one read per window, and the next one is read ahead. A window is never written again after it was read:
 * whoever holds a view of a page keeps it valid, and keeps its window in memory.
 */
import { DamagedPageError } from './errors.ts';
import { MAX_PAGE_RUN_BYTES, PAGE_HEADER_BYTES, readUint32 } from './layout.ts';
import type { Meta } from './meta.ts';

/** What a database is read from. A `DiskFile` is one. */
export interface PageFile {
  size(): Promise<number>;
  /** Fills `into` from `position`; the result is how many bytes there were before the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
}

/** Bytes of one read. Larger ones read too much of a file whose leaves are scattered. */
const WINDOW_BYTES = 64 * 1024;
export const DEFAULT_CACHE_BYTES = 4 * 1024 * 1024;

export class PageCache {
  private readonly file: PageFile;
  private readonly pageSize: number;
  private readonly pages: number;
  private readonly pagesPerWindow: number;
  private readonly maxWindows: number;
  /** Oldest use first. */
  private readonly windows = new Map<number, Buffer>();
  private lastRead = -1;
  /** The window behind the last two that were read one after the other: on its way while those are worked on. */
  private ahead: { readonly number: number; readonly bytes: Promise<Buffer> } | undefined;

  constructor(file: PageFile, meta: Meta, cacheBytes = DEFAULT_CACHE_BYTES) {
    this.file = file;
    this.pageSize = meta.pageSize;
    this.pages = meta.pages;
    this.pagesPerWindow = Math.max(1, WINDOW_BYTES / meta.pageSize);
    this.maxWindows = Math.max(2, Math.floor(cacheBytes / (this.pagesPerWindow * meta.pageSize)));
  }

  /** A page with its overflow, header included. @throws DamagedPageError */
  async page(id: number): Promise<Buffer> {
    if (id < 2 || id >= this.pages) throw new DamagedPageError(id, `out of bounds: ${this.pages} pages`);
    const number = Math.floor(id / this.pagesPerWindow);
    const window = this.cached(number) ?? (await this.load(number));
    const start = (id % this.pagesPerWindow) * this.pageSize;
    const overflow = readUint32(window, start + PAGE_HEADER_BYTES - 4);
    const length = (overflow + 1) * this.pageSize;
    if (id + overflow >= this.pages || length > MAX_PAGE_RUN_BYTES)
      throw new DamagedPageError(id, `out of bounds: claims ${overflow} overflow pages of ${this.pages}`);
    if (start + length <= window.length) return window.subarray(start, start + length);
    return this.readExactly(id * this.pageSize, length, id);
  }

  private cached(number: number): Buffer | undefined {
    const window = this.windows.get(number);
    if (window === undefined) return undefined;
    this.windows.delete(number);
    this.windows.set(number, window);
    return window;
  }

  private async load(number: number): Promise<Buffer> {
    const coming = this.ahead?.number === number ? this.ahead.bytes : this.readWindow(number);
    this.ahead = undefined;
    if (number === this.lastRead + 1) this.readAhead(number + 1);
    this.lastRead = number;
    const window = await coming;
    for (const oldest of this.windows.keys()) {
      if (this.windows.size < this.maxWindows) break;
      this.windows.delete(oldest);
    }
    this.windows.set(number, window);
    return window;
  }

  private readAhead(number: number): void {
    if (number * this.pagesPerWindow >= this.pages || this.windows.has(number)) return;
    const bytes = this.readWindow(number);
    // Whoever asks for the window gets the error; perhaps nobody does.
    bytes.catch(() => {});
    this.ahead = { number, bytes };
  }

  private readWindow(number: number): Promise<Buffer> {
    const first = number * this.pagesPerWindow;
    const count = Math.min(this.pagesPerWindow, this.pages - first);
    return this.readExactly(first * this.pageSize, count * this.pageSize, first);
  }

  private async readExactly(position: number, length: number, page: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    const n = await this.file.read(bytes, position);
    if (n < length) {
      const missing = page + Math.floor(n / this.pageSize);
      throw new DamagedPageError(missing, 'the file ends before it');
    }
    return bytes;
  }
}
