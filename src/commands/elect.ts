/** `kvctl elect`: stands in an election and holds office until a signal, or listens to one. */
import { type Client, election, Session } from '../client/index.ts';
import { KVService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { interruption, raised } from './interrupt.ts';
import { argumentBytes } from './io.ts';

const SESSION_TTL_SECONDS = 60;

async function listen(context: Context, client: Client, name: string): Promise<void> {
  const signal = interruption();
  for await (const response of election.observe(client, name, { signal })) {
    await context.print('get', response);
  }
  if (!signal.aborted) throw new CommandError(Exit.Error, 'elect: observer lost');
}

async function campaign(context: Context, client: Client, name: string, proposal: string): Promise<void> {
  const signal = interruption();
  const session = await Session.open(client, SESSION_TTL_SECONDS);
  try {
    const claim = await election.campaign(session, name, argumentBytes(proposal), { signal });
    await context.print('get', await client.call(KVService.range, { key: claim.key }));
    const expired = await Promise.race([raised(signal).then(() => false), session.done.then(() => true)]);
    if (expired) throw new CommandError(Exit.Error, 'elect: session expired');
    await election.resign(session, claim);
  } finally {
    await session.close().catch(() => undefined);
  }
}

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length !== 1 && args.length !== 2) {
    throw badArgs('elect takes one election name argument and an optional proposal argument');
  }
  const [name, proposal] = args;
  const listening = flags.bool('listen');
  if (proposal === undefined && !listening) throw badArgs('no proposal argument but -l not set');
  if (proposal !== undefined && listening) throw badArgs('proposal given but -l is set');
  const client = await context.client();
  if (proposal === undefined) await listen(context, client, name);
  else await campaign(context, client, name, proposal);
}

export const command: Command = {
  use: '<election-name> [proposal]',
  examples: [
    '$ kvctl elect coordinator node1',
    'coordinator/694da1fb14147a0a',
    'node1',
    '^C',
    '# Who leads?',
    '$ kvctl elect coordinator node2 &',
    '$ kvctl elect coordinator --listen',
    'coordinator/694da1fb14147a0b',
    'node2',
    '^C',
  ],
  flags: [{ name: 'listen', short: 'l', kind: 'bool', usage: 'show the leaders, do not stand' }],
  run,
};
