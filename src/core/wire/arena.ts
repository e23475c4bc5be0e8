/**
 * Memory for small bytes that are written once and read by many. They lie side by side in blocks: one allocation for
 * hundreds. A block lives as long as any of them, so this is for bytes of similar, short lives (the pairs of one
 * flush, the answers of one turn); what stays long is copied out.
 */

/** One block. */
const BLOCK_BYTES = 64 * 1024;
/** What is larger than this gets memory of its own. */
export const MAX_SHARED_BYTES = 16 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/** Blocks of its own, for bytes whose lives end together. */
export class Arena {
  private block: Buffer = NOTHING;
  private used = 0;
  /** Of all blocks so far. */
  bytes = 0;

  /** `size` bytes, uninitialised: to be filled at once. */
  allocate(size: number): Buffer {
    if (size > MAX_SHARED_BYTES) return Buffer.allocUnsafeSlow(size);
    if (this.used + size > this.block.length) {
      this.block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.bytes += BLOCK_BYTES;
      this.used = 0;
    }
    const start = this.used;
    this.used += size;
    return this.block.subarray(start, this.used);
  }
}

const shared = new Arena();

/** `size` bytes, uninitialised: to be filled at once. */
export function allocate(size: number): Buffer {
  return shared.allocate(size);
}
