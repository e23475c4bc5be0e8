/** `kvctl member promote`. */
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
  const response = await client.call(ClusterService.memberPromote, request, { deadline: context.deadline() });
  await context.print('memberPromote', { id, response });
}

export const command: Command = {
  use: '<memberID>',
  examples: [
    '$ kvctl member add infra1 --learner --peer-urls=http://10.0.0.2:2380',
    'Member 9bf1b35fc7761a23 added as learner to cluster ...',
    '...',
    '# Not before it has caught up',
    '$ kvctl member promote 9bf1b35fc7761a23',
    'Error: etcdserver: can only promote a learner member which is in sync with leader',
  ],
  flags: [],
  run,
};
