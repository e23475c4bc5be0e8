/** A throw-away authority, a server's and a client's certificate, made by the openssl program. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  readonly directory: string;
  readonly ca: Buffer;
  readonly server: { readonly key: Buffer; readonly cert: Buffer };
  /** Its common name is "alice". */
  readonly client: { readonly key: Buffer; readonly cert: Buffer };
  /** Writes a list with this certificate on it, in DER; `name` as in `client.crt`. Nobody: an empty list. */
  revoke(path: string, name?: string): void;
  remove(): void;
}

/** What `openssl ca` has to know to write a list. */
const CA_CONFIG = `[ca]
default_ca = here
[here]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 1
certificate = ca.crt
private_key = ca.key
`;

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'kvctl-tls-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test authority');
  writeFileSync(file('server.ext'), 'subjectAltName=DNS:localhost,DNS:cluster.test,IP:127.0.0.1\n');
  writeFileSync(file('client.ext'), 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:alice.example\n');
  for (const [name, subject] of [
    ['server', '/CN=localhost'],
    ['client', '/CN=alice'],
  ]) {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    const signed = [
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    ];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
  }
  const pair = (name: string) => ({
    key: readFileSync(file(`${name}.key`)),
    cert: readFileSync(file(`${name}.crt`)),
  });
  return {
    directory,
    ca: readFileSync(file('ca.crt')),
    server: pair('server'),
    client: pair('client'),
    revoke(path, name) {
      writeFileSync(file('ca.cnf'), CA_CONFIG);
      writeFileSync(file('crlnumber'), '01\n');
      writeFileSync(file('index.txt'), '');
      if (name !== undefined) openssl('ca', '-config', 'ca.cnf', '-revoke', `${name}.crt`);
      openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'list.pem');
      openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', path);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
