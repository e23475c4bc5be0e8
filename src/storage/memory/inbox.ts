/** The inbox of a member whose backend is in memory. What it holds survives a crash, as files do. */
import type { BackendReader } from '../../core/ports/backend.ts';
import type { DatabaseInbox, IncomingDatabase } from '../../core/ports/database-inbox.ts';
import type { MemoryBackend } from './backend.ts';

export class MemoryInbox implements DatabaseInbox {
  private readonly backend: MemoryBackend;
  private readonly databases: Map<number, BackendReader>;

  constructor(backend: MemoryBackend, databases = new Map<number, BackendReader>()) {
    this.backend = backend;
    this.databases = databases;
  }

  /** As the next life finds it, with the backend that `MemoryBackend.crash` left. */
  crash(backend: MemoryBackend): MemoryInbox {
    return new MemoryInbox(backend, new Map(this.databases));
  }

  /** @param database must not change any more: a snapshot */
  put(index: number, database: BackendReader): void {
    this.databases.set(index, database);
  }

  async open(index: number): Promise<IncomingDatabase | undefined> {
    const database = this.databases.get(index);
    if (!database) return undefined;
    return {
      get: (bucket, key) => database.get(bucket, key),
      scan: (options) => database.scan(options),
      install: (switched) =>
        this.backend.replaceBy(database, () => {
          this.databases.delete(index);
          switched();
        }),
      close: async () => {},
    };
  }

  async release(index: number): Promise<void> {
    this.databases.delete(index);
  }
}
