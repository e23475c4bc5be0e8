/** `kvctl endpoint status`. */
import { MaintenanceService, type StatusResponse } from '../core/wire/gen/rpc.ts';
import type { EndpointResponse } from '../printer/printables.ts';
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';
import { atEndpoint, endpointsToAsk } from './one-endpoint.ts';
import { timeoutFromNow } from './timeouts.ts';

async function run(context: Context): Promise<number> {
  const list: EndpointResponse<StatusResponse>[] = [];
  let code: number = Exit.Success;
  for (const endpoint of await endpointsToAsk(context)) {
    try {
      const response = await atEndpoint(context, endpoint, (client) =>
        client.call(MaintenanceService.status, {}, { deadline: timeoutFromNow(context) }),
      );
      list.push({ endpoint, response });
    } catch (error) {
      code = Exit.Error;
      context.io.warn(`Failed to get the status of endpoint ${endpoint} (${(error as Error).message})`);
    }
  }
  await context.print('endpointStatus', list);
  return code;
}

export const command: Command = {
  use: '',
  long: `Shows the status of each endpoint.

In the simple format one line per endpoint: endpoint, id, version, storage version, size of the
database, size in use, share not in use, quota, is leader, is learner, raft term, raft index,
raft applied index, errors, downgrade target version, downgrade enabled.`,
  examples: [
    '$ kvctl endpoint status',
    '127.0.0.1:2379, 8e9e05c52164694d, ...',
    '# Who leads, how large it is',
    '$ kvctl endpoint status -w table',
    '...',
    '│ ... │ ... │ ... │ STORAGE VERSION │ DB SIZE │ ...',
    '...',
  ],
  flags: [],
  run,
};
