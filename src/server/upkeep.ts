/** The chores of the Maintenance service, done on the member's own backend while it serves. */
import type { Backend } from '../core/ports/backend.ts';
import type { SnapshotFile, Upkeep } from '../services/upkeep.ts';
import { exportDatabase, hashDatabase } from '../storage/etcd-data/index.ts';

export interface UpkeepOptions {
  readonly backend: Backend;
  /** Makes durable what was applied so far. */
  flush(): Promise<void>;
}

const live = { pause: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)) };

export function databaseUpkeep({ backend, flush }: UpkeepOptions): Upkeep {
  return {
    async openSnapshot(): Promise<SnapshotFile> {
      await flush();
      const state = backend.snapshot();
      try {
        const file = await exportDatabase(state, live);
        return { ...file, close: () => state.close() };
      } catch (error) {
        state.close();
        throw error;
      }
    },

    async hash() {
      await flush();
      const state = backend.snapshot();
      try {
        return await hashDatabase(state, live);
      } finally {
        state.close();
      }
    },

    async defragment() {
      await flush();
      await backend.defragment();
    },
  };
}
