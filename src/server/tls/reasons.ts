/** Why a client was turned away, in the words of Go's crypto packages: they are what people search the log for. */

const HANDSHAKE: Readonly<Record<string, string>> = {
  ECONNRESET: 'EOF',
  EPIPE: 'EOF',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'i/o timeout',
  ERR_SSL_HTTP_REQUEST: 'tls: first record does not look like a TLS handshake',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls: first record does not look like a TLS handshake',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls: first record does not look like a TLS handshake',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls: client offered only unsupported versions',
  ERR_SSL_NO_SHARED_CIPHER: 'tls: no cipher suite supported by both client and server',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'tls: client requested unsupported application protocols',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'remote error: tls: unknown certificate authority',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'remote error: tls: bad certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'remote error: tls: unknown certificate',
};

export function handshakeReason(error: NodeJS.ErrnoException): string {
  return HANDSHAKE[error.code ?? ''] ?? error.message;
}

const AUTHORITY = 'x509: certificate signed by unknown authority';
const TIME = 'x509: certificate has expired or is not yet valid';

/** By OpenSSL's code for the chain. */
const TRUST: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  CERT_SIGNATURE_FAILURE: AUTHORITY,
  CERT_HAS_EXPIRED: TIME,
  CERT_NOT_YET_VALID: TIME,
  INVALID_PURPOSE: 'x509: certificate specifies an incompatible key usage',
};

export function trustReason(code: string): string {
  return `tls: failed to verify certificate: ${TRUST[code] ?? code}`;
}
