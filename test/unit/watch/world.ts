/** A small store with a past, a hub over it, and streams whose sinks remember what they got. */
import { type Change, DELETE, type History, NEVER_COMPACTED, PUT } from '../../../src/core/mvcc/types.ts';
import { WatchHub } from '../../../src/core/watch/index.ts';
import { fromLatin1, toLatin1 } from '../../../src/core/wire/bytes.ts';
import { type Event, KeyValue } from '../../../src/core/wire/gen/kv.ts';
import { WatchCreateRequest, WatchRequest, WatchResponse } from '../../../src/core/wire/gen/rpc.ts';
import { type Encoded, type Status, wholeMessage } from '../../../src/services/method.ts';
import { Headers } from '../../../src/services/watch/response.ts';
import { type WatchSink, WatchStream, type WatchStreamOptions } from '../../../src/services/watch/stream.ts';

export const MAX_REQUEST_BYTES = 1_572_864;

/** One change of a transaction; no value: a deletion. */
export type Op = readonly [key: string, value?: string | Uint8Array];

export class ModelStore implements History {
  currentRevision = 1;
  compactRevision = NEVER_COMPACTED;
  /** Every change ever made, compacted or not. */
  readonly all: Change[] = [];
  /** Calls of `changes`: how often history was read. */
  reads = 0;
  readonly #live = new Map<string, KeyValue>();
  /** By revision and key. */
  readonly #previous = new Map<string, Uint8Array>();

  /** Applies the changes as one revision; deletions of missing keys change nothing. */
  apply(ops: readonly Op[]): Change[] {
    const revision = this.currentRevision + 1;
    const changes: Change[] = [];
    for (const [key, value] of ops) {
      const before = this.#live.get(key);
      if (value === undefined && before === undefined) continue;
      changes.push(this.#change(key, value, { before, revision, sub: changes.length }));
    }
    if (changes.length > 0) this.currentRevision = revision;
    return changes;
  }

  compact(revision: number): void {
    this.compactRevision = revision;
  }

  changes(from: number, to: number, maxRevisions: number): Change[] {
    this.reads++;
    const found: Change[] = [];
    let revisions = 0;
    for (let i = this.#firstAt(from); i < this.all.length; i++) {
      const change = this.all[i];
      if (change.revision > to) break;
      if (change.revision < this.compactRevision) continue;
      if (change.revision !== found.at(-1)?.revision && ++revisions > maxRevisions) break;
      found.push(change);
    }
    return found;
  }

  before(key: string, revision: number): Uint8Array | undefined {
    if (revision - 1 < this.compactRevision) return undefined;
    return this.#previous.get(`${revision} ${key}`);
  }

  #firstAt(revision: number): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle].revision < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #change(
    key: string,
    value: string | Uint8Array | undefined,
    at: { before: KeyValue | undefined; revision: number; sub: number },
  ): Change {
    const { before, revision, sub } = at;
    const pair = KeyValue.create({ key: fromLatin1(key), modRevision: revision });
    if (value === undefined) this.#live.delete(key);
    else {
      pair.createRevision = before?.createRevision ?? revision;
      pair.version = (before?.version ?? 0) + 1;
      pair.value = typeof value === 'string' ? fromLatin1(value) : value;
      this.#live.set(key, pair);
    }
    const change: Change = {
      type: value === undefined ? DELETE : PUT,
      key,
      revision,
      sub,
      pair: KeyValue.encode(pair),
      created: value !== undefined && before === undefined,
    };
    if (before !== undefined) this.#previous.set(`${revision} ${key}`, KeyValue.encode(before));
    this.all.push(change);
    return change;
  }
}

/** A client that reads at once, or not at all while `blocked`. */
export class Client implements WatchSink {
  readonly stream: WatchStream;
  readonly raw: Uint8Array[] = [];
  /** The same as they were handed over. */
  readonly handed: Encoded[] = [];
  failure: Status | undefined;
  blocked = false;
  #drained: (() => void) | undefined;
  #taken = 0;

