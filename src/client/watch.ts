/**
 * Watches over one stream (api.md 6.4). A lost connection is followed by a new stream on which every watch goes on
 * from the revision behind the last one it delivered: nothing is missed, nothing comes twice. A watch ends when its
 * owner cancels it, when the server cancels it, or when the stream fails for good.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOGUE, Code } from '../core/errors.ts';
import type { Event } from '../core/wire/gen/kv.ts';
import {
  type ResponseHeader,
  WatchCreateRequest,
  WatchRequest,
  type WatchResponse,
  WatchService,
} from '../core/wire/gen/rpc.ts';
import type { StreamCall } from './channel.ts';
import type { Client } from './client.ts';
import { hasText, isStatusError } from './errors.ts';
import { Queue } from './queue.ts';

/** A message to the owner of a watch: all events of the server's message, fragments put together. */
export interface WatchMessage {
  readonly header: ResponseHeader | undefined;
  readonly events: readonly Event[];
  readonly compactRevision: number;
  readonly canceled: boolean;
  readonly created: boolean;
  readonly cancelReason: string;
}

export interface WatchOptions {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
  /** First revision to deliver; 0 for what comes after now. */
  readonly startRevision?: number;
  readonly prevKv?: boolean;
  readonly progressNotify?: boolean;
  readonly filters?: readonly number[];
  readonly fragment?: boolean;
}

/** Messages that may wait for a slow reader of one watch; then the whole stream waits. */
export const MAX_WAITING_MESSAGES = 10_000;
const FIRST_BACKOFF_MS = 1;
const BACKOFF_GROWTH = 1.25;
const LONGEST_BACKOFF_MS = 100;
/** The id of messages that are for every watch of the stream, and of watches that were refused. */
const ALL_WATCHES = -1n;

/** One watch. Iterate it; `cancel` ends the iteration. */
export class Watch implements AsyncIterable<WatchMessage> {
  readonly options: WatchOptions;
  /** Revision to go on from. */
  nextRevision: number;
  id: bigint | undefined;
  readonly queue = new Queue<WatchMessage>(MAX_WAITING_MESSAGES);
  private readonly onCancel: (watch: Watch) => void;
  private fragments: Event[] = [];

  constructor(options: WatchOptions, onCancel: (watch: Watch) => void) {
    this.options = options;
    this.nextRevision = options.startRevision ?? 0;
    this.onCancel = onCancel;
  }

  cancel(): void {
    this.onCancel(this);
    this.queue.end();
  }

  request(): WatchRequest {
    const { startRevision: _, ...rest } = this.options;
    const createRequest = WatchCreateRequest.create({
      ...rest,
      filters: [...(rest.filters ?? [])],
      startRevision: this.nextRevision,
    });
    return WatchRequest.create({ createRequest });
  }

  created(response: WatchResponse): void {
    this.id = response.watchId;
    this.fragments = [];
    if (this.nextRevision === 0) this.nextRevision = (response.header?.revision ?? 0) + 1;
  }

  /** A new stream will number it anew, and sends unfinished fragments again. */
  detached(): void {
    this.id = undefined;
    this.fragments = [];
  }

  /** The message to deliver, or undefined while fragments are missing or everything in it was delivered before. */
  take(response: WatchResponse): WatchMessage | undefined {
    const fresh = response.events.filter((event) => (event.kv?.modRevision ?? 0) >= this.nextRevision);
    if (response.fragment) {
      this.fragments.push(...fresh);
      return undefined;
    }
    const events = this.fragments.length === 0 ? fresh : [...this.fragments, ...fresh];
    this.fragments = [];
    if (events.length > 0) this.nextRevision = events[events.length - 1].kv!.modRevision + 1;
    else if (response.events.length > 0) return undefined;
    else if (!response.canceled) this.nextRevision = (response.header?.revision ?? 0) + 1;
    return messageOf(response, events);
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchMessage> {
    return this.queue[Symbol.asyncIterator]();
  }
}

function messageOf(response: WatchResponse, events: readonly Event[]): WatchMessage {
  return {
    header: response.header,
    events,
    compactRevision: response.compactRevision,
    canceled: response.canceled,
    created: false,
    cancelReason: response.cancelReason,
  };
}

type WatchCall = StreamCall<WatchRequest, WatchResponse>;

/** Is there no point in opening another stream? */
function isFinal(error: unknown): boolean {
  if (!isStatusError(error)) return true;
  if (error.unsent) return false;
  if (hasText(error, CATALOGUE.NoLeader[1])) return true;
  return error.code !== Code.Unavailable && error.code !== Code.Internal;
}

export interface WatcherOptions {
  readonly requireLeader?: boolean;
}

/** All watches with the same metadata. */
export class Watcher {
  private readonly client: Client;
  private readonly options: WatcherOptions;
  /** Not yet created on the stream of now, in the order of creation. */
  private pending: Watch[] = [];
  private readonly active = new Map<bigint, Watch>();
  private awaited: Watch | undefined;
  private call: WatchCall | undefined;
  /** Ends the stream of now, or the attempt to open one. */
  private opening: AbortController | undefined;
  private running = false;

