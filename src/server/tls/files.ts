/** Files of certificates and the like: errors in Go's words, and whether one has changed since it was last read. */
import { readFileSync, statSync } from 'node:fs';

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

/** @throws CertificateError */
export function readCertificateFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw named(path, error as NodeJS.ErrnoException);
  }
}

/** What changes when a file is written anew, or another one is moved to its place. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}/${ctimeNs}`;
  } catch (error) {
    throw named(path, error as NodeJS.ErrnoException);
  }
}

export class FileStamp {
  private readonly path: string;
  private accepted = '';
  private seen = '';

  constructor(path: string) {
    this.path = path;
  }

  /** Since it was last accepted. @throws CertificateError */
  hasChanged(): boolean {
    this.seen = stampOf(this.path);
    return this.seen !== this.accepted;
  }

  /** @throws CertificateError */
  read(): Buffer {
    return readCertificateFile(this.path);
  }

  /** What `hasChanged` saw has been read and is good. */
  accept(): void {
    this.accepted = this.seen;
  }
}
