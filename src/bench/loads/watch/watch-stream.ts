/** One watch stream of a load: makes its watchers one after another, then hands on the events. */
import { CODE_NAMES } from '../../../core/errors.ts';
import { WatchCreateRequest, WatchRequest, WatchService } from '../../../core/wire/gen/rpc.ts';
import type { Call, CallSink } from '../../client/call.ts';
import type { LoadConnection } from '../../client/connection.ts';
import { scanResponse, type WatchSink } from './event-scan.ts';

export interface StreamSink {
  /** `ms`: from the request to the answer. */
  created(ms: number): void;
  /** `at`: when it came, of `performance.now()`. */
  event(buffer: Buffer, start: number, end: number, at: number): void;
  /** The stream or a watcher of it came to an end. */
  lost(reason: string): void;
}

/** All watchers of a stream have been made, or `create` has failed. */
export class WatchStream implements CallSink, WatchSink {
  private readonly connection: LoadConnection;
  private readonly sink: StreamSink;
  private call: Call | undefined;
  private pending: WatchCreateRequest[] = [];
  private sentAt = 0;
  private done: () => void = () => {};

  constructor(connection: LoadConnection, sink: StreamSink) {
    this.connection = connection;
    this.sink = sink;
  }

  /** Resolves when all watchers are there or the stream is lost. */
  create(watchers: readonly Partial<WatchCreateRequest>[]): Promise<void> {
    this.pending = watchers.map((watcher) => WatchCreateRequest.create(watcher)).reverse();
    return new Promise((resolve) => {
      this.done = resolve;
      this.next();
    });
  }

  close(): void {
    if (this.call !== undefined) this.connection.cancel(this.call);
  }

  private next(): void {
    const createRequest = this.pending.pop();
    if (createRequest === undefined) return this.done();
    const message = WatchRequest.encode(WatchRequest.create({ createRequest })) as Buffer;
    this.sentAt = performance.now();
    if (this.call !== undefined) this.connection.write(this.call, message);
    else this.call = this.connection.openStream(WatchService.watch.path, message, this);
  }

  message(buffer: Buffer, start: number, end: number): void {
    scanResponse(buffer, start, end, this);
  }

  created(): void {
    this.sink.created(performance.now() - this.sentAt);
    this.next();
  }

  canceled(reason: string): void {
    this.sink.lost(`watcher canceled: ${reason}`);
    this.next();
  }

  event(buffer: Buffer, start: number, end: number): void {
    this.sink.event(buffer, start, end, this.connection.receivedAt);
  }

  ended(code: number, text: string): void {
    this.sink.lost(`watch stream ended: ${CODE_NAMES[code] ?? code}: ${text}`);
    this.pending = [];
    this.done();
  }
}
