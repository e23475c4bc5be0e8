/**
 * The certificate and the key that clients are shown. The files are looked at for every handshake and read again when
 * they are others than before: certificates are renewed without a restart, as with etcd. The authority that client
 * certificates are checked with is read once.
 */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Paths; empty for none. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
  /** Certificates of the authority that signs those of clients. */
  readonly ca: string;
  /** Of the member as a client: both or none. */
  readonly clientCert: string;
  readonly clientKey: string;
}

/** A file that cannot be used; the text is Go's. */
export class CertificateError extends Error {
  override name = 'CertificateError';
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

function named(path: string, error: NodeJS.ErrnoException): CertificateError {
  const verb = error.code === 'EISDIR' ? 'read' : 'open';
  return new CertificateError(`${verb} ${path}: ${CAUSES[error.code ?? ''] ?? error.message}`);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw named(path, error as NodeJS.ErrnoException);
  }
}

/** What changes when a file is written anew or another one is moved to its place. */
function stamp(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}/${ctimeNs}`;
  } catch (error) {
    throw named(path, error as NodeJS.ErrnoException);
  }
}

const blocks = (pem: Buffer, kind: RegExp): boolean => kind.test(pem.toString('latin1'));
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** What is in the wrong place, before OpenSSL says it in its own way. */
function checkKinds({ cert, key }: { readonly cert: Buffer; readonly key: Buffer }): void {
  if (!blocks(cert, CERTIFICATE)) {
    throw new CertificateError(
      blocks(cert, PRIVATE_KEY)
        ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
        : 'tls: failed to find any PEM data in certificate input',
    );
  }
  if (!blocks(key, PRIVATE_KEY)) {
    throw new CertificateError(
      blocks(key, CERTIFICATE)
        ? 'tls: found a certificate rather than a key in the PEM for the private key'
        : 'tls: failed to find any PEM data in key input',
    );
  }
}

function checkPair(pair: { readonly cert: Buffer; readonly key: Buffer }): void {
  checkKinds(pair);
  try {
    createSecureContext(pair);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new CertificateError(
      code.includes('KEY_VALUES_MISMATCH') || code.includes('KEY_TYPE_MISMATCH')
        ? 'tls: private key does not match public key'
        : `tls: ${message}`,
    );
  }
}

function readAuthority(path: string): Buffer {
  const pem = read(path);
  try {
    if (!blocks(pem, CERTIFICATE)) throw new Error('no certificate in it');
    createSecureContext({ ca: pem });
  } catch (error) {
    throw new CertificateError(`x509: malformed certificate: ${path}: ${(error as Error).message}`);
  }
  return pem;
}

export class CertificateFiles {
  private readonly paths: CertificatePaths;
  private readonly ca: Buffer | undefined;
  private stamps = '';
  private loaded: SecureContextOptions | undefined;

  /** Reads and checks all of them. @throws CertificateError */
  constructor(paths: CertificatePaths) {
    this.paths = paths;
    if (paths.cert === '' || paths.key === '') {
      throw new CertificateError(
        `KeyFile and CertFile must both be present[key: ${paths.key}, cert: ${paths.cert}]`,
      );
    }
    if ((paths.clientCert === '') !== (paths.clientKey === '')) {
      throw new CertificateError(
        `ClientKeyFile and ClientCertFile must both be present or both absent: key: ${paths.clientKey}, cert: ${paths.clientCert}]`,
      );
    }
    this.ca = paths.ca === '' ? undefined : readAuthority(paths.ca);
    this.current();
  }

  /** What the next handshake is to be made with; the same object as long as no file changes. @throws CertificateError */
  current(): SecureContextOptions {
    const stamps = `${stamp(this.paths.cert)} ${stamp(this.paths.key)}`;
    if (this.loaded !== undefined && stamps === this.stamps) return this.loaded;
    const pair = { cert: read(this.paths.cert), key: read(this.paths.key) };
    checkPair(pair);
    this.stamps = stamps;
    this.loaded = { ...pair, ca: this.ca };
    return this.loaded;
  }
}
