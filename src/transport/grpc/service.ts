/**
 * The border between services and whatever carries their calls. Structural: services declare objects of these shapes
 * and import nothing from here. A service is a table of methods; a method is how its messages are coded, and a
 * handler.
 *
 * Laws
 * 1. `decode` gets a view that stays true but keeps a socket's chunk of up to 64 KiB alive: copy what stays.
 * 2. What `encode` returns, and what is given to `sendEncoded`, must never change afterwards: it may be sent later.
 * 3. A failure is a thrown (or rejected, or handed over) object with a numeric `code` 0..16 and a `message`; anything
 *    else becomes UNKNOWN with its message.
 * 4. After `cancelled` an answer goes nowhere; giving one is no mistake.
 */
import type { StatusLike } from './status.ts';

/** One message: in one piece, or in pieces, so that stored bytes go out as they lie. */
export type Encoded = Uint8Array | readonly Uint8Array[];

/** Why nobody waits for the answer: the client cancelled, its deadline passed, its connection or this server ended. */
export type CancelReason = 'cancelled' | 'deadline' | 'disconnected' | 'shutdown';

export interface Peer {
  /** "ip:port", "[ip6]:port", or "@" for a unix socket. */
  readonly address: string;
  /** Null on a plain connection. */
  readonly tls: PeerTls | null;
}

export interface PeerTls {
  /** The client's certificate was verified. */
  readonly authorized: boolean;
  /** Common name of the client's certificate, '' without one. */
  readonly commonName: string;
}

/** What a handler may know about its call, and say beside the answer. */
export interface CallContext {
  /** "/package.Service/Method" */
  readonly path: string;
  readonly peer: Peer;
  /** Unix time in milliseconds; Infinity without one. */
  readonly deadline: number;
  /** Nobody waits for the answer any more. */
  readonly cancelled: boolean;
  /** Made on first use; aborted with the {@link CancelReason}. */
  readonly signal: AbortSignal;
  /** Runs once, at once if the call is cancelled already. A deadline's listeners may still answer. */
  onCancel(listener: (reason: CancelReason) => void): void;
  /** First value of a metadata key (lower case), undefined without one; `-bin` values are still base64. */
  metadata(name: string): string | undefined;
  /** All values, in order. */
  metadataAll(name: string): string[];
  /** Metadata before the first message; after that it is too late and ignored. ASCII; names in lower case. */
  setHeader(name: string, value: string): void;
  /** Metadata with the status. */
  setTrailer(name: string, value: string): void;
}

/** A call that sends messages. `end` once; nothing after it. */
export interface SendingCall<Response> extends CallContext {
  /** False: the client is slow; send more after {@link whenDrained}, or do without. */
  send(response: Response): boolean;
  /** A message encoded before, perhaps for many calls. */
  sendEncoded(message: Encoded): boolean;
  /** Runs once, when all that was sent is with the socket; never after the call ended. */
  whenDrained(listener: () => void): void;
  /** Bytes that wait for the client. */
  readonly queuedBytes: number;
  /** Ends the call; status OK when none is given. */
  end(status?: StatusLike): void;
}

/** A call that also receives messages. Those that come before `onMessage` wait, and hold the client back. */
export interface DuplexCall<Request, Response> extends SendingCall<Response> {
  onMessage(listener: (message: Request) => void): void;
  /** The client sends no more; the call goes on until `end`. */
  onEnd(listener: () => void): void;
  /** Takes no messages, which holds the client back, until `resume`. */
  pause(): void;
  resume(): void;
}

interface MethodBase<Request, Response> {
  readonly path: string;
  decode(bytes: Uint8Array): Request;
  encode(response: Response): Encoded;
}

export type Done<Response> = (error: unknown, response?: Response) => void;

export interface UnaryMethod<Request = unknown, Response = unknown> extends MethodBase<Request, Response> {
  readonly kind: 'unary';
  /** One of the two is there. `handle` spares a promise: for the hot methods. */
  handler?(request: Request, context: CallContext): Response | Promise<Response>;
  handle?(request: Request, context: CallContext, done: Done<Response>): void;
}

export interface ServerStreamMethod<Request = unknown, Response = unknown> extends MethodBase<Request, Response> {
  readonly kind: 'serverStream';
  /** A throw or rejection ends the call with its status; returning does not end it. */
  handler(request: Request, call: SendingCall<Response>): void | Promise<void>;
}

export interface DuplexMethod<Request = unknown, Response = unknown> extends MethodBase<Request, Response> {
  readonly kind: 'clientStream' | 'bidi';
  handler(call: DuplexCall<Request, Response>): void | Promise<void>;
}

export type ServiceMethod = UnaryMethod | ServerStreamMethod | DuplexMethod;

/** Told about every call of a known method: for metrics and logs. Must be quick and must not throw. */
export interface CallObserver {
  started(method: ServiceMethod, context: CallContext): void;
  /** Sizes are bytes of the message, uncompressed, without framing. */
  received(method: ServiceMethod, bytes: number): void;
  sent(method: ServiceMethod, bytes: number): void;
  ended(method: ServiceMethod, code: number, context: CallContext): void;
}
