/**
 * When requests are due. Closed loop: as soon as a client is free. Open loop (a rate): request n is due at
 * start + n / rate whether or not a client is free, and its latency counts from then on; a server that stalls is
 * charged for every request that had to wait for it, not for the one it held ("coordinated omission").
 *
 * A timer of Node.js fires up to 2 ms late, which is no fault of the server: a request that a free client could have
 * taken is due when the timer fired, but at most 2 ms after its place in the schedule.
 */

const TIMER_SLACK_MS = 2;

export interface PaceOptions {
  /** Requests a second; 0 is as fast as clients are free. */
  readonly rate: number;
  readonly total: number;
  /** One of several threads that share a schedule: it takes every `stride`th request, from `offset` on. */
  readonly offset?: number;
  readonly stride?: number;
}

export class Pace {
  readonly openLoop: boolean;
  readonly total: number;
  private readonly spacingMs: number;
  private readonly firstMs: number;
  private startedAt = 0;
  private issued = 0;

  constructor({ rate, total, offset = 0, stride = 1 }: PaceOptions) {
    this.openLoop = rate > 0;
    this.total = total;
    this.spacingMs = rate > 0 ? (stride * 1000) / rate : 0;
    this.firstMs = rate > 0 ? (offset * 1000) / rate : 0;
  }

  start(now: number): void {
    this.startedAt = now;
  }

  /** All requests have been taken. */
  get exhausted(): boolean {
    return this.issued >= this.total;
  }

  /** When the next request is due. */
  get nextDue(): number {
    return this.startedAt + this.firstMs + this.issued * this.spacingMs;
  }

  /** May a request be sent now? */
  ready(now: number): boolean {
    return this.issued < this.total && (!this.openLoop || this.nextDue <= now);
  }

  /**
   * Takes the next request; returns the time from which its latency counts. `waited`: it had to wait for a client.
   * Call only if {@link ready}.
   */
  take(now: number, waited: boolean): number {
    const due = this.nextDue;
    this.issued++;
    if (!this.openLoop) return now;
    return waited ? due : Math.min(now, due + TIMER_SLACK_MS);
  }

  /** Requests taken. */
  get taken(): number {
    return this.issued;
  }
}
