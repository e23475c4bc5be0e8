/**
 * Databases that leaders send, in the directory of the .snap files: taken in as etcd's database file, turned into a
 * database of kvctl's own, and kept until the member puts it in the place of the one it has.
 *
 *   <index>.snap.db.part   while it comes
 *   <index>.snap.db        came whole; while it is checked and copied (etcd's own name for it)
 *   <index>.snap.mdb.part  the copy, while it is written
 *   <index>.snap.mdb       what `open` finds
 *
 * Who may call it: the composition root receives and cleans, the member opens and releases (core/ports/database-inbox).
 *
 * Laws: a name without `.part` stands for something whole and durable; what is damaged, or is not the database of that
 * index, is refused and leaves nothing behind.
 */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { DatabaseInbox, IncomingDatabase } from '../../core/ports/database-inbox.ts';
import type { Disk } from '../../core/ports/disk.ts';
import { createWhole, PART_SUFFIX, writeChunks } from '../bbolt/index.ts';
import { copyBuckets, EtcdDatabase, keyTooLong } from '../etcd-data/index.ts';
import type { LmdbBackend } from '../lmdb/backend.ts';
import { LOCK_SUFFIX } from '../lmdb/environment.ts';
import { fillDatabase } from '../lmdb/fill.ts';
import { hex16 } from '../wal/format.ts';

/** Address space for the copy while it is written; LMDB maps anew what outgrows it. */
const COPY_MAP_BYTES = 1024 ** 3;
/** Databases that may be coming in at the same time. */
const MAX_RECEIVING = 2;
const OWN_NAME = /^[0-9a-f]{16}\.snap\.(m?db)(-lock)?(\.part(-lock)?)?$/;

/** What came can't be used; nothing of it is kept. */
export class IncomingError extends Error {
  override name = 'IncomingError';
}

export interface InboxOptions {
  readonly disk: Disk;
  /** Where the backend's file is, too. */
  readonly directory: string;
  readonly backend: LmdbBackend;
}

export class DatabaseFiles implements DatabaseInbox {
  private readonly o: InboxOptions;
  private readonly receiving = new Set<number>();
  private readonly opened = new Set<number>();

  constructor(options: InboxOptions) {
    this.o = options;
  }

  /**
   * Takes in the database of a snapshot: etcd's file, from its first byte to its last. When it resolves, `open` finds it.
   * @returns bytes that came
   * @throws IncomingError, BoltError, SchemaError, DiskError, and what `chunks` throws
   */
  async receive(index: number, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    if (this.receiving.size >= MAX_RECEIVING || this.receiving.has(index))
      throw new IncomingError(`too many snapshots at a time: ${this.receiving.size} are being received`);
    this.receiving.add(index);
    try {
      return await this.takeIn(index, chunks);
    } finally {
      this.receiving.delete(index);
    }
  }

  private async takeIn(index: number, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const { disk } = this.o;
    const file = this.path(index, 'db');
    const bytes = await createWhole(disk, file, (part) => writeChunks(part, chunks));
    try {
      // One of the same index that came before is as good.
      if (!existsSync(this.path(index, 'mdb'))) await this.copy(index, file);
    } finally {
      await disk.remove(file);
    }
    return bytes;
  }

  private async copy(index: number, file: string): Promise<void> {
    const { disk, directory } = this.o;
    const path = this.path(index, 'mdb');
    const part = path + PART_SUFFIX;
    const source = await disk.open(file, 'read');
    try {
      const database = await EtcdDatabase.open(source);
      const { consistentIndex } = await database.meta();
      if (consistentIndex !== index)
        throw new IncomingError(`the database is at index ${consistentIndex}, its snapshot at ${index}`);
      const batches = copyBuckets(database);
      await fillDatabase({ path: part, mapBytes: COPY_MAP_BYTES, batches, tooLong: keyTooLong });
      await rename(part, path);
      await disk.syncDirectory(directory);
    } finally {
      await source.close();
      for (const left of [part, part + LOCK_SUFFIX]) await disk.removeTree(left);
    }
  }

  async open(index: number): Promise<IncomingDatabase | undefined> {
    const path = this.path(index, 'mdb');
    if (!existsSync(path)) return undefined;
    this.opened.add(index);
    const database = this.o.backend.openIncoming(path);
    return {
      ...database,
      install: async (switched) => {
        await database.install(switched);
        this.opened.delete(index);
      },
      close: async () => {
        await database.close();
        this.opened.delete(index);
      },
    };
  }

  async release(index: number): Promise<void> {
    if (this.opened.has(index)) return;
    const path = this.path(index, 'mdb');
    for (const file of [path, path + LOCK_SUFFIX]) await this.o.disk.removeTree(file);
  }

  /** Removes what an earlier life of the member left and this one does not need. To be called before anything comes. */
  async clean(): Promise<void> {
    const { disk, directory } = this.o;
    for (const name of await disk.list(directory))
      if (OWN_NAME.test(name)) await disk.removeTree(`${directory}/${name}`);
  }

  private path(index: number, suffix: 'db' | 'mdb'): string {
    return `${this.o.directory}/${hex16(index)}.snap.${suffix}`;
  }
}