  constructor(options: Omit<WatchStreamOptions, 'sink'>) {
    this.stream = new WatchStream({ ...options, sink: this });
  }

  send(response: Encoded): boolean {
    this.handed.push(response);
    this.raw.push(wholeMessage(response));
    return !this.blocked;
  }

  whenDrained(listener: () => void): void {
    this.#drained = listener;
  }

  fail(status: Status): void {
    this.failure = status;
  }

  /** Reads everything that waits. */
  unblock(): void {
    this.blocked = false;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  /** What came since the last call. */
  take(): WatchResponse[] {
    const fresh = this.raw.slice(this.#taken).map((bytes) => WatchResponse.decode(bytes));
    this.#taken = this.raw.length;
    return fresh;
  }

  create(
    request: Partial<Omit<WatchCreateRequest, 'key' | 'rangeEnd'>> & { key?: string; end?: string },
  ): void {
    const { key = '', end = '', ...rest } = request;
    const createRequest = WatchCreateRequest.create({
      ...rest,
      key: fromLatin1(key),
      rangeEnd: fromLatin1(end),
    });
    this.stream.request(WatchRequest.create({ createRequest }));
  }

  cancel(watchId: bigint): void {
    this.stream.request(WatchRequest.create({ cancelRequest: { watchId } }));
  }

  progress(): void {
    this.stream.request(WatchRequest.create({ progressRequest: {} }));
  }
}

export class World {
  readonly store = new ModelStore();
  readonly hub: WatchHub;
  wakes = 0;
  readonly #headers = new Headers({ clusterId: 11n, memberId: 22n, term: () => 3 });

  constructor() {
    this.hub = new WatchHub({ history: this.store, wake: () => this.wakes++ });
  }

  connect(options: Partial<WatchStreamOptions> = {}): Client {
    return new Client({
      hub: this.hub,
      headers: this.#headers,
      maxRequestBytes: MAX_REQUEST_BYTES,
      progressIntervalMs: 600_000,
      now: 0,
      ...options,
    });
  }

  txn(...ops: Op[]): void {
    const changes = this.store.apply(ops);
    if (changes.length > 0) this.hub.notify(this.store.currentRevision, changes);
  }

  put(key: string, value: string | Uint8Array = ''): void {
    this.txn([key, value]);
  }

  delete(key: string): void {
    this.txn([key]);
  }

  /** Rounds until nobody is behind; parked watchers stay parked. */
  settle(): void {
    for (let rounds = 0; this.hub.catchUp(); rounds++)
      if (rounds > 10_000) throw new Error('catching up never ends');
  }
}

/** `PUT a=1@2 <- 0@1`: type, pair and revision, previous pair and its revision. */
export function describeEvent({ type, kv, prevKv }: Event): string {
  const value = (pair: KeyValue) =>
    pair.value.length > 20 ? `${pair.value.length} bytes` : toLatin1(pair.value);
  const pair = kv!;
  const text =
    type === DELETE
      ? `DELETE ${toLatin1(pair.key)}@${pair.modRevision}`
      : `PUT ${toLatin1(pair.key)}=${value(pair)}@${pair.modRevision}`;
  return prevKv === undefined ? text : `${text} <- ${value(prevKv)}@${prevKv.modRevision}`;
}

/** One line for each response: id, header revision, then what it says. */
export function describe1(response: WatchResponse): string {
  const words = [`#${response.watchId}`, `rev ${response.header?.revision}`];
  if (response.created) words.push('created');
  if (response.canceled) words.push('canceled');
  if (response.compactRevision !== 0) words.push(`compacted ${response.compactRevision}`);
  if (response.cancelReason !== '') words.push(`(${response.cancelReason})`);
  if (response.fragment) words.push('fragment');
  if (response.events.length > 6) words.push(`${response.events.length} events`);
  else if (response.events.length > 0) words.push(response.events.map(describeEvent).join(', '));
  if (words.length === 2) words.push('progress');
  return words.join(' ');
}

export function lines(client: Client): string[] {
  return client.take().map(describe1);
}
