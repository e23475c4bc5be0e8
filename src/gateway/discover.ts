/**
 * Endpoints from DNS (server.md 7.1): the SRV records of the domain, once, at the start. Unless insecure ones are
 * accepted, each has to be https and to shake hands with a certificate for the domain.
 */

import { dialReason } from '../client/dial-error.ts';
import { type DiscoveredEndpoint, discoverEndpoints } from '../client/index.ts';
import { loadTls } from '../client/tls-files.ts';
import { connectTls } from '../client/tls-socket.ts';
import { portNumber, splitAddress } from './address.ts';
import type { GatewayLog } from './gateway.ts';

export interface Discovery {
  readonly domain: string;
  /** Suffix of the service names; empty for none. */
  readonly suffix: string;
  /** Take what the records say without a look. */
  readonly insecure: boolean;
  /** CA file; empty: the system's. */
  readonly ca: string;
}

const HANDSHAKE_MS = 5000;

type Tls = ReturnType<typeof loadTls>;

/** What is wrong with an endpoint; undefined: nothing. */
function handshake(url: string, domain: string, tls: Tls): Promise<string | undefined> {
  const address = splitAddress(url.replace(/^https:\/\//, ''));
  const port = address === undefined ? undefined : portNumber(address);
  if (address === undefined || port === undefined) return Promise.resolve('malformed');
  return new Promise((resolve) => {
    const socket = connectTls({ host: address.host, port }, domain, tls);
    const end = (problem?: string): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(problem);
    };
    const late = setTimeout(() => end('i/o timeout'), HANDSHAKE_MS);
    socket.once('secureConnect', () => end());
    socket.on('error', (error) => end(dialReason(error)));
  });
}

/** @throws DiscoveryError, TlsFileError */
export async function discover(
  discovery: Discovery,
  log: GatewayLog,
): Promise<readonly DiscoveredEndpoint[]> {
  const { domain, suffix, insecure, ca } = discovery;
  const tls = loadTls({ cert: '', key: '', ca, skipVerify: false, serverName: domain });
  const found = await discoverEndpoints({ domain, suffix });
  const urls = (endpoints: readonly DiscoveredEndpoint[]) => endpoints.map(({ url }) => url);
  const about = { 'srv-server': domain, endpoints: urls(found) };
  log.info('discovered cluster from SRV', about);
  if (insecure) return found;
  log.info('validating discovered SRV endpoints', about);
  const problems = await Promise.all(
    found.map(async ({ url }) => (url.startsWith('https://') ? handshake(url, domain, tls) : 'is insecure')),
  );
  const failures = problems.flatMap((problem, i) =>
    problem === undefined ? [] : [`"${found[i].url}" ${problem}`],
  );
  if (failures.length > 0) {
    log.warn('failed to validate discovered endpoints', { ...about, error: failures.join(', ') });
  }
  const valid = found.filter((_, i) => problems[i] === undefined);
  if (failures.length === 0) {
    log.info('using validated discovered SRV endpoints', { 'srv-server': domain, endpoints: urls(valid) });
  }
  return valid;
}
