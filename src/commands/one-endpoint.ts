/** Commands that ask endpoints one by one: which ones, and a client of each. */
import { type Client, connect } from '../client/index.ts';
import { ClusterService } from '../core/wire/gen/rpc.ts';
import type { Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import { timeoutFromNow } from './timeouts.ts';

async function clusterEndpoints(context: Context): Promise<string[]> {
  try {
    const client = await context.client();
    const request = { linearizable: true };
    const response = await client.call(ClusterService.memberList, request, {
      deadline: timeoutFromNow(context),
    });
    return response.members.flatMap((member) => member.clientURLs);
  } catch (error) {
    const why = (error as Error).message;
    throw new CommandError(Exit.Error, `failed to fetch endpoints from etcd cluster member list: ${why}`);
  }
}

/** The endpoints as they were written, or with `--cluster` those of all members. */
export async function endpointsToAsk(context: Context): Promise<readonly string[]> {
  await context.config();
  return context.flags.bool('cluster') ? clusterEndpoints(context) : context.flags.list('endpoints');
}

/** Runs `work` with a client of this endpoint alone. */
export async function atEndpoint<T>(
  context: Context,
  endpoint: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect({ ...(await context.config()), endpoints: [endpoint] });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
