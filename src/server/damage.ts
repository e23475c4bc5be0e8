/** What to say when the database cannot be trusted, at the start or in the middle of a member's life. */
import type { DataDirPaths } from '../storage/data-dir.ts';
import { DamagedDatabase } from '../storage/lmdb/errors.ts';
import { StartError } from './start-error.ts';

/** The error itself if it is about something else. */
export function explainDamage(error: unknown, { database, root }: DataDirPaths): unknown {
  if (!(error instanceof DamagedDatabase)) return error;
  return new StartError(
    `${database} is damaged, and kvctl does not serve from it: ${error.message}. Nothing was changed. ` +
      `"kvctl check data ${root}" looks for all damage and says what can be done: mostly, restore a snapshot ` +
      'or, in a cluster, remove this member and add it again with an empty directory',
  );
}
