/**
 * The ports of the client: a `Link` speaks gRPC to one endpoint, a `Channel` to a cluster. Two kinds
 * of links are here, over node:http2 (http2-link.ts) and over @grpc/grpc-js (grpc-channel.ts); one into a member of the
 * same process can stand there too.
 */
import type { MethodDescriptor } from '../core/wire/codec.ts';

export interface CallOptions {
  /** Milliseconds since the epoch; Infinity for none. */
  readonly deadline: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A call with a stream in at least one direction. Iterating ends with OK, or throws a StatusError. */
export interface StreamCall<Req, Res> extends AsyncIterable<Res> {
  write(request: Req): void;
  /** No more requests from this side. */
  end(): void;
  cancel(): void;
}

export type LinkState = 'idle' | 'connecting' | 'ready' | 'failed' | 'closed';

/**
 * One endpoint. A call on a link that is not connected waits for this attempt to connect and fails with an `unsent`
 * StatusError when the attempt fails; waiting for better times is the channel's business.
 */
export interface Link {
  readonly endpoint: string;
  state(): LinkState;
  /** Starts to connect if nothing is under way. */
  connect(): void;
  /** Calls back once when the state is another than `from`, or at the deadline. */
  onChange(from: LinkState, deadline: number, callback: () => void): void;
  /** @throws StatusError */
  unary<Req, Res>(method: MethodDescriptor<Req, Res>, request: Req, options: CallOptions): Promise<Res>;
  stream<Req, Res>(method: MethodDescriptor<Req, Res>, options: CallOptions): Promise<StreamCall<Req, Res>>;
  close(): void;
}

export interface Channel {
  readonly endpoints: readonly string[];
  /** @throws StatusError, ContextError */
  unary<Req, Res>(method: MethodDescriptor<Req, Res>, request: Req, options: CallOptions): Promise<Res>;
  stream<Req, Res>(method: MethodDescriptor<Req, Res>, options: CallOptions): Promise<StreamCall<Req, Res>>;
  close(): void;
}
