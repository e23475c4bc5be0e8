/** `kvctl snapshot status`: checks a database file and says what is in it. The file is only read. */
import type { Command, Context } from './command.ts';
import { withFile } from './database-file.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 1) throw badArgs('snapshot status requires exactly one argument');
  const { snapshotStatus } = await import('../storage/etcd-data/index.ts');
  const status = await withFile(context.args[0], snapshotStatus);
  if (status.damagedMeta !== undefined)
    context.io.warn(`The file was read from its older state: ${status.damagedMeta.message}`);
  await context.print('snapshotStatus', status);
}

export const command: Command = {
  use: '<filename>',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    '$ kvctl snapshot status backup.db -w json',
    '{"hash":...,"revision":2,"totalKey":...,"totalSize":...,"version":...}',
  ],
  flags: [],
  run,
};
