/**
 * One client stream of the watch service: the watches a client opened on one call, their ids and their replies.
 * It knows no transport: requests come in as objects, responses go out as encoded bytes.
 *
 * Laws
 * 1. The created reply goes out before any event of its watch; events of a watch never overtake each other.
 * 2. A progress reply never runs ahead of events: it is sent only for watches that the hub has brought up to date.
 * 3. What waits for a client that doesn't read is bounded: once the sink says stop, event responses end after
 *    `MAX_PENDING_RESPONSES` or `MAX_PENDING_BYTES`, and the hub reads the rest from history later. Replies to
 *    requests still go out, and a client that goes on asking without ever reading loses the stream.
 */
import { ERR } from '../../core/errors.ts';
import {
  type EventBatch,
  type Outlet,
  Watcher,
  type WatchHub,
  type WatchSpec,
} from '../../core/watch/index.ts';
import type { WatchCreateRequest, WatchRequest } from '../../core/wire/gen/rpc.ts';
import { StoredWatchResponse } from '../../core/wire/gen/stored.ts';
import type { Encoded, Status } from '../method.ts';
import { watchSpec } from './request.ts';
import { encodeEvents, encodeFragments, encodeWatchId, type Headers, sizeOf } from './response.ts';

/** Responses handed to a sink that said stop, before its watches are parked. */
export const MAX_PENDING_RESPONSES = 128;
/** Bytes of the same. */
export const MAX_PENDING_BYTES = 2 * 1024 * 1024;
/** Replies handed to a sink that said stop, before the stream is ended. */
export const MAX_UNREAD_REPLIES = 65_536;
/** Added to --max-request-bytes: size from which a response is fragmented. */
export const FRAGMENT_OVERHEAD_BYTES = 512 * 1024;

/** Watch id of replies that belong to no watch: rejections, and progress of the whole stream. */
const NO_WATCH = -1n;
const RANGE_EMPTY = 'mvcc: watcher range is empty';
const DUPLICATE_ID = 'mvcc: duplicate watch ID provided on the WatchStream';

/** Where responses go. */
export interface WatchSink {
  /** One encoded WatchResponse. False: it is taken, but stop until the sink has drained. */
  send(response: Encoded): boolean;
  /** Runs once, when all that was sent has left. */
  whenDrained(listener: () => void): void;
  /** The stream can't go on. */
  fail(status: Status): void;
}

export interface WatchStreamOptions {
  readonly hub: WatchHub;
  readonly headers: Headers;
  readonly sink: WatchSink;
  /** --max-request-bytes. */
  readonly maxRequestBytes: number;
  /** May the caller read this range? The text of the refusal, or undefined. Asked once for each watch. */
  readonly permit?: (key: Uint8Array, rangeEnd: Uint8Array) => string | undefined;
  /** Milliseconds between two periodic progress replies, jitter included. */
  readonly progressIntervalMs: number;
  /** Milliseconds; starts the first interval. */
  readonly now: number;
  readonly maxPendingResponses?: number;
}

class StreamWatch extends Watcher {
  readonly outlet: WatchStream;
  readonly id: bigint;
  readonly idBytes: Uint8Array;
  readonly fragment: boolean;
  readonly progressNotify: boolean;
  /** No events since the last progress tick. */
  quiet = true;

  constructor(outlet: WatchStream, id: bigint, spec: WatchSpec, request: WatchCreateRequest) {
    super(spec);
    this.outlet = outlet;
    this.id = id;
    this.idBytes = encodeWatchId(id);
    this.fragment = request.fragment;
    this.progressNotify = request.progressNotify;
  }

  deliver(batch: EventBatch): void {
    this.quiet = false;
    this.outlet.sendEvents(this, batch);
  }

  compacted(compactRevision: number): void {
    this.outlet.sendCompacted(this, compactRevision);
  }
}

export class WatchStream implements Outlet {
  readonly #hub: WatchHub;
  readonly #headers: Headers;
  readonly #sink: WatchSink;
  readonly #permit: WatchStreamOptions['permit'];
  readonly #fragmentBytes: number;
  readonly #progressIntervalMs: number;
  readonly #maxPendingResponses: number;
  #nextProgress: number;
  /** Also holds watches that compaction ended: their ids stay taken until the client cancels them. */
  readonly #watches = new Map<bigint, StreamWatch>();
  #nextId = 0n;
  #stopped = false;
  #pendingResponses = 0;
  #pendingBytes = 0;
  #closed = false;

  readonly #drained = (): void => {
    if (this.#closed) return;
    this.#stopped = false;
    this.#pendingResponses = 0;
    this.#pendingBytes = 0;
    this.#hub.drained(this);
  };

