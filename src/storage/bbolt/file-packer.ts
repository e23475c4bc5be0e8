/** Packs whole buckets, in name order, into the pages of a file: a tree a bucket, then the tree of the root. */
import { compareBytes, copyBytes } from '../../core/wire/bytes.ts';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from './layout.ts';
import type { FileOutput } from './page-output.ts';
import { type Sized, TreePacker } from './tree-packer.ts';

export interface SizedEntry<B extends Sized = Sized> {
  readonly key: B;
  readonly value: B;
}

/**
 * Some entries of one bucket. A file is a sequence of batches: buckets ascending by name, the batches of a bucket one
 * behind the other, keys ascending. A batch without entries makes an empty bucket.
 */
export interface BucketBatch<B extends Sized = Uint8Array> {
  /** latin1 */
  readonly bucket: string;
  readonly entries: readonly SizedEntry<B>[];
}

export type BucketBatches<B extends Sized = Uint8Array> =
  | AsyncIterable<BucketBatch<B>>
  | Iterable<BucketBatch<B>>;

export class FilePacker<B extends Sized> {
  private readonly output: FileOutput<B>;
  private readonly pageSize: number;
  private readonly rootTree: TreePacker<B>;
  private bucket: { readonly name: string; readonly tree: TreePacker<B> } | undefined;

  constructor(output: FileOutput<B>, pageSize: number) {
    this.output = output;
    this.pageSize = pageSize;
    this.rootTree = new TreePacker(output, pageSize);
  }

  add({ bucket, entries }: BucketBatch<B>): void {
    if (this.bucket?.name !== bucket) {
      if (this.bucket !== undefined && this.bucket.name >= bucket)
        throw new Error(`bucket ${bucket} comes behind ${this.bucket.name}`);
      this.finishBucket();
      this.bucket = { name: bucket, tree: new TreePacker(this.output, this.pageSize) };
    }
    const { tree } = this.bucket!;
    for (const { key, value } of entries) {
      if (key.length === 0 || key.length > MAX_KEY_BYTES)
        throw new Error(`key of ${key.length} bytes in bucket ${bucket}: 1 to ${MAX_KEY_BYTES} are possible`);
      if (value.length > MAX_VALUE_BYTES) throw new Error(`value of ${value.length} bytes in ${bucket}`);
      tree.add(key, value);
    }
  }

  /** The page number of the root. */
  finish(): number {
    this.finishBucket();
    return this.rootTree.finish();
  }

  /** As bbolt does, a bucket whose only leaf takes at most a quarter of a page goes into the root. */
  private finishBucket(): void {
    if (this.bucket === undefined) return;
    const { name, tree } = this.bucket;
    const inline = tree.ifWithin(this.pageSize / 4);
    const value = inline
      ? this.output.inlineBucket(inline.elements, inline.bytes)
      : this.output.bucketAt(tree.finish());
    this.rootTree.add(this.output.bucketName(name), value, true);
  }
}

/** Passes batches through and holds them to their order. @throws Error: an order that readers would take for damage */
export class OrderGuard {
  private bucket: string | undefined;
  private last: Uint8Array | undefined;

  check({ bucket, entries }: BucketBatch): void {
    if (bucket !== this.bucket) this.last = undefined;
    this.bucket = bucket;
    for (const { key } of entries) {
      if (this.last !== undefined && compareBytes(this.last, key) >= 0)
        throw new Error(`keys of bucket ${bucket} do not ascend`);
      this.last = key;
    }
    if (this.last !== undefined) this.last = copyBytes(this.last);
  }
}
