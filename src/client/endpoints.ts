/**
 * Endpoints: `host:port`, `http://`, `https://`, `unix:`, `unix://`, `unixs:`, `unixs://` (cli.md 3.5). The scheme of
 * the first one decides about TLS for the whole client.
 */

export type TlsRule = 'never' | 'if-configured' | 'always';

export interface Endpoint {
  /** As the user wrote it. */
  readonly text: string;
  /** What to dial: `host:port`, or an absolute or relative path of a socket. */
  readonly address:
    | { readonly kind: 'tcp'; readonly target: string }
    | { readonly kind: 'unix'; readonly path: string };
  readonly tls: TlsRule;
  /** The name a server certificate must carry, without port. */
  readonly serverName: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;

function tcp(text: string, target: string, tls: TlsRule): Endpoint {
  const host = target.replace(/\/.*$/, '');
  const serverName = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return { text, address: { kind: 'tcp', target: host }, tls, serverName };
}

function unix(text: string, path: string, tls: TlsRule): Endpoint {
  return { text, address: { kind: 'unix', path }, tls, serverName: 'localhost' };
}

export function parseEndpoint(text: string): Endpoint {
  const match = SCHEME.exec(text);
  if (match === null) {
    if (text.startsWith('unixs:')) return unix(text, text.slice('unixs:'.length), 'always');
    if (text.startsWith('unix:')) return unix(text, text.slice('unix:'.length), 'if-configured');
    return tcp(text, text, 'if-configured');
  }
  const [, scheme, rest] = match;
  switch (scheme.toLowerCase()) {
    case 'http':
      return tcp(text, rest, 'never');
    case 'https':
      return tcp(text, rest, 'always');
    case 'unix':
      return unix(text, rest, 'if-configured');
    case 'unixs':
      return unix(text, rest, 'always');
    default:
      return tcp(text, rest, 'if-configured');
  }
}

export function usesTls(rule: TlsRule, configured: boolean): boolean {
  return rule === 'always' || (rule === 'if-configured' && configured);
}
