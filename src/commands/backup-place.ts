/** What the `backup` commands share: the flags that say where backups are, and failures with their exit code. */
import { tmpdir } from 'node:os';
import type { Target } from '../backup/main.ts';
import type { Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import type { FlagSpec } from './grammar/flags.ts';

export const PLACE_FLAGS: readonly FlagSpec[] = [
  {
    name: 's3-endpoint',
    kind: 'string',
    usage: 'URL of an S3-compatible server (default AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS itself)',
  },
  {
    name: 'work-dir',
    kind: 'string',
    usage:
      'directory for restore tests and for what is on its way to or from a bucket (default the temporary one)',
  },
];

export const RESTORE_TEST_FLAG: FlagSpec = {
  name: 'restore-test',
  kind: 'bool',
  default: true,
  usage: 'restore each backup into a data directory, open that and count what is in it',
};

export const workDirOf = ({ flags }: Context): string => flags.text('work-dir') || tmpdir();

/** @param to a directory or s3://bucket/prefix */
export async function placeOf(context: Context, to: string): Promise<Target> {
  const { openTarget } = await import('../backup/main.ts');
  return expecting(
    openTarget({
      to,
      s3Endpoint: context.flags.text('s3-endpoint'),
      workDir: workDirOf(context),
      env: context.env,
    }),
  );
}

/** A failure that the backup room explains ends the command with its message and exit code 1. */
export async function expecting<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as Error).name === 'BackupError') throw new CommandError(Exit.Error, (error as Error).message);
    throw error;
  }
}
