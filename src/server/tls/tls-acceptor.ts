/**
 * Makes an encrypted connection of an accepted socket.
 *
 *   socket --handshake--> client certificate checked --> handle(encrypted socket)
 *             \-- fails        \-- missing, not trusted, revoked, wrong name
 *              `----------------`--> `rejected connection on client endpoint`, closed
 */
import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  createServer,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { opensslCiphers, type ServerConfig } from '../config/index.ts';
import type { Logger } from '../logging/index.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { handshakeReason, trustReason } from './reasons.ts';
import { RevocationList } from './revocation-list.ts';

/** A client that has not shaken hands by then is let go. */
const HANDSHAKE_MS = 10_000;

type TlsSettings = Pick<
  ServerConfig,
  | 'clientCertAuth'
  | 'trustedCaFile'
  | 'clientCertAllowedHostname'
  | 'clientCrlFile'
  | 'cipherSuites'
  | 'tlsMinVersion'
  | 'tlsMaxVersion'
>;

export interface TlsAcceptorOptions {
  readonly files: CertificateFiles;
  readonly config: TlsSettings;
  readonly logger: Logger;
  /** What is spoken inside, as ALPN offers it. */
  readonly protocols: readonly string[];
  /** Gets the encrypted connections. */
  readonly handle: (socket: Socket) => void;
}

const VERSIONS = { 'TLS1.2': 'TLSv1.2', 'TLS1.3': 'TLSv1.3' } as const;

/** Without one of them the choice is OpenSSL's. */
function versionOf(flag: string): 'TLSv1.2' | 'TLSv1.3' | undefined {
  return VERSIONS[flag as keyof typeof VERSIONS];
}

export class TlsAcceptor {
  private readonly o: TlsAcceptorOptions;
  private readonly server: Server;
  private readonly asksForCertificate: boolean;
  private readonly revoked: RevocationList | undefined;
  private context: unknown;

  constructor(options: TlsAcceptorOptions) {
    this.o = options;
    const { config, files } = options;
    // An authority alone turns the check on, as with etcd.
    this.asksForCertificate = config.clientCertAuth || config.trustedCaFile !== '';
    this.revoked = config.clientCrlFile === '' ? undefined : new RevocationList(config.clientCrlFile);
    const context = files.current();
    this.context = context;
    this.server = createServer({
      ...context,
      ...this.fixed,
      ALPNProtocols: [...options.protocols],
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: this.asksForCertificate,
      // Decided below, so that the log says why.
      rejectUnauthorized: false,
    });
    this.server.on('secureConnection', (socket) => this.admit(socket));
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.reject(socket, handshakeReason(error));
    });
  }

  private get fixed() {
    const { cipherSuites, tlsMinVersion, tlsMaxVersion } = this.o.config;
    return {
      minVersion: versionOf(tlsMinVersion) ?? VERSIONS['TLS1.2'],
      maxVersion: versionOf(tlsMaxVersion),
      ciphers: opensslCiphers(cipherSuites),
    };
  }

  accept(socket: Socket): void {
    try {
      const context = this.o.files.current();
      if (context !== this.context) this.server.setSecureContext({ ...context, ...this.fixed });
      this.context = context;
    } catch (error) {
      this.reject(socket, (error as Error).message);
      return;
    }
    this.server.emit('connection', socket);
  }

  private admit(socket: TLSSocket): void {
    // Whoever gets it listens for errors; until then one must not bring the process down.
    socket.on('error', () => socket.destroy());
    if (!this.asksForCertificate) return this.o.handle(socket);
    const certificate = socket.getPeerCertificate(true);
    const problem = this.problemOf(socket, certificate);
    if (problem === undefined) return this.o.handle(socket);
    this.reject(socket, problem, certificate?.raw === undefined ? {} : namesOf(certificate));
  }

  /** Why this client may not come in. */
  private problemOf(socket: TLSSocket, certificate: DetailedPeerCertificate): string | undefined {
    if (certificate?.raw === undefined) return "tls: client didn't provide a certificate";
    if (!socket.authorized) return trustReason(String(socket.authorizationError));
    try {
      this.revoked?.check(serialsOf(certificate));
    } catch (error) {
      return (error as Error).message;
    }
    return this.hasAllowedName(certificate) ? undefined : 'client certificate authentication failed';
  }

  private hasAllowedName(certificate: PeerCertificate): boolean {
    const names = this.o.config.clientCertAllowedHostname;
    return names.length === 0 || names.some((name) => checkServerIdentity(name, certificate) === undefined);
  }

  private reject(socket: Socket, reason: string, more: Record<string, unknown> = {}): void {
    const { remoteAddress, remotePort } = socket;
    const server = (socket as Partial<TLSSocket> & { servername?: string | false }).servername;
    const level = reason === 'EOF' ? 'debug' : 'warn';
    this.o.logger[level]('rejected connection on client endpoint', {
      'remote-addr': remoteAddress === undefined ? '' : `${remoteAddress}:${remotePort}`,
      'server-name': server || '',
      ...more,
      error: reason,
    });
    socket.destroy();
  }
}

/** Of the certificate and of those that vouch for it. */
function serialsOf(certificate: DetailedPeerCertificate): string[] {
  const serials = new Set<string>();
  let link: DetailedPeerCertificate | undefined = certificate;
  // The last one is its own issuer.
  while (link?.serialNumber !== undefined && !serials.has(link.serialNumber)) {
    serials.add(link.serialNumber);
    link = link.issuerCertificate;
  }
  return [...serials];
}

/** The names in a certificate, for the log. */
function namesOf({ subjectaltname = '' }: PeerCertificate): Record<string, unknown> {
  const entries = subjectaltname.split(', ');
  const of = (kind: string) =>
    entries.filter((entry) => entry.startsWith(kind)).map((entry) => entry.slice(kind.length));
  return { 'ip-addresses': of('IP Address:'), 'dns-names': of('DNS:') };
}

/** As etcd prints it at the start. */
export function tlsInfo(config: ServerConfig): string {
  const parts = [
    `cert = ${config.certFile}`,
    `key = ${config.keyFile}`,
    `client-cert=${config.clientCertFile}`,
    `client-key=${config.clientKeyFile}`,
    `trusted-ca = ${config.trustedCaFile}`,
    `client-cert-auth = ${config.clientCertAuth}`,
    `crl-file = ${config.clientCrlFile}`,
  ];
  return parts.join(', ');
}
