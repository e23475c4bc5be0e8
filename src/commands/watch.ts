/** `kvctl watch`: prints changes as they happen, or runs a command for each; `-i` reads watches from stdin. */
import { type Watch, Watcher, type WatchMessage } from '../client/watch.ts';
import { CATALOGUE } from '../core/errors.ts';
import { quote, quoteBytes } from '../printer/quote.ts';
import { EVENT_NAMES } from '../printer/words.ts';
import { runChild } from './child.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { type FlagReader, FlagSet, type FlagSpec, UsageError } from './grammar/flags.ts';
import { type WatchArguments, watchArguments } from './watch-arguments.ts';
import { splitWords } from './words.ts';

const WATCH_FLAGS: readonly FlagSpec[] = [
  { name: 'interactive', short: 'i', kind: 'bool', usage: 'read watches from stdin' },
  { name: 'prefix', kind: 'bool', usage: 'watch all keys that begin with this' },
  { name: 'prev-kv', kind: 'bool', usage: 'show what the key was before' },
  { name: 'progress-notify', kind: 'bool', usage: 'have the server say now and then how far it is' },
  { name: 'rev', kind: 'int', usage: 'first revision to show' },
];

/** Why the server ended the watch. */
function cancelReason({ compactRevision, cancelReason }: WatchMessage): string {
  if (compactRevision !== 0) return CATALOGUE.Compacted[1];
  return cancelReason === '' ? CATALOGUE.FutureRev[1] : cancelReason;
}

async function runForEvents(context: Context, message: WatchMessage, exec: readonly string[]) {
  for (const event of message.events) {
    const env = {
      ...context.env,
      ETCD_WATCH_REVISION: String(message.header?.revision ?? 0),
      ETCD_WATCH_EVENT_TYPE: quote(EVENT_NAMES[event.type] ?? ''),
      ETCD_WATCH_KEY: quoteBytes(event.kv?.key ?? Buffer.alloc(0)),
      ETCD_WATCH_VALUE: quoteBytes(event.kv?.value ?? Buffer.alloc(0)),
    };
    const { failure } = await runChild(exec, env);
    if (failure === undefined) continue;
    context.io.warn(`command [${exec.map(quote).join(' ')}] error (${failure})`);
    throw new CommandError(Exit.Error, '');
  }
}

const isProgress = (message: WatchMessage) =>
  message.events.length === 0 && !message.canceled && message.compactRevision === 0;

/** Shows what comes until the server ends the watch. */
async function follow(context: Context, watch: Watch, exec: readonly string[]): Promise<void> {
  for await (const message of watch) {
    if (message.canceled) context.io.warn(`watch was canceled (${cancelReason(message)})`);
    if (isProgress(message)) context.io.write(`progress notify: ${message.header?.revision ?? 0}\n`);
    await context.print('watch', message);
    if (exec.length > 0) await runForEvents(context, message, exec);
  }
}

function start(watcher: Watcher, { key, rangeEnd }: WatchArguments, flags: FlagReader): Watch {
  return watcher.watch({
    key,
    rangeEnd,
    startRevision: Math.max(flags.number('rev'), 0),
    prevKv: flags.bool('prev-kv'),
    progressNotify: flags.bool('progress-notify'),
  });
}

/** One line of `watch -i`. Lines that make no sense are told and passed over; others end the command. */
function startFromLine(context: Context, watcher: Watcher, line: string): Promise<void> | undefined {
  const refuse = (why: string): undefined => {
    context.io.warn(`Invalid command ${line} (${why})`);
  };
  const words = splitWords(line);
  if (words.length === 0) {
    context.io.warn('Invalid command:  (watch and progress supported)');
    return undefined;
  }
  if (words[0] === 'progress') {
    watcher.requestProgress();
    return undefined;
  }
  if (words[0] !== 'watch') return refuse('only support watch');
  const flags = new FlagSet(WATCH_FLAGS);
  let args: string[];
  try {
    args = flags.parse(words.slice(1));
  } catch (error) {
    if (error instanceof UsageError) throw badArgs(error.message);
    throw error;
  }
  if (args.length === 0) return refuse('command type or key is not provided');
  let parsed: WatchArguments;
  try {
    parsed = watchArguments(args, flags, { key: '', rangeEnd: '' });
  } catch (error) {
    if (!(error instanceof CommandError) || flags.beforeDash === args.length) throw error;
    return refuse(error.message);
  }
  return follow(context, start(watcher, parsed, flags), parsed.exec);
}

function interactive(context: Context, watcher: Watcher): Promise<never> {
  return new Promise((_, reject) => {
    const read = async (): Promise<never> => {
      for (;;) {
        const line = await context.io.readLine();
        if (line === undefined) {
          throw new CommandError(Exit.InvalidInput, 'error reading watch request line: EOF');
        }
        startFromLine(context, watcher, line.trim())?.catch(reject);
      }
    };
    read().catch(reject);
  });
}

async function run(context: Context): Promise<void> {
  const { args, flags, env } = context;
  const variables = {
    key: env.ETCDCTL_WATCH_KEY ?? '',
    rangeEnd: env.ETCDCTL_WATCH_RANGE_END ?? '',
  };
  const isInteractive = flags.bool('interactive');
  const parsed = isInteractive ? undefined : watchArguments(args, flags, variables);
  const watcher = new Watcher(await context.client(), { requireLeader: true });
  if (parsed === undefined) return interactive(context, watcher);
  await follow(context, start(watcher, parsed, flags), parsed.exec);
  throw new CommandError(Exit.Interrupted, 'watch is canceled by the server');
}

export const command: Command = {
  use: '[options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]',
  examples: [
    '# What has happened to a key from revision 2 on',
    '$ kvctl put greeting hello',
    'OK',
    '$ kvctl watch greeting --rev=2',
    'PUT',
    'greeting',
    'hello',
    '^C',
    '# A command for each change',
    "$ kvctl watch greeting --rev=2 -- sh -c 'echo changed: $ETCD_WATCH_KEY'",
    'PUT',
    'greeting',
    'hello',
    'changed: "greeting"',
    '^C',
  ],
  completes: ['key', 'key'],
  flags: WATCH_FLAGS,
  run,
};
