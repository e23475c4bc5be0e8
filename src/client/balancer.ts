/**
 * The channel to a cluster: round robin over the links that are connected. Calls wait for a connection until their
 * deadline ("wait for ready"), so a dead endpoint costs nothing while another one lives, and a cluster that is down
 * costs the caller its own deadline and no more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Code } from '../core/errors.ts';
import type { MethodDescriptor } from '../core/wire/codec.ts';
import type { CallOptions, Channel, Link, StreamCall } from './channel.ts';
import { ContextError, StatusError } from './errors.ts';

/** Pause between two looks at links that all fail to connect, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 250;

export class BalancedChannel implements Channel {
  private readonly links: readonly Link[];
  private next = 0;

  constructor(links: readonly Link[]) {
    this.links = links;
  }

  get endpoints(): readonly string[] {
    return this.links.map((link) => link.endpoint);
  }

  /**
   * The next connected link in turn; the only link there is, whatever its state; else undefined. Links that have been
   * lost are connected anew meanwhile, so that an endpoint that comes back is used again.
   */
  private pick(): Link | undefined {
    const count = this.links.length;
    if (count === 1) return this.links[0];
    for (const link of this.links) if (link.state() === 'idle') link.connect();
    for (let i = 0; i < count; i++) {
      const at = (this.next + i) % count;
      if (this.links[at].state() !== 'ready') continue;
      this.next = at + 1;
      return this.links[at];
    }
    return undefined;
  }

  /** Starts all links and resolves when any of them changes, or at the deadline. */
  private anyChange(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      for (const link of this.links) {
        link.connect();
        link.onChange(link.state(), deadline, resolve);
      }
    });
  }

  private async ready(deadline: number): Promise<Link> {
    for (;;) {
      const link = this.pick();
      if (link !== undefined) return link;
      if (Date.now() >= deadline) throw new StatusError(Code.DeadlineExceeded, 'context deadline exceeded');
      await this.anyChange(deadline);
    }
  }

  /** Tries `call` on a link until it was at least sent. */
  private async waitForReady<T>(options: CallOptions, call: (link: Link) => Promise<T>): Promise<T> {
    let pause = FIRST_PAUSE_MS;
    let reason: string | undefined;
    for (;;) {
      if (Date.now() >= options.deadline) throw expired(reason);
      const link = this.pick() ?? (await this.ready(options.deadline));
      try {
        return await call(link);
      } catch (error) {
        if (!(error instanceof StatusError) || !error.unsent) throw error;
        reason = error.details;
      }
      const left = options.deadline - Date.now();
      await sleep(Math.min(pause, Math.max(0, left)), undefined, { signal: options.signal }).catch(() => {
        throw new ContextError('canceled');
      });
      pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    }
  }

  unary<Req, Res>(method: MethodDescriptor<Req, Res>, request: Req, options: CallOptions): Promise<Res> {
    return this.waitForReady(options, (link) => link.unary(method, request, options));
  }

  stream<Req, Res>(method: MethodDescriptor<Req, Res>, options: CallOptions): Promise<StreamCall<Req, Res>> {
    return this.waitForReady(options, (link) => link.stream(method, options));
  }

  close(): void {
    for (const link of this.links) link.close();
  }
}

function expired(reason: string | undefined): StatusError {
  const details =
    reason === undefined
      ? 'context deadline exceeded'
      : `latest balancer error: connection error: desc = "transport: Error while dialing: ${reason}"`;
  return new StatusError(Code.DeadlineExceeded, details);
}
