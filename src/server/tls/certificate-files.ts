/**
 * The certificate and the key that clients are shown. The files are looked at for every handshake and read again when
 * they are others than before: certificates are renewed without a restart, as with etcd. The authority that client
 * certificates are checked with is read once.
 */
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { CertificateError, FileStamp, readCertificateFile } from './files.ts';

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
  const pem = readCertificateFile(path);
  try {
    if (!blocks(pem, CERTIFICATE)) throw new Error('no certificate in it');
    createSecureContext({ ca: pem });
  } catch (error) {
    throw new CertificateError(`x509: malformed certificate: ${path}: ${(error as Error).message}`);
  }
  return pem;
}

export class CertificateFiles {
  private readonly ca: Buffer | undefined;
  private readonly cert: FileStamp;
  private readonly key: FileStamp;
  private loaded: SecureContextOptions | undefined;

  /** Reads and checks all of them. @throws CertificateError */
  constructor(paths: CertificatePaths) {
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
    this.cert = new FileStamp(paths.cert);
    this.key = new FileStamp(paths.key);
    this.ca = paths.ca === '' ? undefined : readAuthority(paths.ca);
    this.current();
  }

  /** What the next handshake is to be made with; the same object as long as no file changes. @throws CertificateError */
  current(): SecureContextOptions {
    const changed = [this.cert.hasChanged(), this.key.hasChanged()];
    if (this.loaded !== undefined && !changed.includes(true)) return this.loaded;
    const pair = { cert: this.cert.read(), key: this.key.read() };
    checkPair(pair);
    this.cert.accept();
    this.key.accept();
    this.loaded = { ...pair, ca: this.ca };
    return this.loaded;
  }
}
