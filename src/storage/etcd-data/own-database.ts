/** kvctl's own database file, offline, for readers of etcd's: the same buckets, each entry held to its checksum. */
import { mainOf } from '../../core/mvcc/revision.ts';
import type { Bucket } from '../../core/ports/backend.ts';
import { compareBytes, toLatin1 } from '../../core/wire/bytes.ts';
import type { Entry, ScanRange } from '../bbolt/index.ts';
import { checkFile } from '../lmdb/file/check.ts';
import { DatabaseFile } from '../lmdb/file/database-file.ts';
import { sealedName, unseal } from '../lmdb/seal.ts';
import type { HashSource } from './hash-kv.ts';
import { META_KEYS } from './schema.ts';

const BATCH_ENTRIES = 1_000;

export class OwnDatabase implements HashSource {
  private readonly file: DatabaseFile;

  /** Verifies the whole file. @throws DamagedDatabase */
  constructor(path: string) {
    this.file = DatabaseFile.open(path);
    for (const problem of checkFile(this.file, { thorough: true })) {
      this.file.close();
      throw problem;
    }
  }

  close(): void {
    this.file.close();
  }

  async *entries(bucket: Bucket, { to }: ScanRange = {}): AsyncGenerator<Entry[]> {
    const tree = this.file.trees().get(sealedName(bucket));
    if (tree === undefined) return;
    let batch: Entry[] = [];
    for (const { key, value } of this.file.entries(tree)) {
      if (to !== undefined && compareBytes(key, to) >= 0) break;
      batch.push({ key, value: unseal(bucket, key, value) });
      if (batch.length < BATCH_ENTRIES) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  async lastRevision(): Promise<number> {
    let last = 0;
    for await (const entries of this.entries('key'))
      if (entries.length > 0) last = mainOf(entries.at(-1)!.key);
    return last;
  }

  async meta(): Promise<{ scheduledCompactRevision: number; finishedCompactRevision: number }> {
    const found = { scheduledCompactRevision: 0, finishedCompactRevision: 0 };
    for await (const entries of this.entries('meta'))
      for (const { key, value } of entries) {
        const name = toLatin1(key);
        if (name === toLatin1(META_KEYS.scheduledCompactRevision))
          found.scheduledCompactRevision = mainOf(value);
        else if (name === toLatin1(META_KEYS.finishedCompactRevision))
          found.finishedCompactRevision = mainOf(value);
      }
    return found;
  }
}
