/** An open bbolt file, read only, as of its newest transaction. */
import { toLatin1 } from '../../core/wire/bytes.ts';
import { Bucket } from './bucket.ts';
import { type DamagedPageError, TruncatedFileError } from './errors.ts';
import { findMeta, type Meta } from './meta.ts';
import { PageCache, type PageFile } from './page-cache.ts';

export interface OpenBoltOptions {
  /** Memory for pages, in bytes. */
  readonly cacheBytes?: number;
}

export class BoltFile {
  readonly meta: Meta;
  /** The meta page that was passed over because it is damaged. */
  readonly damagedMeta: DamagedPageError | undefined;
  readonly cache: PageCache;
  readonly root: Bucket;

  private constructor(meta: Meta, damagedMeta: DamagedPageError | undefined, cache: PageCache) {
    this.meta = meta;
    this.damagedMeta = damagedMeta;
    this.cache = cache;
    this.root = new Bucket(cache, '', { root: meta.root, sequence: 0n, inline: undefined });
  }

  /** Reads the meta pages; the file stays the caller's to close. @throws BoltError */
  static async open(file: PageFile, options: OpenBoltOptions = {}): Promise<BoltFile> {
    const { meta, damaged } = await findMeta(file);
    const size = await file.size();
    if (size < meta.pages * meta.pageSize) throw new TruncatedFileError(meta.pages * meta.pageSize, size);
    return new BoltFile(meta, damaged, new PageCache(file, meta, options.cacheBytes));
  }

  /** Bytes of the database: whatever the file holds behind them does not belong to it. */
  get bytes(): number {
    return this.meta.pages * this.meta.pageSize;
  }

  /** A bucket of the root. @param name latin1 */
  bucket(name: string): Promise<Bucket | undefined> {
    return this.root.bucket(name);
  }

  /** The buckets of the root in name order. @throws DamagedPageError when the root holds anything else */
  async *buckets(): AsyncGenerator<Bucket> {
    for await (const { page, first } of this.root.leaves()) {
      for (let i = first; i < page.count; i++) {
        if (!page.isBucket(i)) throw page.damaged(`element ${i} of the root is not a bucket`);
        yield this.root.bucketIn(page, i, toLatin1(page.key(i)));
      }
    }
  }
}
