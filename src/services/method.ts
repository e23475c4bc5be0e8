/**
 * The line between services and whatever carries them: gRPC over our own HTTP/2, over grpc-js, the JSON gateway, or
 * nothing at all (in process). A service is a table of methods; a transport finds one by its path, decodes, calls it
 * and encodes the answer. No transport type crosses this line, and no service knows which transport called.
 */

/** A failure with a gRPC status code and the text that clients match on. */
export interface Status {
  readonly code: number;
  readonly message: string;
}

/** What a service may know of a call. */
export interface CallContext {
  /** First value of a request metadata entry; `name` in lower case. */
  metadata(name: string): string | undefined;
  /** Milliseconds left until the caller's deadline; undefined without one. */
  timeLeft(): number | undefined;
  /** Address of the caller, for logs. */
  readonly peer: string;
  /** True once the caller went away or its deadline passed. */
  readonly cancelled: boolean;
  /** Runs `listener` once when the caller goes away or its deadline passes; not at all if the call ends before. */
  onCancel(listener: () => void): void;
}

/** Answers a unary call: exactly once, in the same turn or later. */
export type Reply<Res> = (error: Status | undefined, response?: Res) => void;

export interface UnaryMethod<Req = any, Res = any> {
  readonly kind: 'unary';
  readonly path: string;
  /** @throws WireError */
  decode(bytes: Uint8Array): Req;
  encode(response: Res): Uint8Array;
  handle(request: Req, context: CallContext, reply: Reply<Res>): void;
}

/** One streaming call as its service sees it. Messages out are encoded by the service: shared bytes are encoded once. */
export interface StreamCall<Req = any> {
  readonly context: CallContext;
  /** Sends one encoded message. False: it is queued, but stop until `onDrain`. */
  send(message: Uint8Array): boolean;
  /** Runs each time the queue has drained after `send` returned false. */
  onDrain(listener: () => void): void;
  onMessage(listener: (request: Req) => void): void;
  /** The client half-closed. */
  onEnd(listener: () => void): void;
  /** The call is over without our doing: cancelled, deadline, connection lost. */
  onCancel(listener: () => void): void;
  /** Ends the call; without an error the status is OK. */
  end(error?: Status): void;
}

/** serverStream: exactly one request comes; clientStream and bidi: any number. */
export interface StreamMethod<Req = any> {
  readonly kind: 'serverStream' | 'clientStream' | 'bidi';
  readonly path: string;
  /** @throws WireError */
  decode(bytes: Uint8Array): Req;
  open(call: StreamCall<Req>): void;
}

export type Method = UnaryMethod | StreamMethod;
