/** What the chores of the database say while they run: log lines in etcd's words, and metrics. */
import type { Backend, BackendSizes } from '../core/ports/backend.ts';
import { goDuration, humanBytes, type Logger, sizeFields } from './logging/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { UpkeepWatch } from './upkeep.ts';

export interface UpkeepLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly backend: Backend;
  /** Of the database file. */
  readonly path: string;
}

export function upkeepLog({ logger, metrics, backend, path }: UpkeepLogOptions): UpkeepWatch {
  return {
    async defragment(work) {
      const before = backend.sizes();
      const since = performance.now();
      logger.info('starting defragment');
      logger.info('defragmenting', {
        path,
        ...sizeFields('current-db-size', before.allocated),
        ...sizeFields('current-db-size-in-use', before.inUse),
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
        size: humanBytes(bytes),
        took,
      });
    },
  };
}

function finished(path: string, before: BackendSizes, after: BackendSizes, tookMs: number) {
  return {
    path,
    'current-db-size-bytes-diff': after.allocated - before.allocated,
    ...sizeFields('current-db-size', after.allocated),
    'current-db-size-in-use-bytes-diff': after.inUse - before.inUse,
    ...sizeFields('current-db-size-in-use', after.inUse),
    took: goDuration(tookMs),
  };
}
