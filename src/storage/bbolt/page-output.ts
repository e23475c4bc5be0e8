/** Where packed pages go: counted (to plan), or as bytes in chunks of equal size. */
import { copyBytes, fromLatin1 } from '../../core/wire/bytes.ts';
import { BUCKET_HEADER_BYTES } from './layout.ts';
import { bucketAt, encodeBranch, encodeLeaf, inlineBucket } from './page-encoder.ts';
import type { BranchElement, LeafElement, PageOutput, Sized } from './tree-packer.ts';

/** What the packer of a whole file needs beyond pages: the elements of the root bucket. */
export interface FileOutput<B extends Sized> extends PageOutput<B> {
  bucketName(name: string): B;
  bucketAt(root: number): B;
  inlineBucket(elements: readonly LeafElement<B>[], bytes: number): B;
  /** The next page number: all below are taken. */
  readonly nextPage: number;
}

/** The first page behind the two meta pages. */
const FIRST_PAGE = 2;

/** Assigns page numbers and forgets the pages. */
export class PageCounter implements FileOutput<Sized> {
  nextPage = FIRST_PAGE;
  private readonly pageSize: number;

  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  leaf(_elements: unknown, bytes: number): number {
    const id = this.nextPage;
    this.nextPage += Math.ceil(bytes / this.pageSize);
    return id;
  }

  branch(_elements: unknown, bytes: number): number {
    return this.leaf(_elements, bytes);
  }

  keep(key: Sized): Sized {
    return { length: key.length };
  }

  bucketName(name: string): Sized {
    return name;
  }

  bucketAt(): Sized {
    return { length: BUCKET_HEADER_BYTES };
  }

  inlineBucket(_elements: unknown, bytes: number): Sized {
    return { length: BUCKET_HEADER_BYTES + bytes };
  }
}

/**
 * Lays pages into chunks of `chunkBytes` (a multiple of the page size), which are taken away with `take`. A chunk
 * that was taken is never written again.
 */
export class PageBytes implements FileOutput<Uint8Array> {
  nextPage = FIRST_PAGE;
  private readonly pageSize: number;
  private readonly chunkBytes: number;
  private full: Buffer[] = [];
  private chunk: Buffer;
  private used = 0;

  constructor(pageSize: number, chunkBytes: number) {
    this.pageSize = pageSize;
    this.chunkBytes = chunkBytes;
    this.chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }

  leaf(elements: readonly LeafElement<Uint8Array>[], bytes: number): number {
    return this.page(bytes, (target, at, place) => encodeLeaf(target, at, elements, place));
  }

  branch(elements: readonly BranchElement<Uint8Array>[], bytes: number): number {
    return this.page(bytes, (target, at, place) => encodeBranch(target, at, elements, place));
  }

  keep(key: Uint8Array): Uint8Array {
    return copyBytes(key);
  }

  bucketName(name: string): Uint8Array {
    return fromLatin1(name);
  }

  bucketAt(root: number): Uint8Array {
    return bucketAt(root);
  }

  inlineBucket(elements: readonly LeafElement<Uint8Array>[], bytes: number): Uint8Array {
    return inlineBucket(elements, bytes);
  }

  /** Bytes that are no page with a number: the meta pages in front. */
  raw(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const n = Math.min(this.chunkBytes - this.used, bytes.length - from);
      this.chunk.set(bytes.subarray(from, from + n), this.used);
      this.advance(n);
      from += n;
    }
  }

  /** The chunks that are full; with `all` also the last one. */
  take(all = false): Buffer[] {
    if (all && this.used > 0) {
      this.full.push(this.chunk.subarray(0, this.used));
      this.chunk = Buffer.alloc(0);
      this.used = 0;
    }
    const taken = this.full;
    this.full = [];
    return taken;
  }

  private page(
    bytes: number,
    encode: (target: Buffer, at: number, place: { id: number; overflow: number }) => number,
  ): number {
    const id = this.nextPage;
    const pages = Math.ceil(bytes / this.pageSize);
    const place = { id, overflow: pages - 1 };
    const length = pages * this.pageSize;
    this.nextPage += pages;
    if (this.used + length <= this.chunkBytes) {
      const end = encode(this.chunk, this.used, place);
      this.chunk.fill(0, end, this.used + length);
      this.advance(length);
    } else {
      const run = Buffer.allocUnsafeSlow(length);
      run.fill(0, encode(run, 0, place));
      this.raw(run);
    }
    return id;
  }

  private advance(n: number): void {
    this.used += n;
    if (this.used < this.chunkBytes) return;
    this.full.push(this.chunk);
    this.chunk = Buffer.allocUnsafeSlow(this.chunkBytes);
    this.used = 0;
  }
}