  constructor(client: Client, options: WatcherOptions = {}) {
    this.client = client;
    this.options = options;
  }

  watch(options: WatchOptions): Watch {
    const watch = new Watch(options, (ended) => this.forget(ended));
    this.pending.push(watch);
    if (!this.running) {
      this.running = true;
      void this.run();
    } else this.createNext();
    return watch;
  }

  /** Asks the server to say up to which revision everything was delivered. */
  requestProgress(): void {
    this.call?.write(WatchRequest.create({ progressRequest: {} }));
  }

  close(): void {
    const all = [...this.pending, this.awaited, ...this.active.values()];
    for (const watch of all) watch?.cancel();
    this.hangUp();
  }

  private get isIdle(): boolean {
    return this.pending.length === 0 && this.active.size === 0 && this.awaited === undefined;
  }

  /** Leaves the stream of now; watches that come later get another one. */
  private hangUp(): void {
    this.opening?.abort();
    this.call = undefined;
  }

  private forget(watch: Watch): void {
    this.pending = this.pending.filter((other) => other !== watch);
    if (watch.id !== undefined && this.active.delete(watch.id)) {
      this.call?.write(WatchRequest.create({ cancelRequest: { watchId: watch.id } }));
    }
    if (this.isIdle) this.hangUp();
  }

  /** One create request is on its way at a time, because the reply does not say which one it answers. */
  private createNext(): void {
    if (this.call === undefined || this.awaited !== undefined) return;
    this.awaited = this.pending.shift();
    if (this.awaited !== undefined) this.call.write(this.awaited.request());
  }

  private async run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.isIdle) {
      const opening = new AbortController();
      this.opening = opening;
      try {
        const scope = { ...this.options, signal: opening.signal };
        const call = await this.client.open(WatchService.watch, scope);
        this.call = call;
        this.createNext();
        for await (const response of call) {
          backoff = FIRST_BACKOFF_MS;
          await this.receive(response);
        }
      } catch (error) {
        // What we hung up on ourselves has not failed.
        if (!opening.signal.aborted && isFinal(error)) return this.fail(error as Error);
      }
      this.detach();
      if (this.isIdle) break;
      await sleep(backoff);
      backoff = Math.min(backoff * BACKOFF_GROWTH, LONGEST_BACKOFF_MS);
    }
    this.running = false;
  }

  private detach(): void {
    this.call = undefined;
    const lost = [...this.active.values(), ...(this.awaited === undefined ? [] : [this.awaited])];
    for (const watch of lost) watch.detached();
    this.pending = [...lost.filter((watch) => !watch.queue.ended), ...this.pending];
    this.active.clear();
    this.awaited = undefined;
  }

  private fail(error: Error): void {
    this.detach();
    for (const watch of this.pending) watch.queue.fail(error);
    this.pending = [];
    this.running = false;
  }

  private async receive(response: WatchResponse): Promise<void> {
    if (response.created) return this.receiveCreated(response);
    const watches =
      response.watchId === ALL_WATCHES ? [...this.active.values()] : [this.active.get(response.watchId)];
    for (const watch of watches) {
      if (watch === undefined) continue;
      const message = watch.take(response);
      if (message !== undefined) await watch.queue.push(message);
      if (response.canceled) this.end(watch);
    }
  }

  private async receiveCreated(response: WatchResponse): Promise<void> {
    const watch = this.awaited;
    this.awaited = undefined;
    if (watch !== undefined && response.canceled) {
      await watch.queue.push(messageOf(response, []));
      watch.queue.end();
    } else if (watch !== undefined) {
      watch.created(response);
      this.active.set(response.watchId, watch);
      if (watch.queue.ended) this.forget(watch);
    }
    this.createNext();
    if (this.isIdle) this.hangUp();
  }

  private end(watch: Watch): void {
    if (watch.id !== undefined) this.active.delete(watch.id);
    watch.queue.end();
    if (this.isIdle) this.hangUp();
  }
}
