/** A lease that lives as long as its holder: locks and elections hang on one. */
import { LeaseService } from '../core/wire/gen/rpc.ts';
import type { CallScope, Client } from './client.ts';
import { keepAlive } from './lease.ts';

/** Seconds; used when the time asked for is not positive. */
export const DEFAULT_SESSION_TTL = 60;

export class Session {
  readonly client: Client;
  readonly lease: bigint;
  /** Resolves when the lease is no longer kept alive. */
  readonly done: Promise<void>;
  private readonly ttl: number;
  private readonly stop = new AbortController();

  private constructor(client: Client, lease: bigint, ttl: number) {
    this.client = client;
    this.lease = lease;
    this.ttl = ttl;
    this.done = this.keep();
  }

  static async open(client: Client, ttl: number, scope: CallScope = {}): Promise<Session> {
    const seconds = ttl > 0 ? ttl : DEFAULT_SESSION_TTL;
    const granted = await client.call(LeaseService.leaseGrant, { TTL: seconds }, scope);
    return new Session(client, granted.ID, seconds);
  }

  private async keep(): Promise<void> {
    try {
      for await (const _ of keepAlive(this.client, this.lease, { signal: this.stop.signal }));
    } catch {
      // the lease cannot be renewed any more: that is what `done` says
    }
  }

  /** Ends the renewals and the lease, and with it every key that hangs on it. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.client.call(
      LeaseService.leaseRevoke,
      { ID: this.lease },
      { deadline: Date.now() + this.ttl * 1000 },
    );
  }
}
