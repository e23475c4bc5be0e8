/** `kvctl member remove`. */
import { ClusterService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { memberId } from './ids.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('member ID is not provided');
  const id = memberId(args[0]);
  const request = { ID: id };
  const client = await context.client();
  const response = await client.call(ClusterService.memberRemove, request, { deadline: context.deadline() });
  await context.print('memberRemove', { id, response });
}

export const command: Command = {
  use: '<memberID>',
  examples: [
    '$ kvctl member add infra1 --learner --peer-urls=http://10.0.0.2:2380',
    'Member 9bf1b35fc7761a23 added as learner to cluster ...',
    '...',
    '$ kvctl member remove 9bf1b35fc7761a23',
    'Member 9bf1b35fc7761a23 removed from cluster ...',
  ],
  flags: [],
  run,
};
