/** Keys and ranges of `get`, `del` and `watch` as the command line gives them (cli.md 6.1). */
import { type KeySpan, NO_END, prefixSpan } from '../client/range.ts';
import { badArgs } from './exit.ts';
import type { FlagReader } from './grammar/flags.ts';
import { argumentBytes } from './io.ts';

const NOTHING: Uint8Array = Buffer.alloc(0);
const FIRST_KEY: Uint8Array = Buffer.of(0);

export function fromKeyRange(key: Uint8Array): KeySpan {
  return { key: key.length === 0 ? FIRST_KEY : key, rangeEnd: NO_END };
}

/** `args` are one key and at most one range end; the flags `prefix` and `from-key` say how far the range goes. */
export function keyRange(args: readonly string[], flags: FlagReader): KeySpan {
  const prefix = flags.bool('prefix');
  const fromKey = flags.bool('from-key');
  if (prefix && fromKey) {
    throw badArgs('`--prefix` and `--from-key` cannot be set at the same time, choose one');
  }
  const key = argumentBytes(args[0]);
  if (args.length > 1) {
    if (prefix || fromKey) {
      throw badArgs('too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
    }
    return { key, rangeEnd: argumentBytes(args[1]) };
  }
  if (prefix) return prefixSpan(key);
  return fromKey ? fromKeyRange(key) : { key, rangeEnd: NOTHING };
}
