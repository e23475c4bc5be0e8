import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateError, CertificateFiles } from '../../../src/server/tls/index.ts';
import { type Certificates, makeCertificates } from '../../compliance/transport/support/certificates.ts';

describe('CertificateFiles', () => {
  let made: Certificates;
  const file = (name: string) => join(made.directory, name);
  before(() => {
    made = makeCertificates();
    writeFileSync(file('text'), 'no PEM here');
  });
  after(() => made.remove());

  const paths = () => ({
    cert: file('server.crt'),
    key: file('server.key'),
    ca: '',
    clientCert: '',
    clientKey: '',
  });
  type Paths = ReturnType<typeof paths>;

  const rows: readonly (readonly [name: string, change: () => Partial<Paths>, error: () => string])[] = [
    [
      'no key',
      () => ({ key: '' }),
      () => `KeyFile and CertFile must both be present[key: , cert: ${file('server.crt')}]`,
    ],
    [
      'no certificate',
      () => ({ cert: '' }),
      () => `KeyFile and CertFile must both be present[key: ${file('server.key')}, cert: ]`,
    ],
    [
      'a certificate that is not there',
      () => ({ cert: '/nowhere.crt' }),
      () => 'open /nowhere.crt: no such file or directory',
    ],
    ['a directory', () => ({ cert: made.directory }), () => `read ${made.directory}: is a directory`],
    [
      "another certificate's key",
      () => ({ key: file('client.key') }),
      () => 'tls: private key does not match public key',
    ],
    [
      'a certificate in place of the key',
      () => ({ key: file('ca.crt') }),
      () => 'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      'a key in place of the certificate',
      () => ({ cert: file('ca.key') }),
      () =>
        'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      'a certificate without PEM',
      () => ({ cert: file('text') }),
      () => 'tls: failed to find any PEM data in certificate input',
    ],
    [
      'a key without PEM',
      () => ({ key: file('text') }),
      () => 'tls: failed to find any PEM data in key input',
    ],
    [
      'an authority that is not there',
      () => ({ ca: '/nowhere' }),
      () => 'open /nowhere: no such file or directory',
    ],
    [
      'an authority that is none',
      () => ({ ca: file('server.key') }),
      () => `x509: malformed certificate: ${file('server.key')}: no certificate in it`,
    ],
    [
      "half a pair of the member's own",
      () => ({ clientCert: 'c' }),
      () => 'ClientKeyFile and ClientCertFile must both be present or both absent: key: , cert: c]',
    ],
  ];
  for (const [name, change, error] of rows) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => new CertificateFiles({ ...paths(), ...change() }),
        (thrown: Error) => thrown instanceof CertificateError && thrown.message === error(),
      );
    });
  }

  it('reads a file again when it is another one, and not before', () => {
    const cert = file('renewed.crt');
    const key = file('renewed.key');
    copyFileSync(file('server.crt'), cert);
    copyFileSync(file('server.key'), key);
    const files = new CertificateFiles({ ...paths(), cert, key });
    const first = files.current();
    assert.equal(files.current(), first);
    copyFileSync(file('client.crt'), cert);
    assert.throws(() => files.current(), /private key does not match/);
    copyFileSync(file('client.key'), key);
    assert.deepEqual(files.current().cert, made.client.cert);
    rmSync(key);
    assert.throws(() => files.current(), /open .*renewed\.key: no such file or directory/);
  });
});
