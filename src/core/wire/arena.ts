/**
 * Memory for small bytes that are written once and read by many. They lie side by side in blocks: one allocation for
 * hundreds. A block lives as long as any of them, so this is for bytes of similar, short lives (the pairs of one
 * flush, the answers of one turn); what stays long is copied out.
 */

/** One block. */
const BLOCK_BYTES = 64 * 1024;
/** What is larger than this gets memory of its own. */
const MAX_SHARED_BYTES = 16 * 1024;

let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
let used = 0;

/** `size` bytes, uninitialised: to be filled at once. */
export function allocate(size: number): Buffer {
  if (size > MAX_SHARED_BYTES) return Buffer.allocUnsafeSlow(size);
  if (used + size > BLOCK_BYTES) {
    block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    used = 0;
  }
  const start = used;
  used += size;
  return block.subarray(start, start + size);
}
