/** `kvctl put`: one key. The value may come from stdin, as it is. */
import { KVService, PutRequest } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import { parseInteger, ValueError } from './grammar/values.ts';
import { argumentBytes, type Io } from './io.ts';

export const PUT_FLAGS: readonly FlagSpec[] = [
  { name: 'ignore-lease', kind: 'bool', usage: 'keep the lease that the key has' },
  { name: 'ignore-value', kind: 'bool', usage: 'keep the value that the key has' },
  { name: 'lease', kind: 'string', default: '0', usage: 'lease to attach to the key (hexadecimal id)' },
  { name: 'prev-kv', kind: 'bool', usage: 'show what the key was before' },
];

function leaseOf(flags: FlagReader): bigint {
  try {
    return parseInteger(flags.text('lease'), { base: 16, signed: true });
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw badArgs(`bad lease ID (${error.message}), expecting ID in Hex`);
  }
}

async function valueFor(args: readonly string[], ignoreValue: boolean, io: Io): Promise<Uint8Array> {
  if (ignoreValue) return Buffer.alloc(0);
  if (args.length > 1) return argumentBytes(args[1]);
  const value = await io.readAll();
  if (value.length === 0) throw badArgs('put command needs 1 argument and input from stdin or 2 arguments');
  return value;
}

/** The request of a `put`, also inside a transaction. */
export async function putRequest(args: readonly string[], flags: FlagReader, io: Io): Promise<PutRequest> {
  if (args.length === 0) throw badArgs('put command needs 1 argument and input from stdin or 2 arguments');
  const ignoreValue = flags.bool('ignore-value');
  if (ignoreValue && args.length > 1) {
    throw badArgs("put command needs only 1 argument when 'ignore-value' is set");
  }
  const value = await valueFor(args, ignoreValue, io);
  return PutRequest.create({
    key: argumentBytes(args[0]),
    value,
    lease: leaseOf(flags),
    prevKv: flags.bool('prev-kv'),
    ignoreValue,
    ignoreLease: flags.bool('ignore-lease'),
  });
}

async function run(context: Context): Promise<void> {
  const request = await putRequest(context.args, context.flags, context.io);
  const client = await context.client();
  const response = await client.call(KVService.put, request, { deadline: context.deadline() });
  await context.print('put', response);
}

export const command: Command = {
  use: '[options] <key> <value> (<value> can also be given from stdin)',
  long: `Puts a key.

A value that begins with '-' would be read as a flag; put '--' before it:

  kvctl put <key> -- <value>

A value that is not given is read from stdin, to its last byte:

  kvctl put <key> < file`,
  examples: [
    '$ kvctl put greeting hello',
    'OK',
    '# A value of several lines, or of any bytes, from stdin',
    "$ printf 'one\\ntwo' | kvctl put lines",
    'OK',
    "# A value that begins with '-'",
    '$ kvctl put level -- -1',
    'OK',
    '# What was there before',
    '$ kvctl put greeting goodbye --prev-kv',
    'OK',
    'greeting',
    'hello',
  ],
  completes: ['key'],
  flags: PUT_FLAGS,
  run,
};
