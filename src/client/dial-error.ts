/** Why a connection could not be made, in the words of Go's net package: they end up in log lines that people search. */

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  ENOENT: 'connect: no such file or directory',
  EACCES: 'connect: permission denied',
};

/** node:tls' codes for certificates that were not accepted. */
const CERTIFICATE_WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
};

interface SystemError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

export function dialReason(error: SystemError): string {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${error.hostname}: no such host`;
  if (code in CERTIFICATE_WORDS) {
    return `authentication handshake failed: tls: failed to verify certificate: ${CERTIFICATE_WORDS[code]}`;
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'authentication handshake failed: tls: first record does not look like a TLS handshake';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `authentication handshake failed: tls: failed to verify certificate: x509: ${error.message}`;
  }
  const words = SYSTEM_WORDS[code];
  if (words !== undefined && error.address !== undefined) {
    return error.port === undefined
      ? `dial unix ${error.address}: ${words}`
      : `dial tcp ${error.address}:${error.port}: ${words}`;
  }
  return words ?? error.message;
}
