/** `kvctl endpoint hashkv`: equal hashes at equal revisions mean equal data. */
import { type HashKVResponse, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { EndpointResponse } from '../printer/printables.ts';
import type { Command, Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import { atEndpoint, endpointsToAsk } from './one-endpoint.ts';
import { timeoutFromNow } from './timeouts.ts';

async function run(context: Context): Promise<void> {
  const list: EndpointResponse<HashKVResponse>[] = [];
  const revision = context.flags.number('rev');
  let last: Error | undefined;
  for (const endpoint of await endpointsToAsk(context)) {
    try {
      const response = await atEndpoint(context, endpoint, (client) =>
        client.call(MaintenanceService.hashKV, { revision }, { deadline: timeoutFromNow(context) }),
      );
      list.push({ endpoint, response });
    } catch (error) {
      last = error as Error;
      context.io.warn(`Failed to get the hash of endpoint ${endpoint} (${last.message})`);
    }
  }
  await context.print('endpointHashKV', list);
  if (last !== undefined) throw new CommandError(Exit.Error, last.message);
}

export const command: Command = {
  use: '',
  examples: [
    '# Equal on all members, up to a revision',
    '$ kvctl put k v',
    'OK',
    '$ kvctl endpoint hashkv --rev=2',
    '127.0.0.1:2379, ..., 2',
  ],
  flags: [{ name: 'rev', kind: 'int', usage: 'hash up to this revision (default: the latest)' }],
  run,
};
