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

async function lookup(scheme: string, service: string, domain: string): Promise<string[]> {
  const records = await resolveSrv(`_${service}._tcp.${domain}`);
  return records
    .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
    .map((record) => `${scheme}://${record.name.replace(/\.$/, '')}:${record.port}`);
}

function reason(error: Error, service: string, domain: string): string {
  const missing = ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');
  return `lookup _${service}._tcp.${domain}: ${missing ? 'no such host' : error.message}`;
}

/** @throws DiscoveryError */
export async function discoverClients({ domain, suffix }: DiscoveryName): Promise<string[]> {
  const tail = suffix === '' ? '' : `-${suffix}`;
  const services = [
    ['https', `etcd-client-ssl${tail}`],
    ['http', `etcd-client${tail}`],
  ] as const;
  const found: string[] = [];
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
