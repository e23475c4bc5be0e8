/** Paths to endpoints: of the client port, and of the metrics-only listeners. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Access, type AccessOptions } from './access.ts';
import { answerChecks, type CheckType } from './checks.ts';
import { answerHealth, type HealthOptions } from './health.ts';
import { answerMetrics } from './metrics.ts';
import type { MetricsPage } from './probe.ts';
import {
  cleanPath,
  type Handler,
  locationOf,
  messageOf,
  notFound,
  redirect,
  refusesMethod,
  reply,
  replyError,
} from './reply.ts';

export interface MetricsHandlerOptions extends HealthOptions {
  readonly metrics: MetricsPage;
}

export interface ClientHandlerOptions
  extends MetricsHandlerOptions,
    Pick<AccessOptions, 'cors' | 'hostWhitelist'> {
  /** Answers everything under /v3/; undefined: --enable-grpc-gateway=false, or this listener has none. */
  readonly gateway?: Handler;
  /** Members of /debug/vars, in any order. */
  readonly debugVars: () => Readonly<Record<string, unknown>>;
}

/** A request's head has to be here in this time. */
const HEADERS_TIMEOUT_MS = 5 * 60 * 1000;

/** An endpoint that fails unexpectedly answers 500 if it still can, and does not take the server down. */
function guarded(options: HealthOptions, handler: Handler): Handler {
  return (request, response) => {
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        options.log.error('HTTP endpoint failed', { path: request.url, error: messageOf(error) });
        if (response.headersSent) response.destroy();
        else replyError(response, 500, 'Internal Server Error');
      });
  };
}

function isCheck(path: string, type: CheckType): boolean {
  return path === `/${type}` || path.startsWith(`/${type}/`);
}

/** The endpoints that every HTTP listener has; undefined: the path is none of them. */
function commonEndpoint(options: MetricsHandlerOptions, path: string): Handler | undefined {
  if (path === '/health') return (request, response) => answerHealth(options, request, response);
  if (isCheck(path, 'livez')) return (request, response) => answerChecks(options, 'livez', request, response);
  if (isCheck(path, 'readyz'))
    return (request, response) => answerChecks(options, 'readyz', request, response);
  if (path === '/metrics') return (request, response) => answerMetrics(options.metrics, request, response);
  return undefined;
}

/** --listen-metrics-urls: metrics and health, no host check, no CORS. */
export function metricsHandler(options: MetricsHandlerOptions): Handler {
  return guarded(options, (request, response) => {
    const endpoint = commonEndpoint(options, locationOf(request).path);
    return endpoint ? endpoint(request, response) : notFound(response);
  });
}

function answerVersion(
  options: ClientHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refusesMethod(request, response, 'GET')) return;
  const { etcdserver, etcdcluster, storage } = options.probe.versions();
  reply(
    response,
    200,
    { 'Content-Type': 'application/json' },
    JSON.stringify({ etcdserver, etcdcluster, storage }),
  );
}

function answerDebugVars(
  options: ClientHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refusesMethod(request, response, 'GET')) return;
  const vars = Object.entries(options.debugVars()).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = vars.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  reply(response, 200, { 'Content-Type': 'application/json; charset=utf-8' }, `{\n${lines.join(',\n')}\n}\n`);
}

function clientEndpoint(options: ClientHandlerOptions, path: string): Handler | undefined {
  const { gateway } = options;
  if (gateway && (path.startsWith('/v3/') || path.startsWith('/v3beta/'))) return gateway;
  if (path === '/version') return (request, response) => answerVersion(options, request, response);
  if (path === '/debug/vars') return (request, response) => answerDebugVars(options, request, response);
  return commonEndpoint(options, path);
}

/** The client port. */
export function clientHandler(options: ClientHandlerOptions): Handler {
  const access = new Access(options);
  return guarded(options, (request, response) => {
    if (!access.admits(request, response)) return;
    const { path, search } = locationOf(request);
    const clean = options.gateway && (path === '/v3' || path === '/v3beta') ? `${path}/` : cleanPath(path);
    if (clean !== path) return redirect(response, clean + search);
    const endpoint = clientEndpoint(options, path);
    return endpoint ? endpoint(request, response) : notFound(response);
  });
}

/**
 * An HTTP/1.1 server that is given its connections (`server.emit('connection', socket)`) by whoever listens. A request
 * may take as long as it takes, and a silent connection stays, as with etcd.
 */
export function createHttp1Server(handler: Handler): Server {
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: HEADERS_TIMEOUT_MS },
    handler,
  );
  server.on('clientError', (_error, socket) => {
    if (!socket.writable) return;
    socket.end(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
  });
  return server;
}
