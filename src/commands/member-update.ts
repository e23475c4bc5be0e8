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

export const command: Command = { use: '<memberID> [options]', flags: [PEER_URLS], run };
