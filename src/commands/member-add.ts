/** `kvctl member add`: and what the new member has to be started with. */
import type { Client } from '../client/index.ts';
import { ClusterService, type MemberAddResponse } from '../core/wire/gen/rpc.ts';
import { quote } from '../printer/quote.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { PEER_URLS, peerUrls } from './peer-urls.ts';

function tooMany(extra: readonly string[]): string {
  const hints = extra
    .filter((word) => word.startsWith('http'))
    .map((url) => `, did you mean --peer-urls=${url}`);
  return `too many arguments${hints.join('')}`;
}

/** The member list may lag behind the answer; asks until both agree. */
async function settledMembers(client: Client, added: MemberAddResponse, deadline: number) {
  for (;;) {
    const list = await client.call(ClusterService.memberList, { linearizable: true }, { deadline });
    if (list.header?.memberId === added.header?.memberId || list.members.length >= added.members.length) {
      return list.members;
    }
  }
}

async function sayHowToStart(context: Context, client: Client, name: string, added: MemberAddResponse) {
  const members = await settledMembers(client, added, context.deadline());
  const cluster = members.flatMap((member) => {
    const shown = member.ID === added.member?.ID ? name : member.name;
    return member.peerURLs.map((url) => `${shown}=${url}`);
  });
  context.io.write(
    `\nETCD_NAME=${quote(name)}\nETCD_INITIAL_CLUSTER=${quote(cluster.join(','))}\n` +
      `ETCD_INITIAL_ADVERTISE_PEER_URLS=${quote((added.member?.peerURLs ?? []).join(','))}\n` +
      'ETCD_INITIAL_CLUSTER_STATE="existing"\n',
  );
}

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length < 1) throw badArgs('member name not provided');
  if (args.length > 1) throw badArgs(tooMany(args.slice(1)));
  const request = { peerURLs: peerUrls(flags), isLearner: flags.bool('learner') };
  const client = await context.client();
  const added = await client.call(ClusterService.memberAdd, request, { deadline: context.deadline() });
  await context.print('memberAdd', added);
  if (context.format === 'simple') await sayHowToStart(context, client, args[0], added);
}

export const command: Command = {
  use: '<memberName> [options]',
  examples: [
    '# A learner first: it has no vote until it is promoted',
    '$ kvctl member add infra1 --learner --peer-urls=http://10.0.0.2:2380',
    'Member 9bf1b35fc7761a23 added as learner to cluster ...',
    '...',
    'ETCD_NAME="infra1"',
    '...',
    'ETCD_INITIAL_CLUSTER_STATE="existing"',
  ],
  flags: [{ name: 'learner', kind: 'bool', usage: 'the member takes no part in votes yet' }, PEER_URLS],
  run,
};
