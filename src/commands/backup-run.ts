/** `kvctl backup run`: snapshots of a member on a schedule, each checked before it counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backups, Taken } from '../backup/main.ts';
import { formatDuration, formatSize } from '../printer/humanize.ts';
import { PLACE_FLAGS, placeOf, RESTORE_TEST_FLAG, workDirOf } from './backup-place.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { interruption } from './interrupt.ts';
import { type LogLevel, logLine } from './log.ts';
import { atEndpoint } from './one-endpoint.ts';
import { startProgress } from './progress.ts';

const LOG = { logger: 'backup', caller: 'commands/backup-run.ts' };
const MIN_EVERY_MS = 1_000;
/** Silence in the middle of a snapshot for so long is the end of this attempt. */
const STALL_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

interface Plan {
  readonly place: string;
  readonly everyMs: number;
  readonly once: boolean;
  readonly retries: number;
  readonly endpoints: readonly string[];
}

type Say = (level: LogLevel, message: string, fields: Readonly<Record<string, string | number>>) => void;

async function planOf(context: Context): Promise<Plan> {
  const { args, flags } = context;
  if (args.length !== 0)
    throw badArgs(`backup run takes no arguments, got (${args.join(' ')}): give the place with --to`);
  const place = flags.text('to');
  if (place === '') throw badArgs('backup run needs --to <directory or s3://bucket/prefix>');
  const once = flags.bool('once');
  if (once && flags.isSet('every')) throw badArgs('--once and --every exclude each other');
  const everyMs = flags.number('every');
  if (everyMs < MIN_EVERY_MS)
    throw badArgs(`--every ${formatDuration(everyMs * 1e6)} is too often: at least 1s`);
  const { endpoints } = await context.config();
  return { place, everyMs, once, retries: flags.number('retries'), endpoints };
}

/** Each attempt asks the next endpoint. Says whether one went well; why not is logged. */
async function attempts(
  context: Context,
  plan: Plan,
  { backups, say, signal }: { readonly backups: Backups; readonly say: Say; readonly signal: AbortSignal },
): Promise<Taken | undefined> {
  for (let attempt = 0; ; attempt++) {
    const endpoint = plan.endpoints[attempt % plan.endpoints.length];
    try {
      return await atEndpoint(context, endpoint, (client) => backups.take(client, signal));
    } catch (error) {
      if (signal.aborted) return undefined;
      const failed = { endpoint, attempt: attempt + 1, error: (error as Error).message };
      if (attempt >= plan.retries) {
        say('error', 'backup failed', failed);
        return undefined;
      }
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      say('warn', 'backup failed, trying again', { ...failed, 'retry-in': formatDuration(pauseMs * 1e6) });
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }
}

async function run(context: Context): Promise<number> {
  const { flags, io } = context;
  const plan = await planOf(context);
  const { Backups, runOnSchedule } = await import('../backup/main.ts');
  const target = await placeOf(context, plan.place);
  const say: Say = (level, message, fields) => io.warn(logLine(level, LOG, message, fields));
  const signal = interruption();
  let progress = startProgress(io, { label: 'Backup', unit: 'bytes' });
  progress.finish();
  const backups = new Backups({
    target,
    keep: flags.number('keep'),
    restoreIn: flags.bool('restore-test') ? workDirOf(context) : undefined,
    answerMs: flags.number('command-timeout'),
    stallMs: STALL_MS,
    now: () => Date.now(),
    onStep: (message, fields) => say('info', message, fields),
    onProgress: (done, total) => progress.set(done, total),
  });
  const once = async (): Promise<boolean> => {
    const start = performance.now();
    progress = startProgress(io, { label: 'Backup', unit: 'bytes' });
    const taken = await attempts(context, plan, { backups, say, signal }).finally(() => progress.finish());
    if (taken === undefined) return false;
    const { name, bytes, revision, changes, removed } = taken;
    say('info', 'backup saved and verified', {
      place: target.place,
      name,
      revision,
      changes,
      size: formatSize(bytes),
      took: formatDuration((performance.now() - start) * 1e6),
    });
    for (const old of removed) say('info', 'removed old backup', { place: target.place, name: old });
    io.write(`Backup ${name} saved in ${target.place}\n`);
    return true;
  };
  const wentWell = plan.once
    ? await once()
    : await runOnSchedule({
        everyMs: plan.everyMs,
        signal,
        now: () => Date.now(),
        sleep: (ms) => sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined),
        run: once,
        onWaiting: (until) => say('info', 'next backup', { at: new Date(until).toISOString() }),
      });
  if (wentWell) return Exit.Success;
  if (signal.aborted) throw new CommandError(Exit.Interrupted, 'backup interrupted: nothing was kept of it');
  throw new CommandError(Exit.Error, `no backup was saved in ${target.place}`);
}

export const command: Command = {
  use: '--to <directory or s3://bucket/prefix>',
  long: `Takes a backup at once, and then every so often until it is stopped. A backup counts when it has been read back: its
SHA-256, every page, every entry, and a restore. SIGTERM and SIGINT stop it; what was under way is removed. It ends with
0 if the last backup was saved, 1 if not, 5 if it was stopped in the middle of one.

For a bucket AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION are read, as AWS's own tools do.`,
  examples: [
    '# From cron: one, and an exit code',
    '$ kvctl backup run --once --keep 24 --to backups',
    'Backup ... saved in ...backups',
    '# Every hour: kvctl backup run --every 1h --keep 24 --to /var/backups/kvctl',
    '# Into a bucket: kvctl backup run --once --to s3://backups/production --s3-endpoint https://s3.example.com',
  ],
  flags: [
    { name: 'every', kind: 'duration', default: 3_600_000, usage: 'time from one backup to the next' },
    { name: 'keep', kind: 'uint', usage: 'newest backups of the cluster to keep; 0: all' },
    { name: 'once', kind: 'bool', usage: 'take one backup and end' },
    RESTORE_TEST_FLAG,
    { name: 'retries', kind: 'uint', default: 4, usage: 'how often a backup that failed is tried again' },
    { name: 'to', kind: 'string', usage: 'where backups are kept: a directory, or s3://bucket/prefix' },
    ...PLACE_FLAGS,
  ],
  run,
};
