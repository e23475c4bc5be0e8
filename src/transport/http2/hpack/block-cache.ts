/**
 * Remembers what whole header blocks meant. Clients send the same few blocks over and over (a block of indexed
 * fields is about ten bytes), so most requests need no decoding at all: compare the bytes, take the answer.
 *
 * A block may be remembered only if decoding it left the dynamic table alone, and the answer holds only while the
 * table's generation stands still.
 */
const slotCount = 16;
const maxBlockBytes = 512;

interface Slot<T> {
  generation: number;
  bytes: Uint8Array;
  value: T;
}

export class HeaderBlockCache<T> {
  private slots: (Slot<T> | undefined)[] = [];

  lookup(block: Buffer, start: number, end: number, generation: number): T | undefined {
    const slot = this.slots[slotOf(block, start, end)];
    if (slot === undefined || slot.generation !== generation) return undefined;
    const bytes = slot.bytes;
    const length = end - start;
    if (bytes.length !== length) return undefined;
    for (let i = 0; i < length; i++) if (bytes[i] !== block[start + i]) return undefined;
    return slot.value;
  }

  remember(block: Buffer, start: number, end: number, generation: number, value: T): void {
    if (end - start > maxBlockBytes) return;
    const bytes = new Uint8Array(block.subarray(start, end)); // a copy: the socket's buffer must not stay alive
    this.slots[slotOf(block, start, end)] = { generation, bytes, value };
  }
}

/** Methods differ in one index or in the middle of a path; lengths and a few bytes tell most of them apart. */
function slotOf(block: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  let hash = length;
  const step = (length >> 3) + 1;
  for (let i = start; i < end; i += step) hash = (hash * 31 + block[i]) | 0;
  return (hash ^ (hash >>> 8)) & (slotCount - 1);
}