  constructor(options: WatchStreamOptions) {
    this.#hub = options.hub;
    this.#headers = options.headers;
    this.#sink = options.sink;
    this.#permit = options.permit;
    this.#fragmentBytes = options.maxRequestBytes + FRAGMENT_OVERHEAD_BYTES;
    this.#progressIntervalMs = options.progressIntervalMs;
    this.#maxPendingResponses = options.maxPendingResponses ?? MAX_PENDING_RESPONSES;
    this.#nextProgress = options.now + options.progressIntervalMs;
  }

  get ready(): boolean {
    if (!this.#stopped) return true;
    return this.#pendingResponses < this.#maxPendingResponses && this.#pendingBytes < MAX_PENDING_BYTES;
  }

  /** Number of watches, those included whose id is merely reserved. */
  get size(): number {
    return this.#watches.size;
  }

  request(request: WatchRequest): void {
    if (this.#closed) return;
    if (request.createRequest !== undefined) this.#create(request.createRequest);
    else if (request.cancelRequest !== undefined) this.#cancel(request.cancelRequest.watchId);
    else if (request.progressRequest !== undefined) this.#reportProgress();
  }

  /** Periodic progress; called at least ten times an interval. */
  tick(now: number): void {
    if (now < this.#nextProgress) return;
    this.#nextProgress = now + this.#progressIntervalMs;
    for (const watch of this.#watches.values()) {
      if (watch.progressNotify && watch.quiet && this.ready && this.#hub.inSync(watch))
        this.#reply({ watchId: watch.id });
      watch.quiet = true;
    }
  }

  /** Ends all watches. Half-closing a stream does not: its events keep flowing until the call is cancelled. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const watch of this.#watches.values()) this.#hub.cancel(watch);
    this.#watches.clear();
  }

  /** For the watches of this stream. */
  sendEvents(watch: StreamWatch, batch: EventBatch): void {
    const header = this.#headers.bytes(batch.revision);
    if (!watch.fragment) {
      this.#send(encodeEvents(header, watch.idBytes, batch));
      return;
    }
    for (const piece of encodeFragments(header, watch.idBytes, batch, this.#fragmentBytes)) this.#send(piece);
  }

  /** For the watches of this stream. */
  sendCompacted(watch: StreamWatch, compactRevision: number): void {
    this.#reply({ watchId: watch.id, canceled: true, compactRevision }, 0);
  }

  #create(request: WatchCreateRequest): void {
    const spec = watchSpec(request);
    const refusal = this.#refusal(request, spec);
    if (refusal !== undefined) {
      this.#reply({ watchId: NO_WATCH, created: true, canceled: true, cancelReason: refusal });
      return;
    }
    const id = request.watchId === 0n ? this.#newId() : request.watchId;
    const watch = new StreamWatch(this, id, spec, request);
    this.#watches.set(id, watch);
    this.#reply({ watchId: id, created: true });
    // The sink may have failed under the reply.
    if (!this.#closed) this.#hub.add(watch);
  }

  #refusal(request: WatchCreateRequest, { key, end }: WatchSpec): string | undefined {
    const denied = this.#permit?.(request.key, request.rangeEnd);
    if (denied !== undefined) return denied;
    if (request.startRevision < 0) return ERR.Compacted.message;
    if (end !== undefined && end <= key) return RANGE_EMPTY;
    if (request.watchId !== 0n && this.#watches.has(request.watchId)) return DUPLICATE_ID;
    return undefined;
  }

  /** Ids count up and skip those in use; one that was freed is not handed out again. */
  #newId(): bigint {
    while (this.#watches.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #cancel(id: bigint): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    this.#watches.delete(id);
    this.#hub.cancel(watch);
    this.#reply({ watchId: id, canceled: true });
  }

  /** Answers for the whole stream or, if a single watch is not up to date, not at all. */
  #reportProgress(): void {
    if (this.#watches.size === 0) return;
    for (const watch of this.#watches.values()) if (!this.#hub.inSync(watch)) return;
    this.#reply({ watchId: NO_WATCH });
  }

  #reply(response: Partial<StoredWatchResponse>, revision = this.#hub.revision): void {
    const header = this.#headers.object(revision);
    this.#send(StoredWatchResponse.encode(StoredWatchResponse.create({ ...response, header })));
  }

  #send(response: Encoded): void {
    if (this.#closed) return;
    if (!this.#sink.send(response) && !this.#stopped) {
      this.#stopped = true;
      this.#sink.whenDrained(this.#drained);
    }
    if (!this.#stopped) return;
    this.#pendingResponses++;
    this.#pendingBytes += response instanceof Uint8Array ? response.length : sizeOf(response);
    if (this.#pendingResponses > MAX_UNREAD_REPLIES) {
      this.close();
      this.#sink.fail(ERR.TooManyRequests);
    }
  }
}
