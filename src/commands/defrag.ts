/** `kvctl defrag`: one endpoint after the other, because each of them stops the world of its member. */
import { performance } from 'node:perf_hooks';
import { MaintenanceService } from '../core/wire/gen/rpc.ts';
import { formatDuration } from '../printer/humanize.ts';
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';
import { atEndpoint, endpointsToAsk } from './one-endpoint.ts';
import { withProgress } from './progress.ts';
import { timeoutFromNow } from './timeouts.ts';

async function run(context: Context): Promise<number> {
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

export const command: Command = {
  use: '',
  flags: [{ name: 'cluster', kind: 'bool', usage: 'defragment every member of the cluster' }],
  run,
};
