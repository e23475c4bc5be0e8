/** How kvctl finds its members: by SRV records, and by paths of sockets. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../compliance/transport/support/certificates.ts';
import { type DnsServer, startDns } from '../../support/dns-server.ts';
import {
  kvctlBin,
  type Ran,
  run,
  type ServerProcess,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';
import { addresses, member as memberFlags, serving } from '../../support/serve.ts';

describe('kvctl --discovery-srv', function () {
  this.timeout(60_000);
  const { serve, freshDir } = serving();
  let plain: ServerProcess;
  let certificates: Certificates;
  let dns: DnsServer | undefined;
  before(async () => {
    certificates = makeCertificates();
    plain = await startKvctl();
  });
  after(async () => {
    certificates.remove();
    await plain.dispose();
  });
  afterEach(() => {
    dns?.close();
    dns = undefined;
  });

  const portOf = (endpoint: string) => Number(endpoint.split(':').at(-1));
  const kvctl = (...args: string[]): Promise<Ran> =>
    run(process.execPath, [kvctlBin, ...args], { env: { NODE_OPTIONS: dns!.nodeOptions } });

  it('takes the place of --endpoints', async () => {
    dns = await startDns({
      '_etcd-client-east._tcp.cluster.test': [{ target: 'localhost', port: portOf(plain.endpoint) }],
    });
    const flags = ['--discovery-srv=cluster.test', '--discovery-srv-name=east', '--endpoints=127.0.0.1:1'];
    const put = await kvctl(...flags, 'put', 'found', 'by name');
    assert.deepEqual([put.stdout, put.stderr, put.code], ['OK\n', '', 0]);
    assert.deepEqual(dns.asked, [
      '_etcd-client-ssl-east._tcp.cluster.test',
      '_etcd-client-east._tcp.cluster.test',
    ]);
  });

  it('--insecure-discovery=false: only https, and the certificate must be for the domain', async () => {
    const at = await addresses();
    const url = `https://${at.client}`;
    const file = (name: string) => join(certificates.directory, name);
    const secure = serve([
      ...memberFlags(at, freshDir()),
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--cert-file=${file('server.crt')}`,
      `--key-file=${file('server.key')}`,
    ]);
    await secure.ready();
    const records = {
      _ssl: [{ target: 'localhost', port: portOf(at.client) }],
      _plain: [{ target: 'localhost', port: portOf(plain.endpoint) }],
    };
    dns = await startDns({
      '_etcd-client-ssl._tcp.cluster.test': records._ssl,
      '_etcd-client._tcp.cluster.test': records._plain,
      '_etcd-client-ssl._tcp.other.test': records._ssl,
    });
    const flags = [`--cacert=${file('ca.crt')}`, '--insecure-discovery=false', '--command-timeout=600ms'];
    const got = await kvctl('--discovery-srv=cluster.test', ...flags, 'get', 'a');
    assert.equal(got.code, 0, got.stderr);
    assert.equal(
      got.stderr,
      `ignoring discovered insecure endpoint "http://localhost:${portOf(plain.endpoint)}"\n`,
    );
    // The same member under a domain that its certificate does not name.
    const other = await kvctl('--discovery-srv=other.test', ...flags, 'get', 'a');
    assert.equal(other.code, 1);
    assert.match(other.stderr, /failed to verify certificate: x509: .*other\.test/);
  });

  it('a domain without records', async () => {
    dns = await startDns({});
    const got = await kvctl('--discovery-srv=nothing.test', 'get', 'a');
    assert.equal(got.code, 1);
    assert.match(
      got.stderr,
      /^Error: dns lookup errors: lookup _etcd-client-ssl\._tcp\.nothing\.test: no such host and lookup _etcd-client\._tcp\.nothing\.test: no such host$/m,
    );
  });
});

describe('kvctl over a unix socket', function () {
  this.timeout(30_000);
  const { serve, freshDir } = serving();

  it('by its whole path, and by one from here', async () => {
    const directory = temporaryDirectory('unix');
    const socket = join(directory, 's');
    const at = await addresses();
    const own = [`--listen-client-urls=unix://${socket}`, `--advertise-client-urls=unix://${socket}`];
    await serve([...memberFlags(at, freshDir()), ...own]).ready();
    const spellings: readonly (readonly [endpoint: string, cwd: string])[] = [
      [`unix://${socket}`, directory],
      ['unix:s', directory],
    ];
    for (const [endpoint, cwd] of spellings) {
      const put = await run(process.execPath, [kvctlBin, `--endpoints=${endpoint}`, 'put', 'a', 'b'], {
        cwd,
      });
      assert.equal(put.stdout, 'OK\n', `${endpoint}: ${put.stderr}`);
    }
    const nobody = await run(process.execPath, [
      kvctlBin,
      `--endpoints=unix://${socket}x`,
      '--command-timeout=300ms',
      'get',
      'a',
    ]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /dial unix .*: connect: no such file or directory/);
    rmSync(directory, { recursive: true, force: true });
  });
});
