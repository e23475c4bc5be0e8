/**
 * Links over @grpc/grpc-js: the one file of the client that knows it. Messages come and go through the static codecs;
 * no .proto file is read at run time.
 */
import * as grpc from '@grpc/grpc-js';
import { Code } from '../core/errors.ts';
import type { MethodDescriptor } from '../core/wire/codec.ts';
import type { CallOptions, Link, LinkState, StreamCall } from './channel.ts';
import { dialReason } from './dial-error.ts';
import type { Endpoint } from './endpoints.ts';
import { type Peer, StatusError } from './errors.ts';
import type { LinkOptions } from './link-options.ts';

const STATES: Readonly<Record<number, LinkState>> = {
  [grpc.connectivityState.IDLE]: 'idle',
  [grpc.connectivityState.CONNECTING]: 'connecting',
  [grpc.connectivityState.READY]: 'ready',
  [grpc.connectivityState.TRANSIENT_FAILURE]: 'failed',
  [grpc.connectivityState.SHUTDOWN]: 'closed',
};
const STATE_NUMBERS = new Map(Object.entries(STATES).map(([number, state]) => [state, Number(number)]));

const FIRST_RECONNECT_MS = 200;
const LONGEST_RECONNECT_MS = 3000;
const NEVER_CONNECTED = /^(?:No connection established|Name resolution failed)/;
const TOO_LARGE = /^Received message larger than max \((\d+) vs (\d+)\)/;

function target(endpoint: Endpoint): string {
  const { address } = endpoint;
  return address.kind === 'unix' ? `unix:${address.path}` : address.target;
}

function credentials(options: LinkOptions): grpc.ChannelCredentials {
  const tls = options.tls;
  if (tls === undefined) return grpc.credentials.createSsl();
  return grpc.credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null, {
    rejectUnauthorized: !tls.skipVerify,
  });
}

function reasonOf(details: string): string {
  const last = /Last error: (.*?)\. Resolution note:/s.exec(details)?.[1] ?? details;
  const parts = /connect (E[A-Z]+) (\S+?)(?::(\d+))?$/.exec(last);
  if (parts === null) return last;
  const port = parts[3] === undefined ? undefined : Number(parts[3]);
  return dialReason(Object.assign(new Error(last), { code: parts[1], address: parts[2], port }));
}

function statusError(error: grpc.ServiceError, peer: Peer): StatusError {
  const details = error.details ?? error.message;
  if (error.code === Code.Unavailable && NEVER_CONNECTED.test(details)) {
    return new StatusError(error.code, reasonOf(details), { unsent: true });
  }
  const large = TOO_LARGE.exec(details);
  if (large !== null) {
    return new StatusError(
      error.code,
      `grpc: received message larger than max (${large[1]} vs. ${large[2]})`,
      {
        peer,
      },
    );
  }
  return new StatusError(error.code, details, { peer });
}

function metadataOf(entries: Readonly<Record<string, string>>): grpc.Metadata {
  const metadata = new grpc.Metadata();
  for (const name in entries) metadata.set(name, entries[name]);
  return metadata;
}

/** grpc-js gives Buffers to codecs and takes them; ours take and give Uint8Arrays that are Buffers. */
const asIs = (bytes: Uint8Array) => bytes as Buffer;

class GrpcStream<Req, Res> implements StreamCall<Req, Res> {
  private readonly call: grpc.ClientDuplexStream<Req, Res>;
  private readonly secure: boolean;

  constructor(call: grpc.ClientDuplexStream<Req, Res>, secure: boolean) {
    this.call = call;
    this.secure = secure;
    call.on('error', () => {}); // reported to whoever iterates; a stream nobody iterates must not kill the process
  }

  write(request: Req): void {
    this.call.write(request);
  }

  end(): void {
    this.call.end();
  }

  cancel(): void {
    this.call.cancel();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Res> {
    try {
      yield* this.call as AsyncIterable<Res>;
    } catch (error) {
      if (error instanceof Error && 'details' in error) {
        throw statusError(error as grpc.ServiceError, {
          address: this.call.getPeer(),
          secure: this.secure,
        });
      }
      throw error;
    }
  }
}

export class GrpcLink implements Link {
  readonly endpoint: string;
  private readonly client: grpc.Client;
  private readonly maxSendBytes: number;
  private readonly secure: boolean;

  constructor(endpoint: Endpoint, options: LinkOptions) {
    this.endpoint = endpoint.text;
    this.maxSendBytes = options.maxSendBytes;
    const secure = endpoint.tls === 'always';
    this.secure = secure;
    const serverName = options.tls?.serverName ?? endpoint.serverName;
    this.client = new grpc.Client(
      target(endpoint),
      secure ? credentials(options) : grpc.credentials.createInsecure(),
      {
        ...(options.keepAliveTimeMs > 0 ? { 'grpc.keepalive_time_ms': options.keepAliveTimeMs } : {}),
        'grpc.keepalive_timeout_ms': options.keepAliveTimeoutMs,
        'grpc.max_receive_message_length': options.maxReceiveBytes,
        'grpc.max_send_message_length': -1,
        'grpc.initial_reconnect_backoff_ms': FIRST_RECONNECT_MS,
        'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS,
        'grpc.enable_http_proxy': 0,
        'grpc.enable_channelz': 0,
        'grpc.service_config_disable_resolution': 1,
        'grpc.default_authority': endpoint.address.kind === 'unix' ? 'localhost' : endpoint.address.target,
        ...(secure ? { 'grpc.ssl_target_name_override': serverName } : {}),
      },
    );
  }

  state(): LinkState {
    return STATES[this.client.getChannel().getConnectivityState(false)];
  }

  connect(): void {
    this.client.getChannel().getConnectivityState(true);
  }

  onChange(from: LinkState, deadline: number, callback: () => void): void {
    this.client.getChannel().watchConnectivityState(STATE_NUMBERS.get(from)!, deadline, callback);
  }

  private encode<Req, Res>(method: MethodDescriptor<Req, Res>, request: Req): Uint8Array {
    const bytes = method.request.encode(request);
    if (bytes.length <= this.maxSendBytes) return bytes;
    throw new StatusError(
      Code.ResourceExhausted,
      `trying to send message larger than max (${bytes.length} vs. ${this.maxSendBytes})`,
    );
  }

  async unary<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    request: Req,
    options: CallOptions,
  ): Promise<Res> {
    const bytes = this.encode(method, request);
    return new Promise((resolve, reject) => {
      const call = this.client.makeUnaryRequest(
        method.path,
        asIs,
        method.response.decode,
        bytes,
        metadataOf(options.metadata),
        { deadline: options.deadline },
        (error, response) => {
          if (error === null) resolve(response as Res);
          else reject(statusError(error, { address: call.getPeer(), secure: this.secure }));
        },
      );
      options.signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  }

  async stream<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    options: CallOptions,
  ): Promise<StreamCall<Req, Res>> {
    const call = this.client.makeBidiStreamRequest(
      method.path,
      (request: Req) => asIs(this.encode(method, request)),
      method.response.decode,
      metadataOf(options.metadata),
      { deadline: options.deadline },
    );
    options.signal?.addEventListener('abort', () => call.cancel(), { once: true });
    return new GrpcStream(call, this.secure);
  }

  close(): void {
    this.client.close();
  }
}
