/**
 * A small, fast gRPC client: unary calls and streams on one connection, bytes in and bytes out. For load generators;
 * no balancing, no retries, no name resolution. What all calls of a turn have to say is one write, as on the server.
 *
 * Laws: `done` and `onEnd` are called exactly once; messages handed over are views, as services get them.
 */
import type { Socket } from 'node:net';
import {
  ClientConnection,
  clientRates,
  HeaderTemplate,
  type Http2Limits,
  type OutgoingField,
  withDefaultLimits,
} from '../http2/index.ts';
import { ClientCall, type ClientCallEvents } from './client-call.ts';
import type { MessageLimits } from './message-stream.ts';
import { StatusCode, type StatusLike } from './status.ts';

export interface GrpcClientOptions {
  /** The :authority of all calls, "host:port". */
  readonly authority: string;
  /** Default 'http'. */
  readonly scheme?: 'http' | 'https';
  /** Metadata of every call. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Http2Limits>;
  /** Largest response message, bytes; default 2^31-1. */
  readonly maxReceiveBytes?: number;
}

export type UnaryDone = (status: StatusLike, response: Uint8Array | null) => void;

export class GrpcClient extends ClientConnection {
  readonly messageLimits: MessageLimits;
  partialBytes = 0;
  private readonly baseFields: readonly OutgoingField[];
  private readonly templates = new Map<string, HeaderTemplate>();
  private closedListener: (() => void) | null = null;

  /** `socket` may still be connecting. */
  constructor(socket: Socket, options: GrpcClientOptions) {
    super(socket, { limits: withDefaultLimits({ ...clientRates, ...options.limits }) });
    const maxReceiveBytes = options.maxReceiveBytes ?? 2 ** 31 - 1;
    this.messageLimits = { maxReceiveBytes, maxPartialBytes: Number.POSITIVE_INFINITY };
    this.baseFields = baseFields(options);
  }

  /** Calls once, with one message. */
  unary(path: string, request: Uint8Array, done: UnaryDone): ClientCall {
    let response: Uint8Array | null = null;
    return this.start(path, request, {
      onMessage: (message) => {
        response = message;
      },
      onEnd: (status) => done(status, status.code === StatusCode.ok ? response : null),
    });
  }

  /** Starts a call that streams; send with the call, end it with `endSending` or `cancel`. */
  stream(path: string, events: ClientCallEvents): ClientCall {
    return this.start(path, null, events);
  }

  /** Runs once, when the socket is closed. */
  onceClosed(listener: () => void): void {
    this.closedListener = listener;
  }

  protected override onClosed(): void {
    this.closedListener?.();
  }

  private start(path: string, request: Uint8Array | null, events: ClientCallEvents): ClientCall {
    let template = this.templates.get(path);
    if (template === undefined) {
      const fields: OutgoingField[] = [
        { name: ':path', value: path, indexing: 'repeated' },
        ...this.baseFields,
      ];
      template = new HeaderTemplate(this.encoder, fields);
      this.templates.set(path, template);
    }
    const call = this.openStream((id) => new ClientCall(this, id, events));
    call.begin(template, request);
    return call;
  }
}

/** Pseudo-header fields first; `:path` is put before them. */
function baseFields(options: GrpcClientOptions): OutgoingField[] {
  const fields: Record<string, string> = {
    ':method': 'POST',
    ':scheme': options.scheme ?? 'http',
    ':authority': options.authority,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'kvctl',
    ...options.metadata,
  };
  return Object.entries(fields).map(([name, value]) => ({ name, value, indexing: 'repeated' }));
}
