/** `host:port`, as it is written in flags and as sockets take it. */
import { lookup } from 'node:dns/promises';

export interface Address {
  /** Without brackets around an IPv6 address. */
  readonly host: string;
  /** As it was written. */
  readonly port: string;
}

const MAX_PORT = 65_535;

/** undefined: there are not two parts. */
export function splitAddress(text: string): Address | undefined {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text);
  return parts === null ? undefined : { host: parts[1] ?? parts[2], port: parts[3] };
}

export function portNumber({ port }: Address): number | undefined {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : MAX_PORT + 1;
  return number <= MAX_PORT ? number : undefined;
}

/** Where a host is, or undefined. An empty host is nowhere: "all addresses" has to be said with 0.0.0.0 or [::]. */
export async function addressOf(host: string): Promise<string | undefined> {
  if (host === '') return undefined;
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}
