/**
 * HTTP/2 requests that are not gRPC's (health, metrics, the JSON gateway over TLS), served by the same node:http
 * server that serves HTTP/1.1: each stream becomes one HTTP/1.1 exchange over a pair of streams in memory. It costs
 * what it costs; the paths that count are gRPC's.
 */
import http from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import type { ForeignStreams } from '../grpc/index.ts';
import {
  ErrorCode,
  type Http2Connection,
  Http2Stream,
  type OutgoingField,
  type RequestHead,
} from '../http2/index.ts';

/** Fields of an HTTP/1.1 connection that must not appear in HTTP/2 (RFC 9113, section 8.2.2). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** For {@link GrpcServerOptions.foreign}: hands such requests to `server`. */
export function bridgeTo(server: http.Server): ForeignStreams {
  return (connection, id, head) => new BridgedRequest(connection, id, head, server);
}

class BridgedRequest extends Http2Stream {
  private readonly head: RequestHead;
  private readonly server: http.Server;
  private request: http.ClientRequest | null = null;
  private response: http.IncomingMessage | null = null;
  /** Bytes not yet given back to the window, as the handler is slow to read. */
  private heldBytes = 0;

  constructor(connection: Http2Connection, id: number, head: RequestHead, server: http.Server) {
    super(connection, id);
    this.head = head;
    this.server = server;
  }

  override opened(): void {
    if (this.head.method === 'CONNECT') {
      this.sendTrailers([{ name: ':status', value: '501', indexing: 'once' }]);
      return;
    }
    const [near, far] = duplexPair();
    this.server.emit('connection', dressAs(far, this.connection.socket));
    const request = http.request({
      createConnection: () => near as Socket,
      method: this.head.method,
      path: this.head.path,
      headers: requestHeaders(this.head),
      setHost: false,
    });
    request.on('response', (response) => this.answer(response));
    request.on('error', () => this.reset(ErrorCode.internalError));
    request.on('drain', () => this.creditHeld());
    this.request = request;
  }

  receiveData(buffer: Buffer, start: number, end: number): void {
    this.heldBytes += end - start;
    if (this.request?.write(buffer.subarray(start, end))) this.creditHeld();
  }

  receiveEnd(): void {
    this.request?.end();
  }

  aborted(): void {
    this.request?.destroy();
  }

  override drained(): void {
    this.response?.resume();
  }

  private creditHeld(): void {
    this.consumed(this.heldBytes);
    this.heldBytes = 0;
  }

  private answer(response: http.IncomingMessage): void {
    this.response = response;
    this.sendHeaders(responseFields(response));
    response.on('data', (chunk: Buffer) => {
      if (!this.sendData([chunk])) response.pause();
    });
    response.on('end', () => this.endData());
    response.on('error', () => this.reset(ErrorCode.internalError));
  }
}

function requestHeaders(head: RequestHead): http.OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = { host: head.authority };
  for (const { name, value } of head.fields) {
    const before = headers[name];
    if (name === 'te' || (name === 'host' && head.authority !== '')) continue;
    if (before === undefined || name === 'host') headers[name] = value;
    else if (name === 'cookie') headers[name] = `${before}; ${value}`;
    else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return headers;
}

function responseFields(response: http.IncomingMessage): OutgoingField[] {
  const fields: OutgoingField[] = [{ name: ':status', value: String(response.statusCode), indexing: 'once' }];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    const name = response.rawHeaders[i].toLowerCase();
    if (!hopByHop.has(name)) fields.push({ name, value: response.rawHeaders[i + 1], indexing: 'once' });
  }
  return fields;
}

/** What handlers ask of `request.socket`. */
const socketTraits = [
  'remoteAddress',
  'remotePort',
  'remoteFamily',
  'localAddress',
  'localPort',
  'encrypted',
  'authorized',
  'getPeerCertificate',
] as const;

function dressAs(stream: Duplex, socket: Socket): Duplex {
  for (const trait of socketTraits) {
    const value: unknown = Reflect.get(socket, trait);
    Object.defineProperty(stream, trait, { value: typeof value === 'function' ? value.bind(socket) : value });
  }
  // node:http sets these on every socket; a stream in memory has nothing to set.
  for (const setter of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const) {
    Object.defineProperty(stream, setter, { value: () => stream });
  }
  return stream;
}
