/** --import-etcd-dir: a member that has nothing yet begins with everything that a stopped etcd has. */
import { hexId } from '../core/membership/member.ts';
import { type DataDirPaths, dataDirKind } from '../storage/data-dir.ts';
import { etcdDir, restoreDataDir } from '../storage/restore/index.ts';
import type { ServerConfig } from './config/index.ts';
import type { Founding } from './identity.ts';
import type { Logger } from './logging/index.ts';
import { StartError } from './start-error.ts';

/** As `snapshot restore` has it. */
const MAP_BYTES = 10 * 1024 ** 3;

export interface ImportParts {
  readonly paths: DataDirPaths;
  readonly founding: Founding;
  readonly logger: Logger;
}

/** @throws StartError, and there is no data directory */
export async function importIfAsked(
  config: ServerConfig,
  { paths, founding, logger }: ImportParts,
): Promise<void> {
  const { importEtcdDir } = config;
  if (importEtcdDir === '') return;
  const about = { 'from-data-dir': importEtcdDir, 'data-dir': config.dataDir };
  if (dataDirKind(paths) !== 'empty') {
    logger.info('skipped the import: this member has data of its own', about);
    return;
  }
  if (config.initialClusterState === 'existing')
    throw new StartError(
      '--import-etcd-dir begins a new cluster: a member that joins one (--initial-cluster-state=existing) gets its data from it',
    );
  logger.info('importing the data of etcd', about);
  try {
    await restoreDataDir({
      source: etcdDir(importEtcdDir),
      paths,
      identity: { nodeId: founding.memberId, clusterId: founding.clusterId },
      members: founding.founders,
      skipHashCheck: true,
      mapBytes: MAP_BYTES,
      now: () => performance.now(),
      onStep: (message, fields) => logger.info(message, fields),
      onWritten() {},
    });
  } catch (error) {
    throw new StartError(`could not import ${JSON.stringify(importEtcdDir)}: ${(error as Error).message}`);
  }
  logger.info('imported the data of etcd', { ...about, 'local-member-id': hexId(founding.memberId) });
}
