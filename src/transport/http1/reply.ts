/** Answers in the shape of Go's net/http, which is what etcd's clients and probes were written against. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A promise that rejects is an unexpected failure: whoever calls answers 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const PLAIN = 'text/plain; charset=utf-8';

export function reply(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

/** Go's `http.Error`: the text and a newline, and no guessing of the type by browsers. */
export function replyError(response: ServerResponse, status: number, text: string): void {
  reply(response, status, { 'Content-Type': PLAIN, 'X-Content-Type-Options': 'nosniff' }, `${text}\n`);
}

export function replyText(response: ServerResponse, text: string, headers: OutgoingHttpHeaders = {}): void {
  reply(response, 200, { ...headers, 'Content-Type': PLAIN }, text);
}

export function notFound(response: ServerResponse): void {
  replyError(response, 404, '404 page not found');
}

/** True, and answered with 405, unless the method is `method`. */
export function refusesMethod(request: IncomingMessage, response: ServerResponse, method: string): boolean {
  if (request.method === method) return false;
  response.setHeader('Allow', method);
  replyError(response, 405, 'Method Not Allowed');
  return true;
}

export function redirect(response: ServerResponse, location: string): void {
  const body = `<a href="${location.replaceAll('&', '&amp;').replaceAll('"', '&#34;')}">Temporary Redirect</a>.\n\n`;
  reply(response, 307, { 'Content-Type': 'text/html; charset=utf-8', Location: location }, body);
}

/** Path and query of a request; the host does not matter here. */
export function locationOf(request: IncomingMessage): {
  path: string;
  query: URLSearchParams;
  search: string;
} {
  const target = request.url ?? '/';
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  const search = cut < 0 ? '' : target.slice(cut);
  return { path, query: new URLSearchParams(search), search };
}

/** The path without empty, `.` and `..` elements, as Go's multiplexer wants it. */
export function cleanPath(path: string): string {
  if (!path.includes('//') && !path.includes('/.') && path.startsWith('/')) return path;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  const clean = `/${kept.join('/')}`;
  return clean !== '/' && path.endsWith('/') ? `${clean}/` : clean;
}

export function withTimeout(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout;
  const late = new Promise<void>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('context deadline exceeded')), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
