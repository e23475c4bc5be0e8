/** `kvctl backup list`: the backups in a place, oldest first. */
import { formatSize } from '../printer/humanize.ts';
import { expecting, PLACE_FLAGS, placeOf } from './backup-place.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args, format, io } = context;
  if (args.length !== 1) throw badArgs('backup list expects one argument <directory or s3://bucket/prefix>');
  if (format !== 'simple' && format !== 'json')
    throw new CommandError(Exit.BadFeature, `${format} not supported as output format`);
  const target = await placeOf(context, args[0]);
  const backups = await expecting(target.list());
  const rows = backups.map(({ name, bytes, clusterId, time, revision }) => ({
    name,
    time: new Date(time).toISOString(),
    cluster: clusterId.toString(16),
    revision,
    bytes,
  }));
  if (format === 'json') return io.write(`${JSON.stringify(rows)}\n`);
  for (const { name, time, revision, bytes } of rows)
    io.write(`${name}, ${time}, ${revision}, ${formatSize(bytes)}\n`);
}

export const command: Command = {
  use: '<directory or s3://bucket/prefix>',
  long: 'Lists the backups in a place, oldest first: name, time, revision, size.',
  examples: [
    '$ kvctl backup run --once --to backups',
    'Backup ... saved in ...backups',
    '$ kvctl backup list backups',
    '...-r...',
  ],
  flags: PLACE_FLAGS,
  run,
};
