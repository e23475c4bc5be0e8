/**
 * A client that sees only the keys under a prefix, without the prefix, as clientv3's namespace package has it. It is a
 * channel around another one: keys get the prefix on their way out and lose it on their way in, so everything that is
 * built on a client (watches, locks, elections, mirrors) stays inside by itself.
 *
 * What has no keys in it (revisions, compaction, members, alarms) is the whole cluster's.
 */
import type { MethodDescriptor } from '../core/wire/codec.ts';
import { Event, KeyValue } from '../core/wire/gen/kv.ts';
import {
  type Compare,
  DeleteRangeRequest,
  type DeleteRangeResponse,
  KVService,
  LeaseService,
  type LeaseTimeToLiveResponse,
  PutRequest,
  type PutResponse,
  RangeRequest,
  type RangeResponse,
  type RangeStreamResponse,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type TxnResponse,
  WatchCreateRequest,
  type WatchRequest,
  type WatchResponse,
  WatchService,
} from '../core/wire/gen/rpc.ts';
import type { CallOptions, Channel, StreamCall } from './channel.ts';
import type { Client } from './client.ts';
import { prefixEnd } from './range.ts';

interface Ranged {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** `\0` as an end: no end. */
function isOpen(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

class Translation {
  private readonly prefix: Uint8Array;

  constructor(prefix: Uint8Array) {
    this.prefix = Buffer.from(prefix);
  }

  private outside(key: Uint8Array): Uint8Array {
    return Buffer.concat([this.prefix, key]);
  }

  private inside(key: Uint8Array): Uint8Array {
    return key.subarray(this.prefix.length);
  }

  /** No end becomes the end of the namespace. */
  private range<T extends Ranged>(request: T): T {
    const { key, rangeEnd } = request;
    const end = isOpen(rangeEnd) ? prefixEnd(this.prefix) : this.outside(rangeEnd);
    return { ...request, key: this.outside(key), rangeEnd: rangeEnd.length === 0 ? rangeEnd : end };
  }

  private pair(kv: KeyValue): KeyValue {
    return KeyValue.create({ ...kv, key: this.inside(kv.key) });
  }

  readonly rangeRequest = (r: RangeRequest): RangeRequest => RangeRequest.create(this.range(r));
  readonly putRequest = (r: PutRequest): PutRequest => PutRequest.create({ ...r, key: this.outside(r.key) });
  readonly deleteRequest = (r: DeleteRangeRequest): DeleteRangeRequest =>
    DeleteRangeRequest.create(this.range(r));
  readonly txnRequest = (r: TxnRequest): TxnRequest => ({
    ...r,
    compare: r.compare.map((compare: Compare) => this.range(compare)),
    success: r.success.map(this.requestOp),
    failure: r.failure.map(this.requestOp),
  });

  private readonly requestOp = (op: RequestOp): RequestOp => ({
    requestRange: op.requestRange && this.rangeRequest(op.requestRange),
    requestPut: op.requestPut && this.putRequest(op.requestPut),
    requestDeleteRange: op.requestDeleteRange && this.deleteRequest(op.requestDeleteRange),
    requestTxn: op.requestTxn && this.txnRequest(op.requestTxn),
  });

  readonly rangeResponse = (r: RangeResponse): RangeResponse => ({
    ...r,
    kvs: r.kvs.map((kv) => this.pair(kv)),
  });
  readonly rangeStreamResponse = (r: RangeStreamResponse): RangeStreamResponse => ({
    ...r,
    rangeResponse: r.rangeResponse && this.rangeResponse(r.rangeResponse),
  });
  readonly putResponse = (r: PutResponse): PutResponse => ({ ...r, prevKv: r.prevKv && this.pair(r.prevKv) });
  readonly deleteResponse = (r: DeleteRangeResponse): DeleteRangeResponse => ({
    ...r,
    prevKvs: r.prevKvs.map((kv) => this.pair(kv)),
  });
  readonly txnResponse = (r: TxnResponse): TxnResponse => ({
    ...r,
    responses: r.responses.map(this.responseOp),
  });

  private readonly responseOp = (op: ResponseOp): ResponseOp => ({
    responseRange: op.responseRange && this.rangeResponse(op.responseRange),
    responsePut: op.responsePut && this.putResponse(op.responsePut),
    responseDeleteRange: op.responseDeleteRange && this.deleteResponse(op.responseDeleteRange),
    responseTxn: op.responseTxn && this.txnResponse(op.responseTxn),
  });

  readonly watchRequest = (r: WatchRequest): WatchRequest => ({
    ...r,
    createRequest: r.createRequest && WatchCreateRequest.create(this.range(r.createRequest)),
  });
  readonly watchResponse = (r: WatchResponse): WatchResponse => ({
    ...r,
    events: r.events.map((event) =>
      Event.create({
        ...event,
        kv: event.kv && this.pair(event.kv),
        prevKv: event.prevKv && this.pair(event.prevKv),
      }),
    ),
  });

  /** Keys that hang on the lease outside of the namespace are nobody's business here. */
  readonly leaseResponse = (r: LeaseTimeToLiveResponse): LeaseTimeToLiveResponse => ({
    ...r,
    keys: r.keys
      .filter((key) => this.prefix.every((byte, i) => key[i] === byte))
      .map((key) => this.inside(key)),
  });
}

interface Translator {
  readonly request: (request: never) => unknown;
  readonly response: (response: never) => unknown;
}

const asIs = <T>(message: T): T => message;

function translatorsOf(t: Translation): ReadonlyMap<string, Translator> {
  return new Map<string, Translator>([
    [KVService.range.path, { request: t.rangeRequest, response: t.rangeResponse }],
    [KVService.rangeStream.path, { request: t.rangeRequest, response: t.rangeStreamResponse }],
    [KVService.put.path, { request: t.putRequest, response: t.putResponse }],
    [KVService.deleteRange.path, { request: t.deleteRequest, response: t.deleteResponse }],
    [KVService.txn.path, { request: t.txnRequest, response: t.txnResponse }],
    [WatchService.watch.path, { request: t.watchRequest, response: t.watchResponse }],
    [LeaseService.leaseTimeToLive.path, { request: asIs, response: t.leaseResponse }],
  ]);
}

class NamespacedStream<Req, Res> implements StreamCall<Req, Res> {
  private readonly call: StreamCall<Req, Res>;
  private readonly translator: Translator;

  constructor(call: StreamCall<Req, Res>, translator: Translator) {
    this.call = call;
    this.translator = translator;
  }

  write(request: Req): void {
    this.call.write(this.translator.request(request as never) as Req);
  }

  end(): void {
    this.call.end();
  }

  cancel(): void {
    this.call.cancel();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Res> {
    for await (const response of this.call) yield this.translator.response(response as never) as Res;
  }
}

class NamespacedChannel implements Channel {
  private readonly channel: Channel;
  private readonly translators: ReadonlyMap<string, Translator>;

  constructor(channel: Channel, prefix: Uint8Array) {
    this.channel = channel;
    this.translators = translatorsOf(new Translation(prefix));
  }

  get endpoints(): readonly string[] {
    return this.channel.endpoints;
  }

  async unary<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    request: Req,
    options: CallOptions,
  ): Promise<Res> {
    const translator = this.translators.get(method.path);
    if (translator === undefined) return this.channel.unary(method, request, options);
    const response = await this.channel.unary(method, translator.request(request as never) as Req, options);
    return translator.response(response as never) as Res;
  }

  async stream<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    options: CallOptions,
  ): Promise<StreamCall<Req, Res>> {
    const call = await this.channel.stream(method, options);
    const translator = this.translators.get(method.path);
    return translator === undefined ? call : new NamespacedStream(call, translator);
  }

  close(): void {
    this.channel.close();
  }
}

/** The same connections and user; closing one closes the other. An empty prefix is the client itself. */
export function namespaced(client: Client, prefix: Uint8Array | string): Client {
  const bytes = Buffer.from(prefix as Uint8Array);
  return bytes.length === 0 ? client : client.over(new NamespacedChannel(client.channel, bytes));
}
