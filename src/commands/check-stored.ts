/** `kvctl check data`: verifies a data directory or a file of kvctl or etcd, and says what can be done. Changes nothing. */
import type { Command, Context } from './command.ts';
import { explain } from './database-file.ts';
import { badArgs, CommandError, Exit } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 1) throw badArgs('check data requires exactly one argument');
  const { checkPath } = await import('../storage/check/index.ts');
  const report = await checkPath(context.args[0], context.flags.text('wal-dir')).catch((error: unknown) =>
    explain(error, 'open'),
  );
  await context.print('checkData', report);
  if (report.findings.some(({ severity }) => severity === 'damage')) throw new CommandError(Exit.Error, '');
}

export const command: Command = {
  use: '<directory or file>',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    '# A snapshot, a database, a log, or the whole directory of a member that is stopped',
    '$ kvctl check data backup.db',
    'backup.db: snapshot',
    '  sha256: matches',
    '...',
    '  keys: 1',
    '...',
    'No damage found.',
  ],
  flags: [
    {
      name: 'wal-dir',
      kind: 'string',
      usage: 'directory of the write-ahead log (default inside the data dir)',
    },
  ],
  run,
};
