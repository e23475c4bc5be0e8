/** A lock that its session holds. Fair: contenders get it in the order in which they came. */
import { KVService } from '../core/wire/gen/rpc.ts';
import type { CallScope } from './client.ts';
import { ContextError } from './errors.ts';
import { type Claim, claim, release, untilOldest } from './ownership.ts';
import type { Session } from './session.ts';

/** The session ended while it waited for the lock. */
export class SessionExpiredError extends Error {
  override name = 'SessionExpiredError';
  constructor() {
    super('mutex: session is expired');
  }
}

const NO_VALUE: Uint8Array = Buffer.alloc(0);

/** Resolves when the lock is ours; the claim's key proves it. Gives up our place when the caller does. */
export async function lock(session: Session, name: string, scope: CallScope = {}): Promise<Claim> {
  const claimed = await claim(session, name, NO_VALUE, scope);
  if (claimed.owned) return claimed;
  try {
    await untilOldest(session, `${name}/`, claimed.revision, scope);
    if (scope.signal?.aborted === true) throw new ContextError('canceled');
  } catch (error) {
    await release(session, claimed.key);
    throw error;
  }
  const mine = await session.client.call(KVService.range, { key: claimed.key }, scope);
  if (mine.kvs.length === 0) throw new SessionExpiredError();
  return { ...claimed, header: mine.header };
}

export async function unlock(session: Session, claimed: Claim): Promise<void> {
  await release(session, claimed.key);
}
