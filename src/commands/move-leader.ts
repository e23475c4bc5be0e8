/** `kvctl move-leader`: asks which endpoint leads, and that one to hand over. */
import { MaintenanceService, type StatusResponse } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit, failing } from './exit.ts';
import { transfereeId } from './ids.ts';
import { atEndpoint } from './one-endpoint.ts';
import { timeoutFromNow } from './timeouts.ts';

interface Leader {
  readonly endpoint: string;
  readonly id: bigint;
}

async function findLeader(context: Context, endpoints: readonly string[], deadline: number) {
  let leader: Leader | undefined;
  for (const endpoint of endpoints) {
    const status: StatusResponse = await failing(
      Exit.Error,
      atEndpoint(context, endpoint, (client) => client.call(MaintenanceService.status, {}, { deadline })),
    );
    const id = status.header?.memberId;
    if (id === status.leader) leader = { endpoint, id };
  }
  return leader;
}

async function run(context: Context): Promise<void> {
  if (context.args.length !== 1) throw badArgs('move-leader command needs 1 argument');
  const targetID = transfereeId(context.args[0]);
  const { endpoints } = await context.config();
  const deadline = timeoutFromNow(context);
  const leader = await findLeader(context, endpoints, deadline);
  if (leader === undefined) throw badArgs(`no leader endpoint given at [${endpoints.join(' ')}]`);
  const response = await atEndpoint(context, leader.endpoint, (client) =>
    client.call(MaintenanceService.moveLeader, { targetID }, { deadline }),
  );
  await context.print('moveLeader', { leader: leader.id, target: targetID, response });
}

export const command: Command = {
  use: '<transferee-member-id>',
  examples: [
    "# The id of 'kvctl member list'",
    '$ kvctl endpoint status --cluster',
    'http://127.0.0.1:2379, 8e9e05c52164694d, ...',
    '...',
    '$ kvctl move-leader d282ac2ce600c1ce',
    'Leadership transferred from 8e9e05c52164694d to d282ac2ce600c1ce',
  ],
  flags: [],
  run,
};
