/** TLS sockets; apart, because node:tls takes time to load and most calls go without. */
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsMaterial } from './link-options.ts';

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

export function connectTls(place: Place, serverName: string, tls: TlsMaterial | undefined): TLSSocket {
  const name = tls?.serverName ?? serverName;
  return connect({
    ...place,
    // RFC 6066: an address is no server name. The certificate is then checked against the address that was dialled.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    rejectUnauthorized: tls?.skipVerify !== true,
    ALPNProtocols: ['h2'],
  });
}
