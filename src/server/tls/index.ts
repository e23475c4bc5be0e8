/**
 * TLS on the server's own listeners: certificates from files, the versions and suites that are offered, who may come
 * in. Only `server/` calls it; what is inside the encrypted connection is the transport's business. Laws: a file that
 * is missing or does not fit is told before a byte of the data directory is touched; an encrypted listener is never
 * served in plain; a client that is turned away is named in the log.
 */
export { CertificateFiles } from './certificate-files.ts';
export { CertificateError } from './files.ts';
export { RevocationList, revokedSerials } from './revocation-list.ts';
export { TlsAcceptor, tlsInfo } from './tls-acceptor.ts';
