/**
 * Commands that look into a store, and the ones that carry keys from place to place: what etcdctl does not have. Each is
 * a walk of client/walk with flags in front and a printer behind it. Called by run.ts through the command table.
 *
 * This file: flags and requests that they share.
 */
import type { Client } from '../../client/index.ts';
import type { KeySpan } from '../../client/range.ts';
import type { ReadRange } from '../../client/walk/range-reader.ts';
import { KVService } from '../../core/wire/gen/rpc.ts';
import type { Context } from '../command.ts';
import { badArgs } from '../exit.ts';
import type { FlagReader, FlagSpec } from '../grammar/flags.ts';
import { argumentBytes } from '../io.ts';
import { statusTerminal } from '../terminal.ts';
import { timeoutFromNow } from '../timeouts.ts';

export const SEPARATOR_FLAG: FlagSpec = {
  name: 'separator',
  kind: 'string',
  default: '/',
  usage: 'what ends the name of a group of keys',
};

export const REV_FLAG: FlagSpec = {
  name: 'rev',
  kind: 'int',
  usage: 'read what was there at this revision',
};

/** Formats that can be written row by row, as the rows come. */
const STREAMED = ['simple', 'ndjson'];

export const isStreamed = ({ format }: Context) => STREAMED.includes(format);

export function separatorOf(flags: FlagReader): Uint8Array {
  const separator = argumentBytes(flags.text('separator'));
  if (separator.length === 0) throw badArgs('--separator must not be empty');
  return separator;
}

/** A flag that counts something; 0 where that is allowed means no limit. */
export function countOf(flags: FlagReader, name: string, least = 0): number {
  const value = flags.number(name);
  if (value < least) throw badArgs(`--${name} must be at least ${least}, not ${value}`);
  return value;
}

/** The one prefix that a command takes at most. */
export function prefixArgument({ args, path }: Pick<Context, 'args' | 'path'>): Uint8Array {
  if (args.length > 1) throw badArgs(`${path.at(-1)} takes at most one prefix, not ${args.length} arguments`);
  return argumentBytes(args[0] ?? '');
}

/** A walk is many requests; `--command-timeout` bounds each of them. */
export function readerOf(context: Context, client: Client): ReadRange {
  return (request) => client.call(KVService.range, request, { deadline: timeoutFromNow(context) });
}

/** How many keys there are to go through; asked for only where somebody looks on. */
export async function countToShow(
  read: ReadRange,
  span: KeySpan,
  revision: number,
): Promise<number | undefined> {
  if (statusTerminal() === undefined) return undefined;
  return (await read({ ...span, revision, countOnly: true })).count;
}
