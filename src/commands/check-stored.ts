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
    'kvctl check data /var/lib/kvctl/default.etcd',
    '',
    '# A snapshot, a data directory of etcd, a segment of a log',
    'kvctl check data /backup/snapshot.db',
    'kvctl check data /var/lib/etcd',
    'kvctl check data /var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal',
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
