/**
 * LMDB's file, as lmdb-js 3 writes it (data version 2, pages of 4 KiB, little endian, 64 bits), for readers that must
 * not trust it. Offsets in bytes.
 *
 *   page     0 number u64 | 8 transaction u64 | 16 pad u16 | 18 flags u16 | 20 lower u16 | 22 upper u16 | body
 *            overflow page: 20 number of pages u32, and the value right behind the header, over all of them
 *   meta     24 magic u32 | 28 version u32 | 32 address u64 | 40 map size u64 | 48 free tree | 96 main tree
 *            144 last page u64 | 152 transaction u64
 *   tree     0 pad u32 | 4 flags u16 | 6 depth u16 | 8 branch pages u64 | 16 leaf pages u64 | 24 overflow pages u64
 *            32 entries u64 | 40 root page u64 (all ones: empty)
 *   node     0 low u16 | 2 high u16 | 4 flags u16 | 6 key size u16 | 8 key | value
 *            leaf: low and high are the value's size; branch: low, high and flags are the child's page number
 *
 * The body of a page begins with one u16 for each node, its offset behind the header; `lower` is the end of these, and
 * nodes fill the page from `upper` on, both counted from behind the header. Nodes are of even size. Pages 0 and 1 are
 * metas: transaction t writes meta t % 2, so the larger one counts and the other one is its predecessor.
 */
export const PAGE_BYTES = 4096;
export const HEADER_BYTES = 24;
export const NODE_BYTES = 8;
export const TREE_BYTES = 48;
export const META_PAGES = 2;
export const MAGIC = 0xbeefc0de;
export const DATA_VERSION = 2;
/** Flags of the tree of free pages (integer keys) and of the environment, whose place they share: no directory. */
export const FREE_TREE_FLAGS = 0x4008;

export const PageFlag = { Branch: 1, Leaf: 2, Overflow: 4, Meta: 8 } as const;
export const NodeFlag = { BigData: 1, Tree: 2 } as const;
/** What a leaf holds of a value that lies on overflow pages: page u64, transaction u64, number of pages u64. */
export const BIG_DATA_BYTES = 24;

const TWO_32 = 4294967296;
/** Root of a tree without entries. */
export const NO_PAGE = TWO_32 * TWO_32;

/** Beyond 2^53 it is not exact, and no page number of any file. */
export function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * TWO_32 + bytes.readUInt32LE(at);
}

export interface TreeRecord {
  readonly pad: number;
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number;
}

export function readTree(bytes: Buffer, at: number): TreeRecord {
  return {
    pad: bytes.readUInt32LE(at),
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: readUint64(bytes, at + 8),
    leafPages: readUint64(bytes, at + 16),
    overflowPages: readUint64(bytes, at + 24),
    entries: readUint64(bytes, at + 32),
    root: readUint64(bytes, at + 40),
  };
}
