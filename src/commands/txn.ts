/** `kvctl txn`: comparisons and two lists of requests, read from stdin, done in one step. */
import { KVService, RequestOp, TxnRequest } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { parseComparison } from './comparison.ts';
import { DEL_FLAGS, deleteRequest } from './del.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { GET_FLAGS, rangeRequest } from './get.ts';
import { FlagSet, type FlagSpec, UsageError } from './grammar/flags.ts';
import type { Io } from './io.ts';
import { PUT_FLAGS, putRequest } from './put.ts';
import { splitWords } from './words.ts';

const FLAGS: readonly FlagSpec[] = [
  { name: 'interactive', short: 'i', kind: 'bool', usage: 'ask for each part of the transaction' },
];

interface Verb {
  readonly name: string;
  readonly flags: readonly FlagSpec[];
  read(args: readonly string[], flags: FlagSet, io: Io): Promise<Partial<RequestOp>>;
}

const VERBS: readonly Verb[] = [
  {
    name: 'put',
    flags: PUT_FLAGS,
    read: async (args, flags, io) => ({ requestPut: await putRequest(args, flags, io) }),
  },
  {
    name: 'get',
    flags: GET_FLAGS,
    read: async (args, flags) => ({ requestRange: rangeRequest(args, flags) }),
  },
  {
    name: 'del',
    flags: DEL_FLAGS,
    read: async (args, flags, io) => ({ requestDeleteRange: await deleteRequest(args, flags, io) }),
  },
];

const bad = (message: string) => new CommandError(Exit.InvalidInput, message);

/** The lines of one part, up to an empty one, each parsed as it comes. */
async function part<T>(io: Io, parse: (line: string) => T | Promise<T>): Promise<T[]> {
  const parsed: T[] = [];
  for (;;) {
    const line = await io.readLine();
    if (line === undefined) throw bad('EOF');
    const text = line.trim();
    if (text === '') return parsed;
    parsed.push(await parse(text));
  }
}

async function parseOperation(line: string, io: Io): Promise<RequestOp> {
  const words = splitWords(line);
  if (words.length < 2) throw bad(`invalid txn compare request: ${line}`);
  const verbs = VERBS.filter((verb) => verb.name.startsWith(words[0]));
  if (verbs.length !== 1) throw bad(`invalid txn request: ${line}`);
  const flags = new FlagSet(verbs[0].flags);
  let args: string[];
  try {
    args = flags.parse(words.slice(1));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.warn(`Error: ${error.message}`);
    throw bad(`invalid txn request: ${line}`);
  }
  return RequestOp.create(await verbs[0].read(args, flags, io));
}

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length > 0) throw badArgs('txn command does not accept argument');
  const client = await context.client();
  const prompt = (text: string) => {
    if (flags.bool('interactive')) io.write(`${text}\n`);
  };
  prompt('compares:');
  const compare = await part(io, parseComparison);
  prompt('success requests (get, put, del):');
  const success = await part(io, (line) => parseOperation(line, io));
  prompt('failure requests (get, put, del):');
  const failure = await part(io, (line) => parseOperation(line, io));
  const request = TxnRequest.create({ compare, success, failure });
  await context.print('txn', await client.call(KVService.txn, request));
}

export const command: Command = {
  use: '[options]',
  long: `Reads a transaction from stdin and does it in one step.

It has three parts, each ended by an empty line: conditions, the requests to do if
all of them hold, and the requests to do if one of them does not.

  mod("key1") > "0"

  put key1 "it was there"

  put key1 "it is new"
  put key2 "and so is this"

Conditions compare ver, create, mod or val of a key with =, !=, < or >.`,
  examples: [
    '# Take a job, unless somebody else has it',
    "$ kvctl txn <<'END'",
    '> mod("job/1/owner") = "0"',
    '>',
    '> put job/1/owner me',
    '>',
    '> get job/1/owner',
    '>',
    '> END',
    'SUCCESS',
    '',
    'OK',
  ],
  flags: FLAGS,
  run,
};
