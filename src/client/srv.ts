/** Endpoints from DNS: `_etcd-client-ssl._tcp.D` gives https, `_etcd-client._tcp.D` http (RFC 2782 records). */
import { resolveSrv } from 'node:dns/promises';

/** Neither name could be looked up. */
export class DiscoveryError extends Error {
  override name = 'DiscoveryError';
}

export interface DiscoveryName {
  readonly domain: string;
  /** Appended to the service name with a dash; empty for none. */
  readonly suffix: string;
}

/** One SRV record, as an endpoint. */
export interface DiscoveredEndpoint {
  /** `https://host:port` or `http://host:port`. */
  readonly url: string;
  /** The lowest goes first (RFC 2782). */
  readonly priority: number;
  readonly weight: number;
}

async function lookup(scheme: string, service: string, domain: string): Promise<DiscoveredEndpoint[]> {
  const records = await resolveSrv(`_${service}._tcp.${domain}`);
  return records
    .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
    .map(({ name, port, priority, weight }) => ({
      url: `${scheme}://${name.replace(/\.$/, '')}:${port}`,
      priority,
      weight,
    }));
}

function reason(error: Error, service: string, domain: string): string {
  const missing = ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');
  return `lookup _${service}._tcp.${domain}: ${missing ? 'no such host' : error.message}`;
}

/** Encrypted ones first. @throws DiscoveryError */
export async function discoverEndpoints({ domain, suffix }: DiscoveryName): Promise<DiscoveredEndpoint[]> {
  const tail = suffix === '' ? '' : `-${suffix}`;
  const services = [
    ['https', `etcd-client-ssl${tail}`],
    ['http', `etcd-client${tail}`],
  ] as const;
  const found: DiscoveredEndpoint[] = [];
  const reasons: string[] = [];
  for (const [scheme, service] of services) {
    try {
      found.push(...(await lookup(scheme, service, domain)));
    } catch (error) {
      reasons.push(reason(error as Error, service, domain));
    }
  }
  if (reasons.length === services.length) {
    throw new DiscoveryError(`dns lookup errors: ${reasons[0]} and ${reasons[1]}`);
  }
  return found;
}

/** @throws DiscoveryError */
export async function discoverClients(name: DiscoveryName): Promise<string[]> {
  return (await discoverEndpoints(name)).map(({ url }) => url);
}
