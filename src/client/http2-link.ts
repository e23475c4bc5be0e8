/**
 * A link over node:http2: gRPC's framing and statuses and nothing else, so that a command is done in a fraction of
 * the time that a general RPC library takes to load. The same contract test holds it and the one over grpc-js.
 */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { Code } from '../core/errors.ts';
import type { MethodDescriptor } from '../core/wire/codec.ts';
import type { CallOptions, Link, LinkState, StreamCall } from './channel.ts';
import type { Endpoint } from './endpoints.ts';
import { ContextError, type Peer, StatusError } from './errors.ts';
import { FrameReader, frame, type GrpcStatus, httpFailure, statusOf, timeoutHeader } from './grpc-frames.ts';
import { Http2Connection } from './http2-connection.ts';
import type { LinkOptions } from './link-options.ts';

const USER_AGENT = 'kvctl grpc-http2';
const REFUSED_STREAM = 7;
const CANCEL = 8;
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function requestHeaders(path: string, { deadline, metadata }: CallOptions): Record<string, string> {
  const headers: Record<string, string> = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': USER_AGENT,
    ...metadata,
  };
  if (deadline !== Number.POSITIVE_INFINITY) headers['grpc-timeout'] = timeoutHeader(deadline - Date.now());
  return headers;
}

/** What came of a call, as far as it is known: its status, or the way its stream was lost. */
class Outcome {
  readonly settled: Promise<StatusError | undefined>;
  private status: GrpcStatus | undefined;
  private expired = false;
  private canceled = false;
  private failure: StatusError | undefined;

  constructor(stream: ClientHttp2Stream, peer: Peer, { deadline, signal }: CallOptions) {
    const take = (headers: IncomingHttpHeaders) => {
      this.status ??= statusOf(headers) ?? httpFailure({ ':status': 200, ...headers });
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('error', () => {}); // the reset code says it all
    const expire = () => {
      this.expired = true;
      stream.close(CANCEL);
    };
    const cancel = () => {
      this.canceled = true;
      stream.close(CANCEL);
    };
    const left = deadline - Date.now();
    const timer = left < LONGEST_TIMER_MS ? setTimeout(expire, Math.max(0, left)) : undefined;
    signal?.addEventListener('abort', cancel, { once: true });
    this.settled = new Promise((resolve) => {
      stream.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        resolve(this.verdict(stream.rstCode, peer));
      });
    });
  }

  /** Ends the call with an error that this side found. */
  fail(stream: ClientHttp2Stream, failure: StatusError): void {
    this.failure = failure;
    stream.close(CANCEL);
  }

  private verdict(resetCode: number | undefined, peer: Peer): StatusError | undefined {
    if (this.failure !== undefined) return this.failure;
    if (this.status !== undefined) {
      const { code, details } = this.status;
      return code === Code.OK ? undefined : new StatusError(code, details, { peer });
    }
    if (this.expired) return new StatusError(Code.DeadlineExceeded, 'context deadline exceeded', { peer });
    if (this.canceled) return new StatusError(Code.Canceled, 'context canceled', { peer });
    if (resetCode === REFUSED_STREAM) {
      return new StatusError(Code.Unavailable, 'stream refused by the server', { unsent: true });
    }
    return new StatusError(Code.Unavailable, 'error reading from server: EOF', { peer });
  }
}

class Http2Call<Req, Res> implements StreamCall<Req, Res> {
  private readonly stream: ClientHttp2Stream;
  private readonly outcome: Outcome;
  private readonly encode: (request: Req) => Uint8Array;
  private readonly decode: (bytes: Uint8Array) => Res;
  private readonly frames: FrameReader;

  constructor(
    stream: ClientHttp2Stream,
    outcome: Outcome,
    codec: {
      readonly encode: (request: Req) => Uint8Array;
      readonly decode: (bytes: Uint8Array) => Res;
      readonly maxReceiveBytes: number;
    },
  ) {
    this.stream = stream;
    this.outcome = outcome;
    this.encode = codec.encode;
    this.decode = codec.decode;
    this.frames = new FrameReader(codec.maxReceiveBytes);
  }

  write(request: Req): void {
    const bytes = this.encode(request);
    if (this.stream.writable) this.stream.write(frame(bytes));
  }

