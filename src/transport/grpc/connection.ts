/**
 * One client's connection: makes a call of each request, and keeps the client's pings in check.
 *
 * Ping policy (gRPC proposal A8): a ping is a strike when it comes sooner than `minTimeMs` after the last, or, with
 * no call under way, sooner than two hours; anything we send in answer to a call wipes the strikes out. The third
 * strike is GOAWAY with ENHANCE_YOUR_CALM and "too_many_pings".
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  ConnectionError,
  ErrorCode,
  HeaderTemplate,
  type Http2Stream,
  type RequestHead,
  ServerConnection,
} from '../http2/index.ts';
import type { MessageConnection, MessageLimits } from './message-stream.ts';
import { RefusedCall } from './refused-call.ts';
import { answerFields, isGrpc, type Route } from './route.ts';
import type { ForeignStreams, GrpcServer } from './server.ts';
import type { CallObserver, CancelReason, PeerTls } from './service.ts';
import { statusFields } from './status.ts';
import { StreamCall } from './stream-call.ts';
import type { Deadlines } from './timeout.ts';
import { UnaryCall } from './unary-call.ts';

/** Strikes that are forgiven. */
const maxPingStrikes = 2;
/** Spacing of pings while no call is under way, milliseconds. */
const idlePingMs = 2 * 60 * 60 * 1000;

const okFields = statusFields({ code: 0, message: '' }).map((field) => ({
  ...field,
  indexing: 'repeated' as const,
}));

export class GrpcConnection extends ServerConnection implements MessageConnection {
  readonly grpc: GrpcServer;
  readonly deadlines: Deadlines;
  readonly observer: CallObserver | null;
  /** HEADERS and trailers of an answer without any metadata. */
  readonly answerHeaders: HeaderTemplate;
  readonly okTrailers: HeaderTemplate;
  readonly messageLimits: MessageLimits;
  partialBytes = 0;
  private pingStrikes = 0;
  private lastPingAt = Number.NEGATIVE_INFINITY;
  private peerAddress: string | undefined;
  private tls: PeerTls | null | undefined;
  private readonly foreign: ForeignStreams | null;

  constructor(socket: Socket, grpc: GrpcServer) {
    super(socket, { limits: grpc.limits, keepalive: grpc.keepalive });
    this.grpc = grpc;
    this.messageLimits = grpc;
    this.deadlines = grpc.deadlines;
    this.observer = grpc.observer;
    this.foreign = socket instanceof TLSSocket ? grpc.foreign : null;
    this.answerHeaders = new HeaderTemplate(this.encoder, answerFields);
    this.okTrailers = new HeaderTemplate(this.encoder, okFields);
  }

  /** Why calls are lost when the connection goes. */
  get lostReason(): CancelReason {
    return this.grpc.closing ? 'shutdown' : 'disconnected';
  }

  get peer(): string {
    this.peerAddress ??= addressOf(this.socket);
    return this.peerAddress;
  }

  get peerTls(): PeerTls | null {
    if (this.tls === undefined) this.tls = tlsOf(this.socket);
    return this.tls;
  }

  protected override open(id: number, head: RequestHead): Http2Stream {
    let route = head.attachment as Route | undefined;
    if (route === undefined) {
      if (this.foreign !== null && !isGrpc(head)) return this.foreign(this, id, head);
      route = this.grpc.routeOf(head);
      head.attachment = route;
    }
    if (route.kind === 'refused') return new RefusedCall(this, id, route.fields);
    return route.method.kind === 'unary'
      ? new UnaryCall(this, id, head, route)
      : new StreamCall(this, id, head, route);
  }

  protected override onPing(): void {
    if (this.answered) {
      this.answered = false;
      this.pingStrikes = 0;
      this.lastPingAt = this.now;
      return;
    }
    const spacing = this.streams.size === 0 ? idlePingMs : this.grpc.minPingMs;
    if (this.now < this.lastPingAt + spacing) this.pingStrikes++;
    this.lastPingAt = this.now;
    if (this.pingStrikes > maxPingStrikes)
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too_many_pings');
  }

  protected override onClosed(): void {
    this.grpc.forget(this);
  }
}

function addressOf(socket: Socket): string {
  const { remoteAddress, remotePort, remoteFamily } = socket;
  if (remoteAddress === undefined) return '@';
  return remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}

function tlsOf(socket: Socket): PeerTls | null {
  if (!(socket instanceof TLSSocket)) return null;
  const name = socket.getPeerCertificate()?.subject?.CN;
  return { authorized: socket.authorized, commonName: (Array.isArray(name) ? name[0] : name) ?? '' };
}
