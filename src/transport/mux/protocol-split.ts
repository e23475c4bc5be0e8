/**
 * One port, two protocols. On a plain socket (TCP or unix) the first bytes decide: the HTTP/2 preface is gRPC,
 * anything else is HTTP/1.1. On TLS it is ALPN's answer, and within HTTP/2 the content type (http-bridge.ts).
 *
 *   accepted --bytes so far begin the preface--> accepted
 *            --whole preface--> GrpcServer
 *            --another byte--> node:http server, which gets the bytes back
 */
import type { Server as HttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { GrpcServer } from '../grpc/index.ts';
import { clientPreface } from '../http2/constants.ts';
import { hasTime, takeLater } from '../http2/intake.ts';

export interface ProtocolSplitOptions {
  /** Null on a listener for HTTP/1.1 alone. */
  readonly grpc: GrpcServer | null;
  /** Null on a listener for gRPC alone. */
  readonly http: HttpServer | null;
  /** Time a plain connection has to say what it speaks, milliseconds; default 5 minutes. */
  readonly firstBytesMs?: number;
}

/** What a TLS listener offers in ALPN. */
export const alpnProtocols: readonly string[] = ['h2', 'http/1.1'];

const defaultFirstBytesMs = 5 * 60 * 1000;

export class ProtocolSplit {
  private readonly grpc: GrpcServer | null;
  private readonly http: HttpServer | null;
  private readonly firstBytesMs: number;

  constructor(options: ProtocolSplitOptions) {
    this.grpc = options.grpc;
    this.http = options.http;
    this.firstBytesMs = options.firstBytesMs ?? defaultFirstBytesMs;
  }

  /** What a TLS listener in front of it offers in ALPN. */
  get protocols(): readonly string[] {
    return this.grpc === null ? ['http/1.1'] : alpnProtocols;
  }

  /** Takes every connection of a net.Server, or of a tls.Server that offers {@link alpnProtocols}. */
  attach(server: Server): void {
    const event = 'setSecureContext' in server ? 'secureConnection' : 'connection';
    server.on(event, (socket: Socket) => this.accept(socket));
  }

  accept(socket: Socket): void {
    if (this.grpc === null) this.giveToHttp(socket, noBytes);
    else if (socket instanceof TLSSocket) this.acceptTls(socket, this.grpc);
    else this.readFirstBytes(socket, this.grpc);
  }

  private acceptTls(socket: TLSSocket, grpc: GrpcServer): void {
    if (socket.alpnProtocol === 'h2' || this.http === null) grpc.serve(socket);
    else this.giveToHttp(socket, noBytes);
  }

  private readFirstBytes(socket: Socket, grpc: GrpcServer): void {
    let seen: Buffer = noBytes;
    const forget = (): void => {
      clearTimeout(timer);
      socket.off('data', read).off('error', forget).off('close', forget);
    };
    const read = (chunk: Buffer): void => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, clientPreface.length);
      const isPreface = clientPreface.compare(seen, 0, length, 0, length) === 0;
      if (isPreface && length < clientPreface.length) return;
      forget();
      if (isPreface || this.http === null) this.giveToGrpc(socket, seen, grpc);
      else this.giveToHttp(socket, seen);
    };
    const timer = setTimeout(() => socket.destroy(), this.firstBytesMs);
    timer.unref();
    socket.on('data', read).on('error', forget).on('close', forget);
  }

  /** A thousand clients that begin at once are a turn's intake like any other. */
  private giveToGrpc(socket: Socket, bytes: Buffer, grpc: GrpcServer): void {
    if (hasTime(performance.now())) return grpc.serve(socket, bytes);
    socket.pause();
    const broken = (): void => void socket.destroy();
    socket.on('error', broken);
    takeLater(() => {
      socket.off('error', broken);
      if (socket.destroyed) return;
      grpc.serve(socket, bytes);
      socket.resume();
    });
  }

  private giveToHttp(socket: Socket, bytes: Buffer): void {
    socket.pause();
    if (bytes.length > 0) socket.unshift(bytes);
    this.http?.emit('connection', socket);
    socket.resume();
  }
}

const noBytes: Buffer = Buffer.alloc(0);
