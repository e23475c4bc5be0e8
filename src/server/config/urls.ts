/**
 * URLs as flags take them: a scheme of four, a host with a port, no path (server.md 2.2). The texts of the errors are
 * Go's and etcd's, to the letter: scripts and people look them up.
 */

export type UrlScheme = 'http' | 'https' | 'unix' | 'unixs';

export interface ServerUrl {
  readonly scheme: UrlScheme;
  /** `host:port` as given; the path of a unix socket. */
  readonly address: string;
  /** Without brackets around an IPv6 address; empty for a unix socket. */
  readonly hostname: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** As it is advertised and printed. */
  readonly text: string;
}

/** Served with TLS. */
export function isSecure({ scheme }: ServerUrl): boolean {
  return scheme === 'https' || scheme === 'unixs';
}

/** A value that cannot be used; the message is the cause behind `invalid value "v" for flag -f: `. */
export class ValueError extends Error {
  override name = 'ValueError';
}

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;
const BAD_HOST_CHARACTER = /[\s\\^`{|}]/;

/** Splits and checks one URL. @throws ValueError */
export function parseUrl(raw: string): ServerUrl {
  const input = raw.trim();
  const scheme = SCHEME.exec(input)?.[1].toLowerCase();
  if (scheme === undefined && /^[^/?#]*:/.test(input)) {
    const cause = input.startsWith(':')
      ? 'missing protocol scheme'
      : 'first path segment in URL cannot contain colon';
    throw new ValueError(`parse ${JSON.stringify(input)}: ${cause}`);
  }
  const rest = scheme === undefined ? input : input.slice(scheme.length + 1);
  const { authority, path } = splitRest(rest);
  const { hostname, port } = checkAuthority(authority, input);
  const text = scheme === undefined ? input : `${scheme}:${escaped(rest)}`;
  if (scheme === 'unix' || scheme === 'unixs') {
    return { scheme, address: authority + path, hostname: '', port: 0, text };
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw new ValueError(`URL scheme must be http, https, unix, or unixs: ${input}`);
  }
  if (port === undefined) throw new ValueError(`URL address does not have the form "host:port": ${input}`);
  if (path !== '') throw new ValueError(`URL must not contain a path: ${input}`);
  return { scheme, address: authorityWithoutUser(authority), hostname, port: Number(port), text };
}

/** Characters beyond ASCII as Go prints them in a URL. */
function escaped(text: string): string {
  return text.replace(/[^\x00-\x7f]+/gu, encodeURIComponent);
}

function splitRest(rest: string): { authority: string; path: string } {
  const before = rest.replace(/[?#].*$/s, '');
  if (!before.startsWith('//')) return { authority: '', path: before };
  const slash = before.indexOf('/', 2);
  if (slash < 0) return { authority: before.slice(2), path: '' };
  return { authority: before.slice(2, slash), path: before.slice(slash) };
}

function authorityWithoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}

/** Go's rules of a URL's host part. `port` is undefined when there is none. */
function checkAuthority(authority: string, input: string): { hostname: string; port: string | undefined } {
  const host = authorityWithoutUser(authority);
  const fail = (cause: string): never => {
    throw new ValueError(`parse ${JSON.stringify(input)}: ${cause}`);
  };
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) fail("missing ']' in host");
    const after = host.slice(end + 1);
    if (after !== '' && !/^:\d*$/.test(after)) fail(`invalid port ${JSON.stringify(after)} after host`);
    return { hostname: host.slice(1, end), port: after.startsWith(':') ? after.slice(1) : undefined };
  }
  const bad = BAD_HOST_CHARACTER.exec(host);
  if (bad) fail(`invalid character ${JSON.stringify(bad[0])} in host name`);
  const badEscape = /%.{0,2}/.exec(host);
  if (badEscape) fail(`invalid URL escape ${JSON.stringify(badEscape[0])}`);
  const colon = host.indexOf(':');
  if (colon < 0) return { hostname: host, port: undefined };
  if (!/^:\d*$/.test(host.slice(colon))) fail(`invalid port ${JSON.stringify(host.slice(colon))} after host`);
  return { hostname: host.slice(0, colon), port: host.slice(colon + 1) };
}

/** A comma list of URLs, sorted by text, without repetitions. Empty text: none. @throws ValueError */
export function parseUrls(text: string): readonly ServerUrl[] {
  if (text === '') return [];
  const byText = new Map<string, ServerUrl>();
  for (const part of text.split(',')) {
    const url = parseUrl(part);
    byText.set(url.text, url);
  }
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** `*` or a comma list of origins, each `scheme://host:port`. @throws ValueError */
export function parseOrigins(text: string): readonly string[] {
  if (text === '*') return ['*'];
  if (text === '') parseUrl('');
  return parseUrls(text).map((url) => url.text);
}

export function urlTexts(urls: readonly ServerUrl[]): readonly string[] {
  return urls.map((url) => url.text);
}

/** True for a literal IPv4 or IPv6 address (no brackets, no port). */
export function isIp(host: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return host.split('.').every((part) => Number(part) <= 255);
  return host.includes(':') && /^[0-9a-fA-F:.]+(%[\w.]+)?$/.test(host);
}
