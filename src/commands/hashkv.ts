/** `kvctl hashkv`: what `endpoint hashkv` would answer of the data in a database file. */
import type { Command, Context } from './command.ts';
import { withFile } from './database-file.ts';
import { exactArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<void> {
  const { EtcdDatabase, hashKV, verifyPages } = await import('../storage/etcd-data/index.ts');
  const hash = await withFile(context.args[0], async (file) => {
    const database = await EtcdDatabase.open(file);
    await verifyPages(database);
    return hashKV(database, context.flags.number('rev'));
  });
  await context.print('fileHash', hash);
}

export const command: Command = {
  use: '<filename>',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    "# The hash that 'endpoint hashkv' told of the member",
    '$ kvctl hashkv backup.db',
    '..., 2, ...',
  ],
  flags: [{ name: 'rev', kind: 'int', usage: 'newest revision to hash; 0: the newest there is' }],
  refuse: exactArgs(1),
  run,
};
