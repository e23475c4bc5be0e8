/** Ranges of `role grant-permission` and `role revoke-permission` (cli.md 10.3). */

import type { KeySpan } from '../client/range.ts';
import { NO_END, prefixEnd } from '../client/range.ts';
import { badArgs } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import { argumentBytes } from './io.ts';

const FIRST_KEY: Uint8Array = Buffer.of(0);

export function permissionFlags(verb: string): readonly FlagSpec[] {
  return [
    { name: 'from-key', kind: 'bool', usage: `${verb} this key and all keys behind it, in byte order` },
    { name: 'prefix', kind: 'bool', usage: `${verb} all keys that begin with this` },
  ];
}

/** `args` are a key and at most one range end; further ones are ignored. */
export function permissionRange(args: readonly string[], flags: FlagReader): KeySpan {
  const prefix = flags.bool('prefix');
  const fromKey = flags.bool('from-key');
  if (prefix && fromKey) throw badArgs('--from-key and --prefix flags are mutually exclusive');
  if (args.length > 1) {
    if (prefix) throw badArgs('unexpected endkey argument with --prefix flag');
    if (fromKey) throw badArgs('unexpected endkey argument with --from-key flag');
    return { key: argumentBytes(args[0]), rangeEnd: argumentBytes(args[1]) };
  }
  const typed = argumentBytes(args[0]);
  const key = typed.length === 0 ? FIRST_KEY : typed;
  if (fromKey) return { key, rangeEnd: NO_END };
  if (prefix) return { key, rangeEnd: typed.length === 0 ? NO_END : prefixEnd(key) };
  return { key, rangeEnd: Buffer.alloc(0) };
}
