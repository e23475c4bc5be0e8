/**
 * The line between services and whatever carries them: gRPC over our own HTTP/2, the JSON gateway, or nothing at all
 * (in process). A service is a table of methods; a transport finds one by its path, decodes, calls it and sends the
 * answer. No transport type crosses this line: transports satisfy these shapes, services import nothing of theirs.
 */
import { concatBytes } from '../core/wire/bytes.ts';

/** A failure with a gRPC status code and the text that clients match on. */
export interface Status {
  readonly code: number;
  readonly message: string;
}

/** What a service may know of a call. */
export interface CallContext {
  /** Unix time in milliseconds; Infinity without one. */
  readonly deadline: number;
  /** Nobody waits for the answer any more. */
  readonly cancelled: boolean;
  /** Runs once when the caller goes away or its deadline passes; at once if that has happened. */
  onCancel(listener: () => void): void;
  /** First value of a request metadata entry; `name` in lower case. */
  metadata(name: string): string | undefined;
}

/** Answers a unary call: exactly once, in the same turn or later. */
export type Reply<Res> = (error: Status | undefined, response?: Res) => void;

/** One message: in one piece, or in pieces, so that stored bytes go out as they lie. */
export type Encoded = Uint8Array | readonly Uint8Array[];

/** The message in one piece. */
export function wholeMessage(message: Encoded): Uint8Array {
  return message instanceof Uint8Array ? message : concatBytes(message);
}

export interface SendingCall extends CallContext {
  /** Sends one encoded message, which must not change afterwards. False: go on after `whenDrained`. */
  sendEncoded(message: Encoded): boolean;
  /** Runs once, when all that was sent has left. */
  whenDrained(listener: () => void): void;
  /** Ends the call; without a status it is OK. */
  end(status?: Status): void;
}

export interface DuplexCall<Req> extends SendingCall {
  onMessage(listener: (message: Req) => void): void;
  /** The client sends no more; the call goes on until `end`. */
  onEnd(listener: () => void): void;
}

interface MethodBase<Req, Res> {
  readonly path: string;
  /** `bytes` may be a view of something larger: copy what stays. @throws WireError */
  decode(bytes: Uint8Array): Req;
  encode(response: Res): Uint8Array;
}

export interface UnaryMethod<Req = any, Res = any> extends MethodBase<Req, Res> {
  readonly kind: 'unary';
  handle(request: Req, context: CallContext, reply: Reply<Res>): void;
}

export interface ServerStreamMethod<Req = any, Res = any> extends MethodBase<Req, Res> {
  readonly kind: 'serverStream';
  handler(request: Req, call: SendingCall): void;
}

export interface DuplexMethod<Req = any, Res = any> extends MethodBase<Req, Res> {
  readonly kind: 'clientStream' | 'bidi';
  handler(call: DuplexCall<Req>): void;
}

export type Method = UnaryMethod | ServerStreamMethod | DuplexMethod;
