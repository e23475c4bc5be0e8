/** What a `watch` line says: key, range end, and a command to run for each event (cli.md 6.6). */

import { type KeySpan, prefixSpan } from '../client/range.ts';
import { badArgs } from './exit.ts';
import type { FlagReader } from './grammar/flags.ts';
import { argumentBytes } from './io.ts';

export interface WatchArguments extends KeySpan {
  readonly exec: readonly string[];
}

/** Key and range end from the environment, empty if not set; they stand in for arguments. */
export interface WatchEnvironment {
  readonly key: string;
  readonly rangeEnd: string;
}

interface Words {
  readonly words: readonly string[];
  readonly exec: readonly string[];
}

function split(args: readonly string[], beforeDash: number | undefined): Words {
  if (beforeDash === undefined) return { words: args, exec: [] };
  const exec = args.slice(beforeDash);
  if (exec.length === 0) throw badArgs('bad number of arguments (found separator --, but no commands)');
  return { words: args.slice(0, beforeDash), exec };
}

function plainWords(words: readonly string[], env: WatchEnvironment): readonly string[] {
  if (env.key === '' && env.rangeEnd !== '') {
    throw badArgs(`ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END="${env.rangeEnd}"`);
  }
  if (env.key === '') {
    if (words.length === 0) throw badArgs('bad number of arguments');
    return words;
  }
  if (words.length > 0) throw badArgs('bad number of arguments (found conflicting environment key)');
  return env.rangeEnd === '' ? [env.key] : [env.key, env.rangeEnd];
}

export function watchRange(words: readonly string[], flags: FlagReader): KeySpan {
  const key = argumentBytes(words[0]);
  const rangeEnd = words.length === 2 ? argumentBytes(words[1]) : undefined;
  if (flags.bool('prefix')) {
    if (rangeEnd !== undefined) throw badArgs('`range_end` and `--prefix` are mutually exclusive');
    return prefixSpan(key);
  }
  return { key, rangeEnd: rangeEnd ?? Buffer.alloc(0) };
}

/** @throws CommandError */
export function watchArguments(
  args: readonly string[],
  flags: FlagReader,
  env: WatchEnvironment,
): WatchArguments {
  const { words, exec } = split(args, flags.beforeDash);
  return { ...watchRange(plainWords(words, env), flags), exec };
}
