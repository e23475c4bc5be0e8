/** Which of the two meta pages counts. LMDB itself looks at magic and version only; here everything has to fit. */
import { DamagedDatabase } from '../errors.ts';
import {
  DATA_VERSION,
  FREE_TREE_FLAGS,
  HEADER_BYTES,
  MAGIC,
  META_PAGES,
  PAGE_BYTES,
  PageFlag,
  readTree,
  readUint64,
  type TreeRecord,
} from './layout.ts';

export interface MetaPage {
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: TreeRecord;
  readonly main: TreeRecord;
}

/** Largest map anybody has asked for; a larger one is a flipped bit. */
const MAX_MAP_BYTES = 2 ** 46;

/** @throws DamagedDatabase */
export function readMetas(head: Buffer, fileBytes: number): MetaPage {
  const [a, b] = [0, 1].map((page) => readMeta(head, page, fileBytes));
  const gap = Math.abs(a.transaction - b.transaction);
  const isFresh = a.transaction <= 1 && b.transaction <= 1;
  if (gap !== 1 && !isFresh)
    throw new DamagedDatabase(
      `meta pages are of transactions ${a.transaction} and ${b.transaction}, which do not follow each other`,
    );
  const [newer, older] = a.transaction >= b.transaction ? [a, b] : [b, a];
  if (older.lastPage > newer.lastPage)
    throw new DamagedDatabase(`meta pages end at ${older.lastPage} and, later, at ${newer.lastPage}`);
  return newer;
}

function readMeta(head: Buffer, page: number, fileBytes: number): MetaPage {
  const at = page * PAGE_BYTES;
  const body = at + HEADER_BYTES;
  const fail = (problem: string): never => {
    throw new DamagedDatabase(`meta page ${problem}`, page);
  };
  const is = (what: string, found: number, expected: number): void => {
    if (found !== expected) fail(`has ${what} ${found.toString(16)}, not ${expected.toString(16)}`);
  };
  is('flags', head.readUInt16LE(at + 18), PageFlag.Meta);
  is('number', readUint64(head, at), page);
  is('magic', head.readUInt32LE(body), MAGIC);
  is('version', head.readUInt32LE(body + 4), DATA_VERSION);
  is('address', readUint64(head, body + 8), 0);
  const mapBytes = readUint64(head, body + 16);
  if (mapBytes > MAX_MAP_BYTES || mapBytes % PAGE_BYTES !== 0) fail(`has a map of ${mapBytes} bytes`);
  const free = readTree(head, body + 24);
  const main = readTree(head, body + 72);
  is('page size', free.pad, PAGE_BYTES);
  is('flags of the free pages', free.flags, FREE_TREE_FLAGS);
  is('pad of the main tree', main.pad, 0);
  is('flags of the main tree', main.flags, 0);
  const lastPage = readUint64(head, body + 120);
  const transaction = readUint64(head, body + 128);
  if (!Number.isSafeInteger(transaction)) fail(`is of transaction ${transaction}`);
  if (transaction > 0) is('transaction parity', transaction % META_PAGES, page);
  if (lastPage < META_PAGES - 1 || (lastPage + 1) * PAGE_BYTES > Math.max(mapBytes, fileBytes))
    fail(`ends at page ${lastPage}, of a map of ${mapBytes} bytes`);
  return { transaction, lastPage, free, main };
}
