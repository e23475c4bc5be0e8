/**
 * Every limit of an HTTP/2 connection, by name and unit. Those that guard against floods are token buckets: `burst`
 * at once, refilled at `perSecond`; breaking one ends the connection with ENHANCE_YOUR_CALM.
 */
import { defaultWindowBytes, largestWindowBytes } from './constants.ts';

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Http2Limits {
  /** Streams a peer may have open at once on a connection; advertised; more are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /** Receive window of each stream, bytes; advertised. */
  readonly streamWindowBytes: number;
  /** Receive window of the connection, bytes; at least the 65,535 that the protocol begins with. */
  readonly connectionWindowBytes: number;
  /** Decoded header list, bytes with 32 a field; advertised. A larger request is answered with :status 431. */
  readonly maxHeaderListBytes: number;
  /** Header block as it lies in HEADERS and CONTINUATION frames, bytes. */
  readonly maxHeaderBlockBytes: number;
  /** CONTINUATION frames of one header block. */
  readonly maxContinuationFrames: number;
  /** Bytes of answers that may wait for the peer's windows on one connection; beyond, new streams are refused. */
  readonly maxQueuedBytes: number;
  /**
   * Bytes handed to the socket that the peer has not taken. Beyond this no more stream data goes out; beyond twice
   * this nothing more is read, so that answers to a peer that doesn't read cannot pile up.
   */
  readonly maxUnsentBytes: number;
  /** PING and SETTINGS acknowledgements and RST_STREAM frames that the peer has not taken; beyond, it is cut off. */
  readonly maxQueuedControlFrames: number;
  /** Time the peer has to acknowledge our SETTINGS, milliseconds. */
  readonly settingsTimeoutMs: number;
  /** Streams reset within a second of their opening, by the peer or for its faults ("rapid reset"). */
  readonly rapidResets: Rate;
  /** SETTINGS frames. */
  readonly settingsFrames: Rate;
  /** PING frames that want an answer. */
  readonly pings: Rate;
  /** DATA, HEADERS and CONTINUATION frames that carry nothing and end nothing. */
  readonly emptyFrames: Rate;
  /** Frames that we skip: PRIORITY, unknown types, frames on closed streams. */
  readonly ignoredFrames: Rate;
}

export const defaultLimits: Http2Limits = {
  maxConcurrentStreams: 2 ** 32 - 1,
  streamWindowBytes: 1024 * 1024,
  connectionWindowBytes: 16 * 1024 * 1024,
  maxHeaderListBytes: 64 * 1024,
  maxHeaderBlockBytes: 64 * 1024,
  maxContinuationFrames: 16,
  maxQueuedBytes: 256 * 1024 * 1024,
  maxUnsentBytes: 1024 * 1024,
  maxQueuedControlFrames: 10_000,
  settingsTimeoutMs: 10_000,
  rapidResets: { burst: 20_000, perSecond: 2_000 },
  settingsFrames: { burst: 100, perSecond: 10 },
  pings: { burst: 1_000, perSecond: 100 },
  emptyFrames: { burst: 1_000, perSecond: 100 },
  ignoredFrames: { burst: 100_000, perSecond: 20_000 },
};

/** Merges and checks. Throws RangeError for a window the protocol has no number for. */
export function withDefaultLimits(limits: Partial<Http2Limits> = {}): Http2Limits {
  const merged = { ...defaultLimits, ...limits };
  checkWindow('streamWindowBytes', merged.streamWindowBytes, 1);
  checkWindow('connectionWindowBytes', merged.connectionWindowBytes, defaultWindowBytes);
  return merged;
}

function checkWindow(name: string, bytes: number, least: number): void {
  if (bytes < least || bytes > largestWindowBytes) throw new RangeError(`${name} out of range: ${bytes}`);
}

/** A token bucket. Time is milliseconds of any steady clock. */
export class RateLimiter {
  private readonly rate: Rate;
  private tokens: number;
  private filledAt: number;

  constructor(rate: Rate, now: number) {
    this.rate = rate;
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /** Takes one token; false when there is none. */
  take(now: number): boolean {
    if (this.tokens < 1) {
      const gained = ((now - this.filledAt) * this.rate.perSecond) / 1000;
      this.tokens = Math.min(this.rate.burst, this.tokens + gained);
      this.filledAt = now;
      if (this.tokens < 1) return false;
    }
    this.tokens -= 1;
    return true;
  }
}
