/** A bare gRPC client for tests: grpc-js with our codecs, no retry, no resume; what the server says is what you get. */
import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  type ClientReadableStream,
  credentials,
  type Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { MethodDescriptor } from '../../src/core/wire/codec.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';

export class TestClient {
  readonly client: Client;

  constructor(endpoint: string, options: ClientOptions = {}) {
    this.client = new Client(endpoint, credentials.createInsecure(), {
      ...options,
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  call<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    request: Partial<Req>,
    timeoutMs = 10_000,
  ): Promise<Res> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        (m: Req) => Buffer.from(method.request.encode(m)),
        method.response.decode,
        method.request.create(request),
        { deadline: Date.now() + timeoutMs },
        (error: ServiceError | null, response?: Res) => (error ? reject(error) : resolve(response!)),
      );
    });
  }

  bidi<Req, Res>(method: MethodDescriptor<Req, Res>, metadata?: Metadata): ClientDuplexStream<Req, Res> {
    const encode = (m: Req): Buffer => Buffer.from(method.request.encode(m));
    return metadata
      ? this.client.makeBidiStreamRequest(method.path, encode, method.response.decode, metadata)
      : this.client.makeBidiStreamRequest(method.path, encode, method.response.decode);
  }

  serverStream<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    request: Partial<Req>,
  ): ClientReadableStream<Res> {
    const encode = (m: Req): Buffer => Buffer.from(method.request.encode(m));
    return this.client.makeServerStreamRequest(
      method.path,
      encode,
      method.response.decode,
      method.request.create(request),
    );
  }

  put(key: string, value: string | Uint8Array, more: Partial<rpc.PutRequest> = {}): Promise<rpc.PutResponse> {
    return this.call(rpc.KVService.put, {
      key: Buffer.from(key),
      value: Buffer.from(value as string),
      ...more,
    });
  }

  range(key: string, more: Partial<rpc.RangeRequest> = {}): Promise<rpc.RangeResponse> {
    return this.call(rpc.KVService.range, { key: Buffer.from(key), ...more });
  }

  prefix(prefix: string, more: Partial<rpc.RangeRequest> = {}): Promise<rpc.RangeResponse> {
    return this.range(prefix, { rangeEnd: prefixEnd(prefix), ...more });
  }

  del(key: string, more: Partial<rpc.DeleteRangeRequest> = {}): Promise<rpc.DeleteRangeResponse> {
    return this.call(rpc.KVService.deleteRange, { key: Buffer.from(key), ...more });
  }

  txn(request: Partial<rpc.TxnRequest>): Promise<rpc.TxnResponse> {
    return this.call(rpc.KVService.txn, request);
  }

  status(): Promise<rpc.StatusResponse> {
    return this.call(rpc.MaintenanceService.status, {});
  }

  close(): void {
    this.client.close();
  }
}

/** Exclusive end of all keys with a prefix. */
export function prefixEnd(prefix: string): Uint8Array {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i] < 0xff) {
      end[i]++;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.from([0]);
}
