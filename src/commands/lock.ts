/** `kvctl lock`: holds a lock until a signal, or while a command runs. */
import { lock, Session, unlock } from '../client/index.ts';
import type { Claim } from '../client/ownership.ts';
import { KVService } from '../core/wire/gen/rpc.ts';
import { runChild } from './child.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import { interruption, raised } from './interrupt.ts';

/** Variables of our own come first: what the environment already has wins, as in etcdctl. */
function childEnvironment(context: Context, claim: Claim): NodeJS.ProcessEnv {
  return {
    ETCD_LOCK_KEY: Buffer.from(claim.key).toString('utf8'),
    ETCD_LOCK_REV: String(claim.header?.revision ?? 0),
    ...context.env,
  };
}

async function runUnderLock(context: Context, session: Session, claim: Claim): Promise<number> {
  const { code, failure } = await runChild(context.args.slice(1), childEnvironment(context, claim));
  await unlock(session, claim);
  if (failure !== undefined) context.io.warn(`Error: ${failure}`);
  return code;
}

async function hold(context: Context, session: Session, claim: Claim, stop: AbortSignal): Promise<void> {
  const client = await context.client();
  const response = await client.call(KVService.range, { key: claim.key });
  if (response.kvs.length === 0) throw new CommandError(Exit.Error, 'lock lost on init');
  await context.print('get', response);
  const expired = await Promise.race([raised(stop).then(() => false), session.done.then(() => true)]);
  if (expired) throw new CommandError(Exit.Error, 'session expired');
  await unlock(session, claim);
}

async function run(context: Context): Promise<number> {
  const { args, flags } = context;
  if (args.length === 0) {
    throw badArgs('lock takes a lock name argument and an optional command to execute');
  }
  const client = await context.client();
  const stop = interruption();
  const session = await Session.open(client, flags.number('ttl'));
  try {
    const claim = await lock(session, args[0], { signal: stop });
    if (args.length > 1) return await runUnderLock(context, session, claim);
    await hold(context, session, claim, stop);
    return Exit.Success;
  } finally {
    await session.close().catch(() => undefined);
  }
}

export const command: Command = {
  use: '<lockname> [exec-command arg1 arg2 ...]',
  examples: [
    '# One at a time, whatever happens to the others',
    '$ kvctl lock backup -- echo done',
    'done',
    '# Until it is stopped',
    '$ kvctl lock backup',
    'backup/694da1fb14147a0a',
    '',
    '^C',
  ],
  flags: [
    { name: 'ttl', kind: 'int', default: 10, usage: 'seconds after which a lost holder loses the lock' },
  ],
  run,
};
