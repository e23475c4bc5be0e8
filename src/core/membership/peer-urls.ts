/** Peer URLs as a member may have them: http(s) with host and port and no path, or the path of a unix socket. */

const TCP_URL = /^https?:\/\/(\[[0-9a-fA-F:.%]+\]|[^\s:/?#@[\]]*):(\d{1,5})$/;
const UNIX_URL = /^unixs?:\/\/\S+$/;
const MAX_PORT = 65_535;

export function isPeerUrl(url: string): boolean {
  const tcp = TCP_URL.exec(url);
  return tcp ? Number(tcp[2]) <= MAX_PORT : UNIX_URL.test(url);
}
