/** Keys and ranges of `get`, `del` and `watch` as the command line gives them (cli.md 6.1). */
import { NO_END, prefixEnd } from '../client/range.ts';
import { badArgs } from './exit.ts';
import type { FlagReader } from './grammar/flags.ts';
import { argumentBytes } from './io.ts';

export interface KeyRange {
  readonly key: Uint8Array;
  /** Empty: this key only. One zero byte: no end. */
  readonly rangeEnd: Uint8Array;
}

const NOTHING: Uint8Array = Buffer.alloc(0);
const FIRST_KEY: Uint8Array = Buffer.of(0);

export function prefixRange(key: Uint8Array): KeyRange {
  return key.length === 0 ? { key: FIRST_KEY, rangeEnd: NO_END } : { key, rangeEnd: prefixEnd(key) };
}

export function fromKeyRange(key: Uint8Array): KeyRange {
  return { key: key.length === 0 ? FIRST_KEY : key, rangeEnd: NO_END };
}

/** `args` are one key and at most one range end; the flags `prefix` and `from-key` say how far the range goes. */
export function keyRange(args: readonly string[], flags: FlagReader): KeyRange {
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
  if (prefix) return prefixRange(key);
  return fromKey ? fromKeyRange(key) : { key, rangeEnd: NOTHING };
}
