/**
 * Keeping leases alive (api.md 6.5): a renewal each third of the TTL, a new stream after a failure, and an end when
 * the lease is gone or no answer came before it must have expired.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOGUE, Code } from '../core/errors.ts';
import { LeaseKeepAliveRequest, type LeaseKeepAliveResponse, LeaseService } from '../core/wire/gen/rpc.ts';
import type { StreamCall } from './channel.ts';
import type { CallScope, Client } from './client.ts';
import { ContextError, StatusError } from './errors.ts';

/** Pause before another stream is opened. */
const REOPEN_MS = 500;
/** How long the first answer may take. */
const FIRST_ANSWER_MS = 5000;
/** Renewals per TTL. */
const RENEWALS = 3;

type KeepAliveCall = StreamCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse>;

function isRepairable(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    (error.unsent || error.code === Code.Unavailable || error.code === Code.Internal)
  );
}

const signalled = (scope: CallScope): boolean => scope.signal?.aborted ?? false;

/** One renewal. @throws StatusError with etcd's text when the lease is not there. */
export async function keepAliveOnce(
  client: Client,
  id: bigint,
  scope: CallScope = {},
): Promise<LeaseKeepAliveResponse> {
  for (;;) {
    const call = await client.open(LeaseService.leaseKeepAlive, { ...scope, requireLeader: true });
    try {
      call.write(LeaseKeepAliveRequest.create({ ID: id }));
      for await (const response of call) {
        if (response.TTL <= 0) {
          const [code, text] = CATALOGUE.LeaseNotFound;
          throw new StatusError(code, text);
        }
        return response;
      }
    } catch (error) {
      if (scope.deadline !== undefined && Date.now() >= scope.deadline) throw new ContextError('deadline');
      if (!isRepairable(error)) throw error;
      await sleep(REOPEN_MS);
    } finally {
      call.cancel();
    }
  }
}

/** Answers of one stream, the lease renewed after each of them. */
async function* renewals(call: KeepAliveCall, id: bigint, signal: AbortSignal | undefined) {
  call.write(LeaseKeepAliveRequest.create({ ID: id }));
  for await (const response of call) {
    yield response;
    if (response.TTL <= 0) return;
    await sleep((response.TTL * 1000) / RENEWALS, undefined, { signal });
    call.write(LeaseKeepAliveRequest.create({ ID: id }));
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
    const call = await client.open(LeaseService.leaseKeepAlive, { ...scope, requireLeader: true });
    const watchdog = setInterval(() => {
      if (Date.now() >= expiresAt) call.cancel();
    }, REOPEN_MS);
    try {
      for await (const response of renewals(call, id, scope.signal)) {
        if (response.TTL <= 0) return;
        expiresAt = Date.now() + response.TTL * 1000;
        yield response;
      }
    } catch (error) {
      if (signalled(scope)) return;
      if (!isRepairable(error) && Date.now() < expiresAt) throw error;
      await sleep(REOPEN_MS);
    } finally {
      clearInterval(watchdog);
      call.cancel();
    }
  }
}
