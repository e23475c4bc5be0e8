/**
 * Writing a bbolt file in one go. To a file in one pass, the meta pages last; as a stream in two, because the meta
 * pages come first and the reader of the stream wants to know its length: the first pass looks at lengths only.
 *
 * Memory: one chunk, one unfinished page a tree level, and the caller's batch. The caller's source sets the pace: it
 * should give way to other work between its batches.
 */
import type { DiskFile } from '../../core/ports/disk.ts';
import { type BucketBatches, FilePacker, OrderGuard } from './file-packer.ts';
import { DEFAULT_PAGE_BYTES } from './layout.ts';
import { type Meta, writeMeta } from './meta.ts';
import { PageBytes, PageCounter } from './page-output.ts';
import type { Sized } from './tree-packer.ts';

/** Bytes of all chunks but the last. A multiple of every page size, and of the 32 KiB that the Snapshot RPC sends. */
export const CHUNK_BYTES = 256 * 1024;

/** Meta page 0 carries this transaction id, meta page 1 the one before: as in a copy that bbolt makes. */
const TRANSACTION = 2;

/** What has to be known of a file before its first byte. */
export interface FilePlan {
  readonly pageSize: number;
  readonly root: number;
  /** Pages, the two meta pages included. */
  readonly pages: number;
  /** Length of the file. */
  readonly bytes: number;
}

export interface PlanOptions {
  readonly pageSize?: number;
}

/** Only the lengths of keys and values are looked at. */
export async function planFile(batches: BucketBatches<Sized>, options: PlanOptions = {}): Promise<FilePlan> {
  const pageSize = options.pageSize ?? DEFAULT_PAGE_BYTES;
  const output = new PageCounter(pageSize);
  const packer = new FilePacker<Sized>(output, pageSize);
  for await (const batch of batches) packer.add(batch);
  const root = packer.finish();
  return { pageSize, root, pages: output.nextPage, bytes: output.nextPage * pageSize };
}

/**
 * The file, from its first byte to its last, in chunks of `CHUNK_BYTES`; `plan.bytes` in all.
 * @param batches the same as were planned; anything else is a broken invariant
 */
export async function* fileChunks(batches: BucketBatches, plan: FilePlan): AsyncGenerator<Buffer> {
  const { pageSize } = plan;
  const output = new PageBytes(pageSize, CHUNK_BYTES);
  output.raw(metaPages(plan));
  const packer = new FilePacker<Uint8Array>(output, pageSize);
  const order = new OrderGuard();
  for await (const batch of batches) {
    order.check(batch);
    packer.add(batch);
    if (output.nextPage > plan.pages) break;
    yield* output.take();
  }
  const root = packer.finish();
  if (root !== plan.root || output.nextPage !== plan.pages)
    throw new Error(`the file came to ${output.nextPage} pages, ${plan.pages} were planned`);
  yield* output.take(true);
}

/** Writes to an empty file, in one pass. Not synced. */
export async function writeBoltFile(
  file: Pick<DiskFile, 'write'>,
  batches: BucketBatches,
  options: PlanOptions = {},
): Promise<FilePlan> {
  const pageSize = options.pageSize ?? DEFAULT_PAGE_BYTES;
  const output = new PageBytes(pageSize, CHUNK_BYTES);
  const packer = new FilePacker<Uint8Array>(output, pageSize);
  const order = new OrderGuard();
  let position = 2 * pageSize;
  const flush = async (all: boolean): Promise<void> => {
    for (const chunk of output.take(all)) {
      await file.write(chunk, position);
      position += chunk.length;
    }
  };
  for await (const batch of batches) {
    order.check(batch);
    packer.add(batch);
    await flush(false);
  }
  const root = packer.finish();
  await flush(true);
  const plan = { pageSize, root, pages: output.nextPage, bytes: position };
  await file.write(metaPages(plan), 0);
  return plan;
}

function metaPages({ pageSize, root, pages }: FilePlan): Buffer {
  const bytes = Buffer.alloc(2 * pageSize);
  const meta: Meta = { pageSize, root, freelist: undefined, pages, transaction: TRANSACTION };
  writeMeta(bytes, 0, meta);
  writeMeta(bytes.subarray(pageSize), 1, { ...meta, transaction: TRANSACTION - 1 });
  return bytes;
}
