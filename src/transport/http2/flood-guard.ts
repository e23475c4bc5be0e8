/** Counts what a peer may do at no cost to itself, and ends the connection when it does too much (limits.ts). */
import { ErrorCode } from './constants.ts';
import { ConnectionError } from './errors.ts';
import { type Http2Limits, RateLimiter } from './limits.ts';

export const floodKinds = ['rapidResets', 'settingsFrames', 'pings', 'emptyFrames', 'ignoredFrames'] as const;
export type FloodKind = (typeof floodKinds)[number];

export class FloodGuard {
  private readonly limits: Http2Limits;
  private readonly buckets: Partial<Record<FloodKind, RateLimiter>> = {};

  constructor(limits: Http2Limits) {
    this.limits = limits;
  }

  /** Counts one. Throws {@link ConnectionError} ENHANCE_YOUR_CALM with the limit's name. */
  count(kind: FloodKind, now: number): void {
    const bucket = (this.buckets[kind] ??= new RateLimiter(this.limits[kind], now));
    if (!bucket.take(now)) throw new ConnectionError(ErrorCode.enhanceYourCalm, `too many: ${kind}`);
  }
}
