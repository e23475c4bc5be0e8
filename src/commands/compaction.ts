/** `kvctl compaction`: drops what was before a revision. */
import { KVService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { decimal, failed } from './ids.ts';
import { timeoutFromNow } from './timeouts.ts';

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 1) throw badArgs('compaction command needs 1 argument');
  const revision = decimal(args[0], failed);
  const client = await context.client();
  const request = { revision, physical: flags.bool('physical') };
  await client.call(KVService.compact, request, { deadline: timeoutFromNow(context) });
  io.write(`compacted revision ${revision}\n`);
}

export const command: Command = {
  use: '[options] <revision>',
  examples: [
    '$ kvctl put greeting hello',
    'OK',
    '$ kvctl put greeting goodbye',
    'OK',
    '# Forget what was there before revision 3',
    '$ kvctl compaction 3',
    'compacted revision 3',
    '$ kvctl get greeting --rev=2',
    'Error: etcdserver: mvcc: required revision has been compacted',
  ],
  flags: [{ name: 'physical', kind: 'bool', usage: 'wait until the old revisions are gone from the disk' }],
  run,
};
