/**
 * `kvctl snapshot restore`: a snapshot of etcd or kvctl, or all that a stopped etcd has, becomes the data directory of a
 * new cluster's member.
 */
import { statSync } from 'node:fs';
import type { Founding } from '../server/identity.ts';
import type { Command, Context } from './command.ts';
import { explain } from './database-file.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import type { FlagReader } from './grammar/flags.ts';
import { logLine } from './log.ts';
import { withProgress } from './progress.ts';

const LOG = { logger: '', caller: 'commands/snapshot-restore.ts' };
const DEFAULT_NAME = 'default';
const DEFAULT_PEER_URL = 'http://localhost:2380';

/** Who the member is, from the same flags and by the same rules as at the first start of a cluster. */
async function foundingOf(flags: FlagReader): Promise<Founding> {
  const { BootstrapError, foundCluster, parseInitialCluster } = await import('../server/identity.ts');
  const { parseUrls, ValueError } = await import('../server/config/urls.ts');
  const initialCluster = flags.text('initial-cluster');
  try {
    const initialAdvertisePeerUrls = parseUrls(flags.text('initial-advertise-peer-urls'));
    for (const urls of parseInitialCluster(initialCluster).values()) parseUrls(urls.join(','));
    return foundCluster({
      name: flags.text('name'),
      initialCluster,
      initialClusterToken: flags.text('initial-cluster-token'),
      initialAdvertisePeerUrls,
    });
  } catch (error) {
    if (error instanceof ValueError || error instanceof BootstrapError)
      throw new CommandError(Exit.Error, error.message);
    throw error;
  }
}

/** In bytes; undefined for a file that cannot be looked at, which is told where it is opened. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

async function run({ args, flags, io }: Context): Promise<void> {
  const fromDataDir = flags.text('from-data-dir');
  if (fromDataDir === '' && args.length !== 1)
    throw badArgs('snapshot restore requires exactly one argument');
  if (fromDataDir !== '' && args.length !== 0)
    throw badArgs('snapshot restore takes a snapshot file or --from-data-dir, not both');
  const bumpRevision = flags.number('bump-revision');
  const markCompacted = flags.bool('mark-compacted');
  if (bumpRevision > 0 !== markCompacted) throw badArgs('--mark-compacted required if --revision-bump > 0');
  const { memberId, clusterId, founders } = await foundingOf(flags);
  const { etcdDir, restoreDataDir } = await import('../storage/restore/index.ts');
  const { dataDirPaths } = await import('../storage/data-dir.ts');
  const root = flags.text('data-dir') || `${flags.text('name')}.etcd`;
  const paths = dataDirPaths(root, flags.text('wal-dir'));
  const about = {
    path: fromDataDir || args[0],
    'wal-dir': paths.wal,
    'data-dir': root,
    'snap-dir': paths.snap,
  };
  const say = (message: string, fields: Readonly<Record<string, string | number>>): void =>
    io.warn(logLine('info', LOG, message, fields));
  const job = {
    paths,
    identity: { nodeId: memberId, clusterId },
    members: founders,
    skipHashCheck: flags.bool('skip-hash-check'),
    bumpRevision,
    markCompacted,
    mapBytes: flags.number('initial-memory-map-size'),
    now: () => performance.now(),
    onStep: say,
  };
  say('restoring snapshot', about);
  try {
    const source = fromDataDir === '' ? args[0] : etcdDir(fromDataDir, flags.text('from-wal-dir'));
    const total = sizeOf(typeof source === 'string' ? source : source.database);
    await withProgress(io, { label: 'Restoring', unit: 'bytes', total }, ({ set: onWritten }) =>
      restoreDataDir({ ...job, source, onWritten }),
    );
  } catch (error) {
    explain(error, 'open');
  }
  say('restored snapshot', about);
}

export const command: Command = {
  use: '[filename]',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    '$ kvctl snapshot restore backup.db --data-dir restored.etcd',
    '# A copy of a database has no checksum behind it',
    '$ head -c -32 backup.db > copy.db',
    '$ kvctl snapshot restore --skip-hash-check copy.db --data-dir other.etcd',
    '# Everything that a stopped etcd has, its log included: --from-data-dir /var/lib/etcd',
  ],
  flags: [
    {
      name: 'bump-revision',
      kind: 'uint',
      usage: 'how much the newest revision is raised, so that clients with old caches notice',
    },
    {
      name: 'from-data-dir',
      kind: 'string',
      usage: 'data directory of a stopped etcd (3.4 to 3.7) to take everything from, in place of a snapshot',
    },
    {
      name: 'from-wal-dir',
      kind: 'string',
      usage: 'the write-ahead log that goes with --from-data-dir, if that etcd ran with --wal-dir',
    },
    { name: 'data-dir', kind: 'string', usage: 'directory to make (default <name>.etcd)' },
    {
      name: 'initial-advertise-peer-urls',
      kind: 'string',
      default: DEFAULT_PEER_URL,
      usage: 'peer URLs of this member',
    },
    {
      name: 'initial-cluster',
      kind: 'string',
      default: `${DEFAULT_NAME}=${DEFAULT_PEER_URL}`,
      usage: 'names and peer URLs of all members of the new cluster',
    },
    {
      name: 'initial-cluster-token',
      kind: 'string',
      default: 'etcd-cluster',
      usage: 'makes the ids of the new cluster its own',
    },
    {
      name: 'initial-memory-map-size',
      kind: 'uint',
      default: 10 * 1024 ** 3,
      usage: 'address space, in bytes, reserved for the database while it is written',
    },
    {
      name: 'mark-compacted',
      kind: 'bool',
      usage: 'count everything up to the raised revision as compacted, which ends old watches',
    },
    { name: 'name', kind: 'string', default: DEFAULT_NAME, usage: 'name of this member' },
    {
      name: 'skip-hash-check',
      kind: 'bool',
      usage: 'do not check the SHA-256 behind the file; a copy of a database has none',
    },
    {
      name: 'wal-dir',
      kind: 'string',
      usage: 'directory of the write-ahead log (default inside the data dir)',
    },
  ],
  run,
};
