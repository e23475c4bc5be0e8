/** `kvctl lease revoke`. */
import { LeaseService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit, failing } from './exit.ts';
import { leaseId } from './ids.ts';

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 1) throw badArgs('lease revoke command needs 1 argument');
  const id = leaseId(args[0]);
  const client = await context.client();
  const revoking = client.call(LeaseService.leaseRevoke, { ID: id }, { deadline: context.deadline() });
  const response = await failing(Exit.Error, revoking, (why) => `failed to revoke lease (${why})`);
  await context.print('leaseRevoke', { id, response });
}

export const command: Command = {
  use: '<leaseID>',
  examples: [
    '$ kvctl lease grant 300',
    'lease 694da1fb14147a0a granted with TTL(300s)',
    '$ kvctl put session/1 alive --lease=694da1fb14147a0a',
    'OK',
    '# Its keys go with it',
    '$ kvctl lease revoke 694da1fb14147a0a',
    'lease 694da1fb14147a0a revoked',
    '$ kvctl get session/1',
  ],
  flags: [],
  run,
};
