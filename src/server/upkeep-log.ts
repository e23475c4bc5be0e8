/** What the chores of the database say while they run: log lines in etcd's words, and metrics. */
import type { Backend, BackendSizes } from '../core/ports/backend.ts';
import { goDuration, type Logger } from './logging/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { UpkeepWatch } from './upkeep.ts';

export interface UpkeepLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly backend: Backend;
  /** Of the database file. */
  readonly path: string;
}

/** As in `13.4 MB`, `49 kB`. */
export const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export function upkeepLog({ logger, metrics, backend, path }: UpkeepLogOptions): UpkeepWatch {
  return {
    async defragment(work) {
      const before = backend.sizes();
      const since = performance.now();
      logger.info('starting defragment');
      logger.info('defragmenting', {
        path,
        'current-db-size-bytes': before.allocated,
        'current-db-size': sizeText(before.allocated),
        'current-db-size-in-use-bytes': before.inUse,
        'current-db-size-in-use': sizeText(before.inUse),
      });
      metrics.disk.defragInflight.set(1);
      try {
        await work();
        const took = performance.now() - since;
        metrics.disk.backendDefrag.observe(took / 1000);
        logger.info('finished defragmenting directory', finished(path, before, backend.sizes(), took));
        logger.info('finished defragment');
      } catch (error) {
        const failed = { path, took: goDuration(performance.now() - since), error: (error as Error).message };
        logger.error('failed to defragment; the database goes on as it was', failed);
        throw error;
      } finally {
        metrics.disk.defragInflight.set(0);
      }
    },
    snapshotSent(bytes, milliseconds) {
      metrics.disk.backendSnapshot.observe(milliseconds / 1000);
      const took = goDuration(milliseconds);
      logger.info('successfully sent database snapshot to client', {
        'total-bytes': bytes,
        size: sizeText(bytes),
        took,
      });
    },
  };
}

function finished(path: string, before: BackendSizes, after: BackendSizes, tookMs: number) {
  return {
    path,
    'current-db-size-bytes-diff': after.allocated - before.allocated,
    'current-db-size-bytes': after.allocated,
    'current-db-size': sizeText(after.allocated),
    'current-db-size-in-use-bytes-diff': after.inUse - before.inUse,
    'current-db-size-in-use-bytes': after.inUse,
    'current-db-size-in-use': sizeText(after.inUse),
    took: goDuration(tookMs),
  };
}
