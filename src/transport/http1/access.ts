/**
 * Who may read an answer (CORS), and under which names a plain HTTP request may come (the guard against DNS
 * rebinding: a page that makes its own name resolve to this machine still carries that name in Host).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpLog } from './probe.ts';
import { replyError } from './reply.ts';

export interface AccessOptions {
  /** Origins, or `*`. */
  readonly cors: readonly string[];
  /** Host names, or `*`; empty allows all. */
  readonly hostWhitelist: readonly string[];
  readonly log: HttpLog;
}

/** The host without its port; an IPv6 address without brackets. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(header);
  if (bracketed) return bracketed[1];
  const colon = header.indexOf(':');
  return colon >= 0 && colon === header.lastIndexOf(':') ? header.slice(0, colon) : header;
}

function unknownHostText(host: string): string {
  return `
etcd received your request, but the Host header was unrecognized.

The name it carried is none of those that this server was told to answer to, and the connection is not encrypted.
Either connect with TLS, or start the server with that name among its own:
  --host-whitelist ${JSON.stringify(host)}

Without this check, a web page could reach the server through a visitor's browser (DNS rebinding, CVE-2018-5702).
`;
}

export class Access {
  private readonly options: AccessOptions;
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string> | undefined;

  constructor(options: AccessOptions) {
    this.options = options;
    this.origins = new Set(options.cors);
    const { hostWhitelist } = options;
    this.hosts =
      hostWhitelist.length === 0 || hostWhitelist.includes('*') ? undefined : new Set(hostWhitelist);
  }

  /** False: answered already (421, or 200 to OPTIONS). */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.knowsHost(request)) {
      const host = hostName(request.headers.host ?? '');
      this.options.log.warn('rejecting HTTP request to prevent DNS rebinding attacks', { host });
      replyError(response, 421, unknownHostText(host));
      return false;
    }
    this.addCorsHeaders(request, response);
    if (request.method !== 'OPTIONS') return true;
    response.writeHead(200, { 'Content-Length': 0 });
    response.end();
    return false;
  }

  private knowsHost(request: IncomingMessage): boolean {
    if (this.hosts === undefined || (request.socket as Partial<TLSSocket>).encrypted === true) return true;
    return this.hosts.has(hostName(request.headers.host ?? ''));
  }

  private addCorsHeaders(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    const allowed = this.origins.has('*')
      ? '*'
      : origin !== undefined && this.origins.has(origin)
        ? origin
        : undefined;
    if (allowed === undefined) return;
    response.setHeader('Access-Control-Allow-Headers', 'accept, content-type, authorization');
    response.setHeader('Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE');
    response.setHeader('Access-Control-Allow-Origin', allowed);
  }
}
