/**
 * Keeping leases alive (api.md 6.5): a renewal each third of the TTL, a new stream after a failure, and an end when
 * the lease is gone or no answer came before it must have expired.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOGUE, Code } from '../core/errors.ts';
import { LeaseKeepAliveRequest, type LeaseKeepAliveResponse, LeaseService } from '../core/wire/gen/rpc.ts';
import type { CallScope, Client } from './client.ts';
import { ContextError, isStatusError, StatusError } from './errors.ts';

/** Pause before another stream is opened. */
const REOPEN_MS = 500;
/** How often it is checked whether the lease must have expired, or is no longer wanted. */
const WATCHDOG_MS = 250;
/** How long the first answer may take. */
const FIRST_ANSWER_MS = 5000;
/** Renewals per TTL. */
const RENEWALS = 3;

function isRepairable(error: unknown): boolean {
  return (
    isStatusError(error) && (error.unsent || error.code === Code.Unavailable || error.code === Code.Internal)
  );
}

const signalled = (scope: CallScope): boolean => scope.signal?.aborted ?? false;

async function* renewals(
  client: Client,
  id: bigint,
  scope: CallScope,
): AsyncGenerator<LeaseKeepAliveResponse, void> {
  const call = await client.open(LeaseService.leaseKeepAlive, { ...scope, requireLeader: true });
  const renew = () => call.write(LeaseKeepAliveRequest.create({ ID: id }));
  let timer: NodeJS.Timeout | undefined;
  try {
    renew();
    for await (const response of call) {
      timer = setTimeout(renew, (Math.max(1, response.TTL) * 1000) / RENEWALS);
      yield response;
    }
  } finally {
    clearTimeout(timer);
    call.cancel();
  }
}

/** One renewal. @throws StatusError with etcd's text when the lease is not there. */
export async function keepAliveOnce(
  client: Client,
  id: bigint,
  scope: CallScope = {},
): Promise<LeaseKeepAliveResponse> {
  for (;;) {
    try {
      for await (const response of renewals(client, id, scope)) {
        if (response.TTL > 0) return response;
        const [code, text] = CATALOGUE.LeaseNotFound;
        throw new StatusError(code, text);
      }
    } catch (error) {
      if (scope.deadline !== undefined && Date.now() >= scope.deadline) throw new ContextError('deadline');
      if (!isRepairable(error)) throw error;
    }
    await sleep(REOPEN_MS);
  }
}

/** Renews until the lease is gone; then the iteration ends. Ends by an error only for what no new stream repairs. */
export async function* keepAlive(
  client: Client,
  id: bigint,
  scope: CallScope = {},
): AsyncGenerator<LeaseKeepAliveResponse, void> {
  let expiresAt = Date.now() + FIRST_ANSWER_MS;
  while (Date.now() < expiresAt && !signalled(scope)) {
    const patience = new AbortController();
    const watchdog = setInterval(() => {
      if (Date.now() >= expiresAt || signalled(scope)) patience.abort();
    }, WATCHDOG_MS);
    try {
      for await (const response of renewals(client, id, { ...scope, signal: patience.signal })) {
        if (response.TTL <= 0) return;
        expiresAt = Date.now() + response.TTL * 1000;
        yield response;
        if (signalled(scope)) return;
      }
    } catch (error) {
      if (patience.signal.aborted) return;
      if (!isRepairable(error)) throw error;
    } finally {
      clearInterval(watchdog);
    }
    await sleep(REOPEN_MS);
  }
}
