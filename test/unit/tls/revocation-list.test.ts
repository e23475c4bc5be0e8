import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateError, RevocationList, revokedSerials } from '../../../src/server/tls/index.ts';
import { type Certificates, makeCertificates } from '../../compliance/transport/support/certificates.ts';

describe('RevocationList', () => {
  let made: Certificates;
  let path: string;
  const serialOf = (name: 'client' | 'server') => new X509Certificate(made[name].cert).serialNumber;
  before(() => {
    made = makeCertificates();
    path = join(made.directory, 'list.der');
  });
  after(() => made.remove());

  it('knows who is on the list', () => {
    made.revoke(path, 'client');
    const list = new RevocationList(path);
    list.check([serialOf('server')]);
    assert.throws(
      () => list.check([serialOf('server'), serialOf('client')]),
      new CertificateError(
        `transport: certificate serial ${serialOf('client').toLowerCase().replace(/^0+/, '')} revoked`,
      ),
    );
  });

  it('reads the file again when it is another one', () => {
    made.revoke(path);
    const list = new RevocationList(path);
    list.check([serialOf('client')]);
    made.revoke(path, 'client');
    assert.throws(() => list.check([serialOf('client')]), /revoked/);
    rmSync(path);
    assert.throws(() => list.check([]), new CertificateError(`open ${path}: no such file or directory`));
    writeFileSync(path, readFileSync(join(made.directory, 'list.pem')));
    assert.throws(() => list.check([]), new CertificateError('x509: malformed crl'));
    // What could not be read is not taken for read.
    assert.throws(() => list.check([]), new CertificateError('x509: malformed crl'));
  });

  it('refuses what is cut short, and whatever else is no list', () => {
    made.revoke(path, 'client');
    const der = readFileSync(path);
    assert.equal(revokedSerials(der).size, 1);
    for (let length = 0; length < der.length; length++) {
      assert.throws(() => revokedSerials(der.subarray(0, length)), CertificateError, `${length} bytes`);
    }
    for (let i = 0; i < der.length; i++) {
      for (const byte of [0, 0x7f, 0x80, 0x85, 0xff]) {
        const changed = Buffer.from(der);
        changed[i] = byte;
        try {
          revokedSerials(changed);
        } catch (error) {
          assert.ok(error instanceof CertificateError, `byte ${i} as ${byte}: ${error}`);
        }
      }
    }
  });
});
