/**
 * The Watch service: one bidirectional stream carries any number of watches (watch/stream.ts). This file opens the
 * streams, keeps count of them, and hands them what concerns all: time, the loss of the leader, the end of the server.
 */
import { ERR } from '../core/errors.ts';
import type { WatchHub } from '../core/watch/index.ts';
import { WatchService as WatchDescriptor, WatchRequest, WatchResponse } from '../core/wire/gen/rpc.ts';
import type { CallContext, DuplexCall, DuplexMethod, Status } from './method.ts';
import { type HeaderSource, Headers } from './watch/response.ts';
import { WatchStream } from './watch/stream.ts';

/** The part of a member that watches need; `ServiceNode` has this shape. */
export interface WatchNode extends HeaderSource {
  readonly hub: WatchHub;
  /** 0n: none is known. */
  leader(): bigint;
}

export interface WatchServiceOptions {
  readonly node: WatchNode;
  /** --max-request-bytes. */
  readonly maxRequestBytes: number;
  /** Milliseconds between periodic progress replies of a new stream: --watch-progress-notify-interval and its jitter. */
  readonly progressIntervalMs: () => number;
  /** May the caller read this range? The text of the refusal (`rpc error: code = ...`), or undefined. */
  readonly permit?: (context: CallContext, key: Uint8Array, rangeEnd: Uint8Array) => string | undefined;
}

interface OpenStream {
  readonly call: DuplexCall<WatchRequest>;
  readonly stream: WatchStream;
  /** The caller asked not to be left on a member that has lost its leader. */
  readonly needsLeader: boolean;
}

export class WatchService {
  readonly #options: WatchServiceOptions;
  readonly #headers: Headers;
  readonly #open = new Set<OpenStream>();
  #now = 0;

  readonly method: DuplexMethod<WatchRequest, WatchResponse> = {
    kind: 'bidi',
    path: WatchDescriptor.watch.path,
    decode: WatchRequest.decode,
    encode: WatchResponse.encode,
    handler: (call) => this.#accept(call),
  };

  constructor(options: WatchServiceOptions) {
    this.#options = options;
    this.#headers = new Headers(options.node);
  }

  /** Number of open streams. */
  get streams(): number {
    return this.#open.size;
  }

  /** Periodic progress. Called about every 100 ms with milliseconds that never go back. */
  tick(now: number): void {
    this.#now = now;
    for (const { stream } of this.#open) stream.tick(now);
  }

  /** The member has been without a leader for too long: ends the streams that asked for one. */
  leaderLost(): void {
    for (const open of this.#open) if (open.needsLeader) this.#end(open, ERR.NoLeader);
  }

  /** Ends all streams. */
  close(status: Status): void {
    for (const open of this.#open) this.#end(open, status);
  }

  #accept(call: DuplexCall<WatchRequest>): void {
    const { node, permit, maxRequestBytes, progressIntervalMs } = this.#options;
    const needsLeader = call.metadata('hasleader') === 'true';
    if (needsLeader && node.leader() === 0n) {
      call.end(ERR.NoLeader);
      return;
    }
    const stream = new WatchStream({
      hub: node.hub,
      headers: this.#headers,
      sink: {
        send: (response) => call.sendEncoded(response),
        whenDrained: (listener) => call.whenDrained(listener),
        fail: (status) => this.#end(open, status),
      },
      maxRequestBytes,
      permit: permit && ((key, rangeEnd) => permit(call, key, rangeEnd)),
      progressIntervalMs: progressIntervalMs(),
      now: this.#now,
    });
    const open: OpenStream = { call, stream, needsLeader };
    this.#open.add(open);
    call.onMessage((request) => stream.request(request));
    call.onCancel(() => {
      this.#open.delete(open);
      stream.close();
    });
  }

  #end(open: OpenStream, status: Status): void {
    if (!this.#open.delete(open)) return;
    open.stream.close();
    open.call.end(status);
  }
}
