/** `kvctl hashkv`: what `endpoint hashkv` would answer of the data in a database file, or in a data directory of kvctl. */
import { statSync } from 'node:fs';
import type { Command, Context } from './command.ts';
import { explain, withFile } from './database-file.ts';
import { CommandError } from './exit.ts';

/** The database in the place of a data directory of kvctl; undefined for any other path. */
async function ownDatabase(path: string): Promise<string | undefined> {
  if (path.endsWith('.mdb')) return path;
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const { dataDirPaths } = await import('../storage/data-dir.ts');
  return dataDirPaths(path).database;
}

async function run(context: Context): Promise<void> {
  const { EtcdDatabase, hashKV, OwnDatabase, verifyPages } = await import('../storage/etcd-data/index.ts');
  const revision = context.flags.number('rev');
  const [path] = context.args;
  const own = await ownDatabase(path);
  if (own === undefined) {
    const hash = await withFile(path, async (file) => {
      const database = await EtcdDatabase.open(file);
      await verifyPages(database);
      return hashKV(database, revision);
    });
    return context.print('fileHash', hash);
  }
  // A member that runs changes the file while it is read.
  const { lockForReading } = await import('../storage/disk/dir-lock.ts');
  const lock =
    own === path ? undefined : await lockForReading(path).catch((e: unknown) => explain(e, 'lock'));
  try {
    // Says so if there is none.
    await withFile(own, async () => {});
    const database = new OwnDatabase(own);
    const hash = await hashKV(database, revision).finally(() => database.close());
    await context.print('fileHash', hash);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    explain(error, 'open');
  } finally {
    await lock?.release();
  }
}

export const command: Command = {
  use: '<filename or data directory>',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    '$ kvctl hashkv backup.db -w json',
    '{"hash":...,"hashRevision":2,"compactRevision":...}',
  ],
  flags: [{ name: 'rev', kind: 'int', usage: 'newest revision to hash; 0: the newest there is' }],
  refuse: (args) => (args.length === 1 ? undefined : `accepts 1 arg(s), received ${args.length}`),
  run,
};
