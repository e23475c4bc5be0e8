/**
 * Backups: snapshots of a member, taken on a schedule, checked after they were written, kept in a directory or in a bucket
 * of an S3-compatible store, and thinned out. Called by the `backup` commands, which load it only when they run.
 *
 * Laws
 * 1. What has a backup's name is whole: the content is written under another name (or as a multipart upload) first.
 * 2. A backup counts when it was read back: its SHA-256, every page, every entry, and a restore into a data directory.
 * 3. Memory is bounded by a part, whatever the database weighs.
 * 4. Nothing is removed that these rules did not name: other files in the same place are left alone.
 */

export { type BackupStep, Backups, type BackupsOptions, type Taken } from './backups.ts';
export { BackupError } from './errors.ts';
export { formatName, type NamedBackup, parseName } from './name.ts';
export { superseded } from './retention.ts';
export { nextSlot, runOnSchedule, type ScheduleOptions } from './schedule.ts';
export { openTarget, type StoredBackup, type Target, type TargetOptions } from './target.ts';
export { type Verified, verifyBackup, verifyKept, verifyStored } from './verify.ts';
