/** The address under which this machine is most likely reached: that of the interface with the default route. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

export type HostDetection = { readonly host: string } | { readonly error: string };

interface Address {
  readonly address: string;
  readonly family: string;
}
export type Interfaces = Readonly<Record<string, readonly Address[] | undefined>>;

const NO_ROUTE = 'could not find default route';

/** Interface of the IPv4 default route in the text of /proc/net/route (columns Iface, Destination, ..., Mask). */
function ipv4Interface(routes: string): string | undefined {
  for (const line of routes.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === '00000000' && columns[7] === '00000000') return columns[0];
  }
  return undefined;
}

/** The same in /proc/net/ipv6_route (destination, its prefix length, ..., interface last); not the loopback. */
function ipv6Interface(routes: string): string | undefined {
  for (const line of routes.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (/^0{32}$/.test(columns[0]) && columns[1] === '00' && columns[9] !== 'lo') return columns[9];
  }
  return undefined;
}

export function hostOfRoutes(tables: { v4: string; v6: string }, interfaces: Interfaces): HostDetection {
  const families = [
    { family: 'IPv4', name: ipv4Interface(tables.v4) },
    { family: 'IPv6', name: ipv6Interface(tables.v6) },
  ];
  for (const { family, name } of families) {
    if (name === undefined) continue;
    const found = interfaces[name]?.find(
      (address) => address.family === family && !/^fe80:/i.test(address.address),
    );
    if (found) return { host: found.address };
  }
  return { error: NO_ROUTE };
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Of the machine that this runs on. Only Linux tells its routes in files; elsewhere there is no default host. */
export function detectDefaultHost(): HostDetection {
  const tables = { v4: readTable('/proc/net/route'), v6: readTable('/proc/net/ipv6_route') };
  return hostOfRoutes(tables, networkInterfaces() as Interfaces);
}
