/** `kvctl member list`. */
import { ClusterService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';

async function run(context: Context): Promise<void> {
  const consistency = context.flags.text('consistency');
  if (consistency !== 'l' && consistency !== 's') {
    // etcdctl names the default here, whatever was given; scripts may expect it.
    throw new CommandError(Exit.BadFeature, 'unknown consistency flag "l"');
  }
  const client = await context.client();
  const request = { linearizable: consistency === 'l' };
  const response = await client.call(ClusterService.memberList, request, { deadline: context.deadline() });
  await context.print('memberList', response);
}

export const command: Command = {
  use: '',
  long: `Lists the members of the cluster.

In the simple format one line per member: id, status, name, peer addresses, client addresses, is learner.`,
  examples: [
    '$ kvctl member list',
    '8e9e05c52164694d, started, default, http://...',
    '$ kvctl member list -w table',
    '...',
    '│ ... │ STATUS  │ ...',
    '...',
  ],
  flags: [{ name: 'consistency', kind: 'string', default: 'l', usage: 'l: linearizable, s: serializable' }],
  run,
};
