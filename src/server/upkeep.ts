/** The chores of the Maintenance service, done on the member's own backend while it serves. */
import type { Backend } from '../core/ports/backend.ts';
import type { SnapshotFile, Upkeep } from '../services/upkeep.ts';
import { exportDatabase, hashDatabase } from '../storage/etcd-data/index.ts';
import { restful } from './restful.ts';

export interface UpkeepOptions {
  readonly backend: Backend;
  /** Makes durable what was applied so far. */
  flush(): Promise<void>;
  /** Logs and measures; absent: nobody does. */
  readonly watch?: UpkeepWatch;
}

export interface UpkeepWatch {
  /** Runs `work`, and says how it went. */
  defragment(work: () => Promise<void>): Promise<void>;
  /** The whole file has been handed out. */
  snapshotSent(bytes: number, milliseconds: number): void;
}

export function databaseUpkeep({ backend, flush, watch }: UpkeepOptions): Upkeep {
  const defragment = async (): Promise<void> => {
    await flush();
    await backend.defragment();
  };
  return {
    async openSnapshot(): Promise<SnapshotFile> {
      const since = performance.now();
      await flush();
      const state = backend.snapshot();
      try {
        const file = await exportDatabase(state, { pause: restful() });
        async function* chunks(): AsyncIterable<Uint8Array> {
          yield* file.chunks();
          watch?.snapshotSent(file.bytes, performance.now() - since);
        }
        return { ...file, chunks, close: () => state.close() };
      } catch (error) {
        state.close();
        throw error;
      }
    },

    async hash() {
      await flush();
      const state = backend.snapshot();
      try {
        return await hashDatabase(state, { pause: restful() });
      } finally {
        state.close();
      }
    },

    defragment: () => (watch ? watch.defragment(defragment) : defragment()),
  };
}
