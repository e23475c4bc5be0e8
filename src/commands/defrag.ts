/**
 * `kvctl defrag`: members give unused space back, one endpoint after the other, and serve meanwhile; with --data-dir the
 * database of a member that is stopped.
 */
import { performance } from 'node:perf_hooks';
import { MaintenanceService } from '../core/wire/gen/rpc.ts';
import { formatDuration, formatSize } from '../printer/humanize.ts';
import type { Command, Context } from './command.ts';
import { reasonOf } from './database-file.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { logLine } from './log.ts';
import { atEndpoint, endpointsToAsk } from './one-endpoint.ts';
import { withProgress } from './progress.ts';
import { timeoutFromNow } from './timeouts.ts';

const LOG = { logger: '', caller: 'commands/defrag.ts' };

async function defragmentEndpoints(context: Context): Promise<number> {
  let code: number = Exit.Success;
  for (const endpoint of await endpointsToAsk(context)) {
    const start = performance.now();
    const took = () => formatDuration((performance.now() - start) * 1e6);
    try {
      await withProgress(context.io, { label: `Defragmenting ${endpoint}`, unit: '' }, () =>
        atEndpoint(context, endpoint, (client) =>
          client.call(MaintenanceService.defragment, {}, { deadline: timeoutFromNow(context) }),
        ),
      );
      context.io.write(`Finished defragmenting etcd member[${endpoint}]. took ${took()}\n`);
    } catch (error) {
      code = Exit.Error;
      const why = (error as Error).message;
      context.io.warn(`Failed to defragment etcd member[${endpoint}]. took ${took()}. (${why})`);
    }
  }
  return code;
}

async function defragmentDirectory({ io }: Context, directory: string): Promise<number> {
  const { dataDirPaths } = await import('../storage/data-dir.ts');
  const { defragmentDataDir } = await import('../storage/defragment.ts');
  const paths = dataDirPaths(directory);
  const say = (message: string, fields: Readonly<Record<string, string | number>>): void =>
    io.warn(logLine('info', LOG, message, { path: paths.database, ...fields }));
  const start = performance.now();
  say('defragmenting', {});
  const { before, after } = await defragmentDataDir(paths).catch((error: unknown) => {
    const why = reasonOf(error, 'stat');
    throw new CommandError(Exit.Error, `Failed to defragment etcd data[${directory}] (${why})`);
  });
  say('finished defragmenting directory', {
    'current-db-size-bytes-diff': after.allocated - before.allocated,
    'current-db-size-bytes': after.allocated,
    'current-db-size': formatSize(after.allocated),
    'current-db-size-in-use-bytes': after.inUse,
    'current-db-size-in-use': formatSize(after.inUse),
    took: formatDuration((performance.now() - start) * 1e6),
  });
  return Exit.Success;
}

async function run(context: Context): Promise<number> {
  const { flags } = context;
  if (!flags.isSet('data-dir')) return defragmentEndpoints(context);
  const directory = flags.text('data-dir');
  if (directory === '') throw badArgs('--data-dir is empty: give the data directory of a stopped member');
  if (flags.bool('cluster') || flags.isSet('endpoints'))
    throw badArgs('--data-dir is for a member that is stopped: it goes without --cluster and --endpoints');
  return defragmentDirectory(context, directory);
}

export const command: Command = {
  use: '',
  examples: [
    '$ kvctl defrag',
    'Finished defragmenting etcd member[127.0.0.1:2379]. took ...',
    '# It stops the world of a member: give it time',
    '$ kvctl defrag --command-timeout=60s',
    'Finished defragmenting etcd member[127.0.0.1:2379]. took ...',
  ],
  flags: [
    { name: 'cluster', kind: 'bool', usage: 'defragment every member of the cluster' },
    { name: 'data-dir', kind: 'string', usage: 'data directory of a stopped member, instead of endpoints' },
  ],
  run,
};
