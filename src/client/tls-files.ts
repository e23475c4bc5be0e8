/** TLS files: read and checked before anything is dialled, so that a typo is reported as one. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsMaterial } from './link-options.ts';

/** Where TLS material lies. Empty strings are files not given. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly skipVerify: boolean;
  readonly serverName?: string | undefined;
}

/** A TLS file that is missing or does not fit. */
export class TlsFileError extends Error {
  override name = 'TlsFileError';
}

function read(path: string): Buffer | undefined {
  if (path === '') return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'no such file or directory'
        : code === 'EACCES'
          ? 'permission denied'
          : code === 'EISDIR'
            ? 'is a directory'
            : (error as Error).message;
    throw new TlsFileError(`${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${why}`);
  }
}

function checkPair(files: TlsFiles, material: TlsMaterial): void {
  try {
    createSecureContext({ cert: material.cert, key: material.key, ca: material.ca });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.includes('KEY_VALUES_MISMATCH')) {
      throw new TlsFileError('tls: private key does not match public key');
    }
    throw new TlsFileError(`tls: ${files.cert || files.ca}: ${(error as Error).message}`);
  }
}

/** Reads and checks the files before anything is dialled. @throws TlsFileError */
export function loadTls(files: TlsFiles): TlsMaterial {
  if ((files.cert === '') !== (files.key === '')) {
    throw new TlsFileError(
      `KeyFile and CertFile must both be present[key: ${files.key}, cert: ${files.cert}]`,
    );
  }
  const material: TlsMaterial = {
    cert: read(files.cert),
    key: read(files.key),
    ca: read(files.ca),
    skipVerify: files.skipVerify,
    serverName: files.serverName,
  };
  checkPair(files, material);
  return material;
}
