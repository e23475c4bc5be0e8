/**
 * Makes an encrypted connection of an accepted socket.
 *
 *   socket --handshake--> client certificate checked --> handle(encrypted socket)
 *             \-- fails        \-- missing, not trusted, wrong name
 *              `----------------`--> `rejected connection on client endpoint`, closed
 */
import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  createServer,
  type PeerCertificate,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { opensslCiphers, type ServerConfig } from '../config/index.ts';
import type { Logger } from '../logging/index.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { handshakeReason, trustReason } from './reasons.ts';

/** A client that has not shaken hands by then is let go. */
const HANDSHAKE_MS = 10_000;

type TlsSettings = Pick<
  ServerConfig,
  | 'clientCertAuth'
  | 'trustedCaFile'
  | 'clientCertAllowedHostname'
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
  private context: unknown;

  constructor(options: TlsAcceptorOptions) {
    this.o = options;
    const { config, files } = options;
    // An authority alone turns the check on, as with etcd.
    this.asksForCertificate = config.clientCertAuth || config.trustedCaFile !== '';
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
    const certificate = socket.getPeerCertificate();
    if (certificate?.raw === undefined) {
      return this.reject(socket, "tls: client didn't provide a certificate");
    }
    if (!socket.authorized) {
      return this.reject(socket, trustReason(String(socket.authorizationError)));
    }
    if (!this.hasAllowedName(certificate)) {
      return this.reject(socket, 'client certificate authentication failed', namesOf(certificate));
    }
    this.o.handle(socket);
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
