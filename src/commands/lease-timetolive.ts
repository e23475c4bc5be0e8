/** `kvctl lease timetolive`. Any failure is exit code 2, as etcdctl has it. */
import { LeaseService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit, failing } from './exit.ts';
import { leaseId } from './ids.ts';

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length !== 1) throw badArgs('lease timetolive command needs lease ID as argument');
  const ID = leaseId(args[0]);
  const keys = flags.bool('keys');
  const client = await context.client();
  const asking = client.call(LeaseService.leaseTimeToLive, { ID, keys });
  const response = await failing(Exit.BadConnection, asking);
  await context.print('leaseTimeToLive', { keys, response });
}

export const command: Command = {
  use: '<leaseID> [options]',
  examples: [
    '$ kvctl lease grant 300',
    'lease 694da1fb14147a0a granted with TTL(300s)',
    '$ kvctl put session/1 alive --lease=694da1fb14147a0a',
    'OK',
    '$ kvctl lease timetolive 694da1fb14147a0a --keys',
    'lease 694da1fb14147a0a granted with TTL(300s), remaining(...s), attached keys([session/1])',
    '$ kvctl lease timetolive 1234',
    'lease 0000000000001234 already expired',
  ],
  flags: [{ name: 'keys', kind: 'bool', usage: 'show the keys that hang on the lease' }],
  run,
};
