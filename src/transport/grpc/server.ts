/**
 * The gRPC server: a table of methods and the connections that call them. It listens nowhere: whoever accepts sockets
 * (../mux) hands over those that speak HTTP/2.
 */
import type { Socket } from 'node:net';
import {
  type Http2Limits,
  type Http2Stream,
  type KeepaliveOptions,
  type RequestHead,
  withDefaultLimits,
} from '../http2/index.ts';
import { GrpcConnection } from './connection.ts';
import { RepeatedFrame } from './repeated-frame.ts';
import { type Route, routeOf } from './route.ts';
import type { CallObserver, Method } from './service.ts';
import { isStatus, StatusCode, type StatusLike, toStatus } from './status.ts';
import { Deadlines } from './timeout.ts';

/** Makes the stream of a request that is not gRPC's. */
export type ForeignStreams = (connection: GrpcConnection, id: number, head: RequestHead) => Http2Stream;

export interface GrpcServerOptions {
  readonly methods: readonly Method[];
  readonly limits?: Partial<Http2Limits>;
  /** Largest request message, bytes, after decompression. */
  readonly maxReceiveBytes: number;
  /** Largest response message, bytes; default 2^31-1. */
  readonly maxSendBytes?: number;
  /** Bytes of incomplete messages on one connection; default 64 MiB, at least `maxReceiveBytes`. */
  readonly maxPartialBytes?: number;
  /** Least spacing of a client's pings, milliseconds; default 5000 (--grpc-keepalive-min-time). */
  readonly minPingMs?: number;
  /** Our own pings; none when left out (--grpc-keepalive-interval, --grpc-keepalive-timeout). */
  readonly keepalive?: KeepaliveOptions;
  readonly observer?: CallObserver;
  /**
   * HTTP/2 requests over TLS without gRPC's content type. Without TLS, and when this is left out, they are refused
   * with 415: there the first bytes of a connection have decided already.
   */
  readonly foreign?: ForeignStreams;
  /** Told what a handler threw that is no status. May throw on, to stop the process. */
  readonly onUnexpectedError?: (error: unknown) => void;
}

const longestTickMs = 1000;
const shortestTickMs = 10;

export class GrpcServer {
  readonly limits: Http2Limits;
  readonly maxReceiveBytes: number;
  readonly maxSendBytes: number;
  readonly maxPartialBytes: number;
  readonly minPingMs: number;
  readonly keepalive: KeepaliveOptions | undefined;
  readonly observer: CallObserver | null;
  readonly foreign: ForeignStreams | null;
  readonly deadlines = new Deadlines();
  /** The last message of three pieces, for whoever is sent it too. */
  readonly repeated = new RepeatedFrame();
  /** `close` was called. */
  closing = false;
  private readonly methods = new Map<string, Method>();
  private readonly services = new Set<string>();
  private readonly connections = new Set<GrpcConnection>();
  private readonly onUnexpectedError: ((error: unknown) => void) | undefined;
  private readonly ticker: NodeJS.Timeout;
  private onEmpty: (() => void) | null = null;

  constructor(options: GrpcServerOptions) {
    this.limits = withDefaultLimits(options.limits);
    this.maxReceiveBytes = options.maxReceiveBytes;
    this.maxSendBytes = options.maxSendBytes ?? 2 ** 31 - 1;
    this.maxPartialBytes = Math.max(options.maxPartialBytes ?? 64 * 1024 * 1024, options.maxReceiveBytes + 5);
    this.minPingMs = options.minPingMs ?? 5000;
    this.keepalive = options.keepalive;
    this.observer = options.observer ?? null;
    this.foreign = options.foreign ?? null;
    this.onUnexpectedError = options.onUnexpectedError;
    for (const method of options.methods) this.register(method);
    this.ticker = setInterval(() => this.tick(), this.tickMs());
    this.ticker.unref();
  }

  private register(method: Method): void {
    if (this.methods.has(method.path)) throw new Error(`method registered twice: ${method.path}`);
    this.methods.set(method.path, method);
    this.services.add(method.path.slice(1, method.path.lastIndexOf('/')));
  }

  /** Serves a socket whose client speaks HTTP/2; `firstBytes` are those already read from it. */
  serve(socket: Socket, firstBytes?: Buffer): void {
    const connection = new GrpcConnection(socket, this);
    this.connections.add(connection);
    if (firstBytes !== undefined && firstBytes.length > 0) connection.receive(firstBytes);
    if (this.closing) connection.shutdown();
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Lets calls under way finish for at most `graceMs` milliseconds, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    const empty = new Promise<void>((resolve) => {
      this.onEmpty = resolve;
    });
    for (const connection of this.connections) connection.shutdown();
    const hardStop = setTimeout(() => this.destroyAll(), graceMs);
    if (this.connections.size > 0) await empty;
    clearTimeout(hardStop);
    clearInterval(this.ticker);
  }

  private destroyAll(): void {
    for (const connection of this.connections) connection.socket.destroy();
  }

  // ---- for connections and calls ----

  forget(connection: GrpcConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) this.onEmpty?.();
  }

  routeOf(head: RequestHead): Route {
    return routeOf(head, this.methods, this.services);
  }

  /** The status for what a handler threw or answered with. A failure never says OK. */
  statusOf(error: unknown): StatusLike {
    if (!isStatus(error)) this.onUnexpectedError?.(error);
    const status = toStatus(error);
    return status.code === StatusCode.ok ? { ...status, code: StatusCode.unknown } : status;
  }

  private tick(): void {
    const now = performance.now();
    for (const connection of this.connections) connection.tick(now);
  }

  /** Often enough for the shortest of the timeouts it serves. */
  private tickMs(): number {
    const { intervalMs = longestTickMs * 4, timeoutMs = longestTickMs * 4 } = this.keepalive ?? {};
    const shortest = Math.min(this.limits.settingsTimeoutMs, intervalMs, timeoutMs);
    return Math.max(shortestTickMs, Math.min(longestTickMs, shortest / 4));
  }
}
