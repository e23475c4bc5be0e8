/**
 * All entries of a bucket, read from the pages of the file and not through LMDB, which takes three times as long: it
 * copies each entry and makes two objects of it. Pages are verified on the way, checksums too unless somebody else does that.
 *
 * LMDB knows nothing of this reader, and would give its pages to the next commit but one. So there must be none, and what was
 * read is worth nothing if there was: the last call of `next` says so.
 */
import type { Bucket, EntryCursor } from '../../../core/ports/backend.ts';
import { EMPTY } from '../../../core/wire/bytes.ts';
import { SEAL_BYTES, sealedName, verifySeal } from '../seal.ts';
import { DatabaseFile } from './database-file.ts';
import type { TreePage } from './tree-page.ts';

export class FileCursor implements EntryCursor {
  keyBytes: Uint8Array = EMPTY;
  keyAt = 0;
  keyEnd = 0;
  valueBytes: Uint8Array = EMPTY;
  valueAt = 0;
  valueEnd = 0;
  private readonly path: string;
  private readonly bucket: Bucket;
  private readonly seals: boolean;
  private readonly file: DatabaseFile;
  private readonly leaves: Iterator<TreePage>;
  private leaf: TreePage | undefined;
  private node = 0;

  /** `seals`: checksums are looked at; somebody else does, if not. @throws DamagedDatabase; NodeJS.ErrnoException */
  constructor(path: string, bucket: Bucket, { seals }: { readonly seals: boolean }) {
    this.path = path;
    this.seals = seals;
    this.bucket = bucket;
    this.file = DatabaseFile.open(path);
    const tree = this.file.trees().get(sealedName(bucket));
    this.leaves = tree ? this.file.leaves(tree) : [].values();
  }

  /** @throws DamagedDatabase, DamagedEntry */
  next(): boolean {
    while (this.leaf === undefined || this.node === this.leaf.count) {
      this.leaf = this.leaves.next().value;
      this.node = 0;
      if (this.leaf === undefined) {
        this.assertUnchanged();
        return false;
      }
    }
    this.read(this.leaf, this.node++);
    return true;
  }

  private read(leaf: TreePage, i: number): void {
    const big = this.file.bigDataIn(leaf, i);
    this.keyBytes = leaf.bytes;
    this.keyAt = leaf.keyAt(i);
    this.keyEnd = leaf.keyEnd(i);
    if (big === undefined) {
      this.valueBytes = leaf.bytes;
      this.valueAt = this.keyEnd;
      this.valueEnd = leaf.nodeEnd(i);
    } else {
      this.valueBytes = this.file.bigValue(big);
      this.valueAt = 0;
      this.valueEnd = this.valueBytes.length;
    }
    if (this.seals) verifySeal(this.bucket, this);
    this.valueEnd -= SEAL_BYTES;
  }

  private assertUnchanged(): void {
    const now = DatabaseFile.open(this.path);
    now.close();
    if (now.meta.transaction !== this.file.meta.transaction)
      throw new Error(`invariant: a commit to ${this.path} while all of ${this.bucket} was read`);
  }

  close(): void {
    this.file.close();
  }
}
