/**
 * A client that watches a range for as long as the world lasts: when its member dies it comes back, there or elsewhere,
 * with the first revision it has not seen. It may be slow to read. It remembers all it saw, for `checkWatch`.
 */
import { WatchCreateRequest, WatchRequest, WatchResponse } from '../../src/core/wire/gen/rpc.ts';
import type { Member } from '../../src/member/member.ts';
import { wholeMessage } from '../../src/services/method.ts';
import { Headers } from '../../src/services/watch/response.ts';
import { type WatchSink, WatchStream } from '../../src/services/watch/stream.ts';
import { rowText } from './answers.ts';

const MAX_REQUEST_BYTES = 1_572_864;
const DELETE = 1;

export interface SeenEvent {
  readonly revision: number;
  readonly text: string;
  readonly previous: string | undefined;
  /** The member's compact revision when the event came: previous pairs below it are gone. */
  readonly compactRevision: number;
}

export interface WatchRange {
  readonly key: string;
  readonly end: string;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const latin1 = (raw: Uint8Array): string => Buffer.from(raw).toString('latin1');

export class WatchClient {
  readonly range: WatchRange;
  readonly events: SeenEvent[] = [];
  /** First revision it was promised; undefined until the first watch is made. */
  from: number | undefined;
  /** Revisions that compaction took from it: [first, behind the last). */
  readonly holes: (readonly [number, number])[] = [];
  /** Everything up to here was said to be delivered. */
  progressed = 0;
  blocked = false;
  private readonly violated: (what: string) => void;
  private readonly startAt: number;
  private readonly decorate: (sink: WatchSink) => WatchSink;
  private stream: WatchStream | undefined;
  private drained: (() => void) | undefined;
  /** Revision behind the last event or progress. */
  private next = 0;

  constructor(o: {
    range: WatchRange;
    /** 0: from the next revision on. */
    startAt: number;
    violated(what: string): void;
    decorate?: ((sink: WatchSink) => WatchSink) | undefined;
  }) {
    this.range = o.range;
    this.startAt = o.startAt;
    this.violated = o.violated;
    this.decorate = o.decorate ?? ((sink) => sink);
  }

  get isAttached(): boolean {
    return this.stream !== undefined;
  }

  attach(member: Member): void {
    this.blocked = false;
    this.drained = undefined;
    const plain: WatchSink = {
      send: (response) => {
        if (this.stream === stream) this.take(WatchResponse.decode(wholeMessage(response)), member);
        return !this.blocked;
      },
      whenDrained: (listener) => {
        this.drained = listener;
      },
      fail: (status) => this.violated(`a watch was ended: ${status.message}`),
    };
    const stream = new WatchStream({
      hub: member.hub,
      headers: new Headers(member),
      sink: this.decorate(plain),
      maxRequestBytes: MAX_REQUEST_BYTES,
      progressIntervalMs: 600_000,
      now: 0,
      maxPendingResponses: 2,
    });
    this.stream = stream;
    this.create();
  }

  /** The connection is gone. */
  detach(): void {
    this.stream?.close();
    this.stream = undefined;
  }

  askProgress(): void {
    this.stream?.request(WatchRequest.create({ progressRequest: {} }));
  }

  /** Reads everything that waits. */
  unblock(): void {
    this.blocked = false;
    const { drained } = this;
    this.drained = undefined;
    drained?.();
  }

  private create(): void {
    const { key, end, prevKv, noPut, noDelete } = this.range;
    const createRequest = WatchCreateRequest.create({
      key: bytes(key),
      rangeEnd: bytes(end),
      startRevision: this.from === undefined ? this.startAt : this.next,
      prevKv,
      filters: [...(noPut ? [0] : []), ...(noDelete ? [1] : [])],
    });
    this.stream!.request(WatchRequest.create({ createRequest }));
  }

  private take(response: WatchResponse, member: Member): void {
    const revision = response.header!.revision;
    if (response.created) this.created(revision);
    else if (response.canceled) this.compacted(response.compactRevision);
    else if (response.events.length === 0) this.progress(revision);
    else this.take1(response, member.store.compactRevision);
  }

  private created(revision: number): void {
    this.from ??= this.startAt === 0 ? revision + 1 : this.startAt;
    this.next = Math.max(this.next, this.from);
  }

  private compacted(compactRevision: number): void {
    if (compactRevision <= this.next)
      return this.violated(`a watch at ${this.next} was ended for a compaction at ${compactRevision}`);
    this.holes.push([this.next, compactRevision]);
    this.next = compactRevision;
    this.create();
  }

  private progress(revision: number): void {
    // A progress reply of before the start says nothing.
    if (revision < this.next) return;
    this.progressed = revision;
    this.next = revision + 1;
  }

  /** One response with events: whole revisions, behind all that came before. */
  private take1(response: WatchResponse, compactRevision: number): void {
    let last = this.next - 1;
    for (const { type, kv, prevKv } of response.events) {
      const revision = kv!.modRevision;
      if (revision <= this.progressed)
        return this.violated(`an event of ${revision} came behind progress ${this.progressed}`);
      if (revision < this.next)
        return this.violated(
          `an event of revision ${revision} came after ${this.next - 1}: twice, out of order, or in parts`,
        );
      if (revision < last) return this.violated(`an event of ${revision} came after one of ${last}`);
      last = revision;
      const text =
        type === DELETE
          ? `DELETE ${latin1(kv!.key)}`
          : `PUT ${rowText({ key: latin1(kv!.key), value: latin1(kv!.value), create: kv!.createRevision, mod: kv!.modRevision, version: kv!.version, lease: kv!.lease })}`;
      const previous =
        prevKv &&
        rowText({
          key: latin1(prevKv.key),
          value: latin1(prevKv.value),
          create: prevKv.createRevision,
          mod: prevKv.modRevision,
          version: prevKv.version,
          lease: prevKv.lease,
        });
      this.events.push({ revision, text, previous, compactRevision });
    }
    if (response.header!.revision < last)
      this.violated(`a response at revision ${response.header!.revision} holds an event of ${last}`);
    this.next = last + 1;
  }
}
