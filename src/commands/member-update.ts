/** `kvctl member update`. */
import { ClusterService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { memberId } from './ids.ts';
import { PEER_URLS, peerUrls } from './peer-urls.ts';

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length !== 1) throw badArgs('member ID is not provided');
  const id = memberId(args[0]);
  const request = { ID: id, peerURLs: peerUrls(flags) };
  const client = await context.client();
  const response = await client.call(ClusterService.memberUpdate, request, { deadline: context.deadline() });
  await context.print('memberUpdate', { id, response });
}

export const command: Command = {
  use: '<memberID> [options]',
  examples: [
    '$ kvctl member add infra1 --learner --peer-urls=http://10.0.0.2:2380',
    'Member 9bf1b35fc7761a23 added as learner to cluster ...',
    '...',
    '$ kvctl member update 9bf1b35fc7761a23 --peer-urls=http://10.0.0.3:2380',
    'Member 9bf1b35fc7761a23 updated in cluster ...',
  ],
  flags: [PEER_URLS],
  run,
};
