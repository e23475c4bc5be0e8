/** `kvctl backup prune`: removes all backups but the newest. */
import { expecting, PLACE_FLAGS, placeOf } from './backup-place.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 1) throw badArgs('backup prune expects one argument <directory or s3://bucket/prefix>');
  const keep = flags.number('keep');
  if (keep < 1) throw badArgs('backup prune needs --keep, at least 1');
  const { superseded } = await import('../backup/main.ts');
  const target = await placeOf(context, args[0]);
  const isDry = flags.bool('dry-run');
  for (const { name } of superseded(await expecting(target.list()), keep)) {
    if (!isDry) await expecting(target.remove(name));
    io.write(`${isDry ? 'Would remove' : 'Removed'} ${name}\n`);
  }
}

export const command: Command = {
  use: '<directory or s3://bucket/prefix> --keep <n>',
  long: 'Removes all backups of each cluster but the newest. What is not named as kvctl names its backups is left alone.',
  examples: [
    '$ kvctl backup run --once --to backups',
    'Backup ... saved in ...backups',
    '# Keep the newest one of each cluster',
    '$ kvctl backup prune backups --keep 1',
    '...',
  ],
  flags: [
    { name: 'dry-run', kind: 'bool', usage: 'only say what would be removed' },
    { name: 'keep', kind: 'uint', usage: 'newest backups of each cluster to keep' },
    ...PLACE_FLAGS,
  ],
  run,
};
