/** `kvctl backup verify`: whether the backups in a place can be restored. */
import type { StoredBackup } from '../backup/main.ts';
import { expecting, PLACE_FLAGS, placeOf, RESTORE_TEST_FLAG, workDirOf } from './backup-place.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { interruption } from './interrupt.ts';

function chosen(
  all: readonly StoredBackup[],
  names: readonly string[],
  place: string,
): readonly StoredBackup[] {
  if (names.length === 0) {
    if (all.length === 0) throw new CommandError(Exit.Error, `there is no backup in ${place}`);
    return all;
  }
  return names.map((name) => {
    const found = all.find((backup) => backup.name === name);
    if (!found) throw new CommandError(Exit.Error, `there is no backup ${name} in ${place}`);
    return found;
  });
}

async function run(context: Context): Promise<number> {
  const { args, flags, io } = context;
  const [place, ...names] = args;
  if (place === undefined)
    throw badArgs(
      'backup verify expects <directory or s3://bucket/prefix>, and names of backups if not all are meant',
    );
  const { verifyKept } = await import('../backup/main.ts');
  const target = await placeOf(context, place);
  const signal = interruption();
  const restoreIn = flags.bool('restore-test') ? workDirOf(context) : undefined;
  let bad = 0;
  for (const { name } of chosen(await expecting(target.list()), names, target.place)) {
    try {
      const { revision, changes } = await verifyKept(target, name, { restoreIn, signal });
      io.write(`${name}: good, revision ${revision}, ${changes} changes\n`);
    } catch (error) {
      if (signal.aborted) throw new CommandError(Exit.Interrupted, 'interrupted');
      if ((error as Error).name !== 'BackupError') throw error;
      bad++;
      io.warn((error as Error).message);
    }
  }
  return bad === 0 ? Exit.Success : Exit.Error;
}

export const command: Command = {
  use: '<directory or s3://bucket/prefix> [name ...]',
  long: `Reads backups and says which are good: their SHA-256, every page, every entry, and a restore into a data directory that
is removed afterwards. Ends with 1 if one is not.`,
  examples: [
    '$ kvctl backup run --once --to backups',
    'Backup ... saved in ...backups',
    '$ kvctl backup verify backups',
    '...',
  ],
  flags: [RESTORE_TEST_FLAG, ...PLACE_FLAGS],
  run,
};
