/** `kvctl lease keep-alive`: once, or until the lease is gone. */
import { keepAlive, keepAliveOnce } from '../client/lease.ts';
import { leaseHex } from '../printer/words.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit, failing } from './exit.ts';
import { leaseId } from './ids.ts';

async function renew(context: Context, id: bigint): Promise<void> {
  for await (const response of keepAlive(await context.client(), id)) {
    await context.print('leaseKeepAlive', response);
  }
  if (context.format === 'simple') context.io.write(`lease ${leaseHex(id)} expired or revoked.\n`);
}

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length !== 1) throw badArgs('lease keep-alive command needs lease ID as argument');
  const id = leaseId(args[0]);
  const client = await context.client();
  if (flags.bool('once')) {
    await context.print('leaseKeepAlive', await failing(Exit.BadConnection, keepAliveOnce(client, id)));
  } else await failing(Exit.BadConnection, renew(context, id));
}

export const command: Command = {
  use: '[options] <leaseID>',
  examples: [
    '$ kvctl lease grant 300',
    'lease 694da1fb14147a0a granted with TTL(300s)',
    '# Until it is stopped',
    '$ kvctl lease keep-alive 694da1fb14147a0a',
    'lease 694da1fb14147a0a keepalived with TTL(300)',
    '^C',
  ],
  flags: [{ name: 'once', kind: 'bool', usage: 'renew the lease once and exit' }],
  run,
};