  end(): void {
    this.stream.end();
  }

  cancel(): void {
    this.outcome.fail(this.stream, new StatusError(Code.Canceled, 'context canceled'));
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Res> {
    try {
      for await (const chunk of this.stream) {
        for (const message of this.frames.push(chunk as Buffer)) yield this.decode(message);
      }
    } catch (error) {
      if (error instanceof StatusError) this.outcome.fail(this.stream, error);
    } finally {
      if (!this.stream.closed) this.stream.close(CANCEL);
    }
    const failure = await this.outcome.settled;
    if (failure !== undefined) throw failure;
  }
}

export class Http2Link implements Link {
  readonly endpoint: string;
  private readonly connection: Http2Connection;
  private readonly options: LinkOptions;

  constructor(endpoint: Endpoint, options: LinkOptions) {
    this.endpoint = endpoint.text;
    this.options = options;
    this.connection = new Http2Connection(endpoint, options);
  }

  state(): LinkState {
    return this.connection.state;
  }

  connect(): void {
    try {
      void this.connection.session();
    } catch {
      // it failed a moment ago and is not tried yet: `state` says so
    }
  }

  onChange(from: LinkState, deadline: number, callback: () => void): void {
    if (this.connection.state !== from) return callback();
    const left = deadline - Date.now();
    const timer = left < LONGEST_TIMER_MS ? setTimeout(callback, Math.max(0, left)) : undefined;
    this.connection.onChange(() => {
      clearTimeout(timer);
      callback();
    });
  }

  /** The session, or the end of the call's patience. */
  private session({ deadline, signal }: CallOptions): Promise<ClientHttp2Session> | ClientHttp2Session {
    const session = this.connection.session();
    if (!(session instanceof Promise)) return session;
    return new Promise((resolve, reject) => {
      const left = deadline - Date.now();
      const expire = () => reject(new StatusError(Code.DeadlineExceeded, 'context deadline exceeded'));
      const timer = left < LONGEST_TIMER_MS ? setTimeout(expire, Math.max(0, left)) : undefined;
      const abort = () => reject(new ContextError('canceled'));
      signal?.addEventListener('abort', abort, { once: true });
      session.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      });
    });
  }

  private encode<Req, Res>(method: MethodDescriptor<Req, Res>, request: Req): Uint8Array {
    const bytes = method.request.encode(request);
    if (bytes.length <= this.options.maxSendBytes) return bytes;
    throw new StatusError(
      Code.ResourceExhausted,
      `trying to send message larger than max (${bytes.length} vs. ${this.options.maxSendBytes})`,
    );
  }

  private open(path: string, session: ClientHttp2Session, options: CallOptions) {
    const stream = session.request(requestHeaders(path, options));
    this.connection.callStarted(session);
    stream.once('close', () => this.connection.callEnded(session));
    return { stream, outcome: new Outcome(stream, this.connection.peer(session), options) };
  }

  async unary<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    request: Req,
    options: CallOptions,
  ): Promise<Res> {
    const bytes = this.encode(method, request);
    const session = await this.session(options);
    const { stream, outcome } = this.open(method.path, session, options);
    stream.end(frame(bytes));
    const frames = new FrameReader(this.options.maxReceiveBytes);
    let answer: Buffer | undefined;
    stream.on('data', (chunk: Buffer) => {
      try {
        answer = frames.push(chunk)[0] ?? answer;
      } catch (error) {
        outcome.fail(stream, error as StatusError);
      }
    });
    const failure = await outcome.settled;
    if (failure !== undefined) throw failure;
    if (answer === undefined) throw new StatusError(Code.Internal, 'the server sent no message');
    return method.response.decode(answer);
  }

  async stream<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    options: CallOptions,
  ): Promise<StreamCall<Req, Res>> {
    const session = await this.session(options);
    const { stream, outcome } = this.open(method.path, session, options);
    return new Http2Call(stream, outcome, {
      encode: (request: Req) => this.encode(method, request),
      decode: method.response.decode,
      maxReceiveBytes: this.options.maxReceiveBytes,
    });
  }

  close(): void {
    this.connection.close();
  }
}
