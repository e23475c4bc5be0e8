/**
 * What this transport adds to the line drawn in services/method.ts: a handler's context can do all of
 * {@link GrpcContext}, its streams all of {@link GrpcStreamCall}. Services that want no more need not know.
 *
 * Laws of the line, as kept here
 * 1. `decode` gets a view that stays true but keeps a chunk of the socket's, up to 64 KiB, alive: copy what stays.
 * 2. What `encode` returns, and what is sent on a stream, must never change afterwards: it may leave later.
 * 3. A failure is an object with a numeric `code` 0..16 and a `message`; anything else that is thrown becomes UNKNOWN
 *    with its message, and is shown to `onUnexpectedError`.
 * 4. After `cancelled` an answer goes nowhere; giving one is no mistake.
 */
import type {
  CallContext,
  DuplexCall,
  DuplexMethod,
  Encoded,
  ServerStreamMethod,
  UnaryMethod,
} from '../../services/method.ts';

export type { Encoded };
export type StreamMethod = ServerStreamMethod<unknown, unknown> | DuplexMethod<unknown, unknown>;
export type Method = UnaryMethod<unknown, unknown> | StreamMethod;

/** Why nobody waits for the answer: the client cancelled, its deadline passed, its connection or this server ended. */
export type CancelReason = 'cancelled' | 'deadline' | 'disconnected' | 'shutdown';

export interface PeerTls {
  /** The client's certificate was verified. */
  readonly authorized: boolean;
  /** Common name of the client's certificate, '' without one. */
  readonly commonName: string;
}

export interface GrpcContext extends CallContext {
  /** "/package.Service/Method" */
  readonly path: string;
  /** "ip:port", "[ip6]:port", or "@" for a unix socket. */
  readonly peer: string;
  /** Null on a plain connection. */
  readonly peerTls: PeerTls | null;
  /** All values of a metadata key (lower case), in order; `-bin` values are still base64. */
  metadataAll(name: string): string[];
  /** Made on first use; aborted with the {@link CancelReason}. */
  readonly signal: AbortSignal;
  /** A deadline's listeners may still answer; if none does, `context deadline exceeded` goes out. */
  onCancel(listener: (reason: CancelReason) => void): void;
  /** Metadata before the first message; after that it is too late and ignored. ASCII; names in lower case. */
  setHeader(name: string, value: string): void;
  /** Metadata with the status. */
  setTrailer(name: string, value: string): void;
}

export interface GrpcStreamCall extends GrpcContext, DuplexCall<unknown> {
  onCancel(listener: (reason: CancelReason) => void): void;
  /** Encodes with the method's `encode` and sends. */
  send(response: unknown): boolean;
  sendEncoded(message: Encoded): boolean;
  /** Bytes that wait for the client. */
  readonly queuedBytes: number;
  /** Takes no messages, which holds the client back, until `resume`. */
  pause(): void;
  resume(): void;
}

/** Told about every call of a known method: for metrics and logs. Must be quick and must not throw. */
export interface CallObserver {
  started(method: Method, context: GrpcContext): void;
  /** Sizes are bytes of the message, uncompressed, without framing. */
  received(method: Method, bytes: number): void;
  sent(method: Method, bytes: number): void;
  ended(method: Method, code: number, context: GrpcContext): void;
}
