/** `kvctl serve` behind TLS, reached by kvctl, etcdctl (grpc-go) and curl, and by those who may not come in. */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type Certificates, makeCertificates } from '../../compliance/transport/support/certificates.ts';
import { installed, kvctlBin, type Ran, run, temporaryDirectory, until } from '../../support/processes.ts';
import { addresses, FAILED, member, type Serve, serving } from '../../support/serve.ts';

describe('TLS for clients', function () {
  this.timeout(60_000);
  const { serve, freshDir } = serving();
  let ours: Certificates;
  let strangers: Certificates;
  let lab: string;
  const file = (name: string) => join(ours.directory, name);
  const strange = (name: string) => join(strangers.directory, name);

  before(() => {
    ours = makeCertificates();
    strangers = makeCertificates();
    lab = temporaryDirectory('tls');
  });
  after(() => {
    ours.remove();
    strangers.remove();
    rmSync(lab, { recursive: true, force: true });
  });

  /** A member whose client port speaks TLS. */
  async function secureMember(...flags: string[]): Promise<{ served: Serve; url: string; port: number }> {
    const at = await addresses();
    const url = `https://${at.client}`;
    const own = [`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`];
    const served = serve([...member(at, freshDir()), ...own, ...flags]);
    return { served, url, port: Number(at.client.split(':')[1]) };
  }
  const pair = (cert = file('server.crt'), key = file('server.key')) => [
    `--cert-file=${cert}`,
    `--key-file=${key}`,
  ];
  const kvctl = (...args: string[]): Promise<Ran> => run(process.execPath, [kvctlBin, ...args]);
  const trust = () => `--cacert=${file('ca.crt')}`;
  const alice = () => [`--cert=${file('client.crt')}`, `--key=${file('client.key')}`];

  it('kvctl, etcdctl and curl over one port', async () => {
    const { served, url } = await secureMember(...pair());
    assert.equal((await served.logged('serving client traffic securely')).traffic, 'grpc+http');
    const put = await kvctl(`--endpoints=${url}`, trust(), 'put', 'a', 'b');
    assert.deepEqual([put.stdout, put.code], ['OK\n', 0], put.stderr);
    if (installed('etcdctl', 'grpc-go over TLS')) {
      const got = await run('etcdctl', [`--endpoints=${url}`, trust(), 'get', 'a']);
      assert.equal(got.stdout, 'a\nb\n', got.stderr);
    }
    if (!installed('curl', 'HTTP over TLS')) return;
    const curl = (...args: string[]) =>
      run('curl', ['-sS', '--cacert', file('ca.crt'), '-w', ' %{http_version}', ...args]);
    for (const [flag, version] of [
      ['--http2', '2'],
      ['--http1.1', '1.1'],
      ['--no-alpn', '1.1'],
    ]) {
      assert.equal((await curl(flag, `${url}/health`)).stdout, `{"health":"true","reason":""} ${version}`);
      const range = await curl(flag, '-d', '{"key":"YQ=="}', `${url}/v3/kv/range`);
      assert.match(range.stdout, /"value":"Yg=="/, range.stderr);
    }
  });

  it('a client that is not what it should be', async () => {
    const { served, url, port } = await secureMember(
      ...pair(),
      `--trusted-ca-file=${file('ca.crt')}`,
      '--client-cert-allowed-hostname=alice.example',
      `--client-crl-file=${join(lab, 'list.der')}`,
    );
    await served.ready();
    const get = (...flags: string[]) =>
      kvctl(`--endpoints=${url}`, '--command-timeout=400ms', ...flags, 'get', 'a');
    const reasons = () =>
      served.lines().filter(({ msg }) => msg === 'rejected connection on client endpoint');
    const rejected = async (reason: string) => {
      await until(
        () => reasons().some(({ error }) => error === reason),
        5000,
        () => `never rejected for ${reason}:\n${JSON.stringify(reasons())}`,
      );
    };
    ours.revoke(join(lab, 'list.der'), 'client');
    assert.equal((await get(trust(), ...alice())).code, 1);
    await until(
      () =>
        reasons().some(({ error }) =>
          /^transport: certificate serial [0-9a-f]+ revoked$/.test(String(error)),
        ),
      5000,
      () => JSON.stringify(reasons()),
    );
    ours.revoke(join(lab, 'list.der'));
    assert.equal((await get(trust(), ...alice())).code, 0);
    assert.equal((await get(trust())).code, 1);
    await rejected("tls: client didn't provide a certificate");
    assert.equal(
      (await get(trust(), `--cert=${strange('client.crt')}`, `--key=${strange('client.key')}`)).code,
      1,
    );
    await rejected('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    // The server's own certificate is signed by the right authority, but carries none of the allowed names.
    assert.equal((await get(trust(), `--cert=${file('server.crt')}`, `--key=${file('server.key')}`)).code, 1);
    await rejected('client certificate authentication failed');
    const wrongName = reasons().find(({ error }) => error === 'client certificate authentication failed')!;
    assert.deepEqual(
      [wrongName['dns-names'], wrongName['ip-addresses']],
      [['localhost', 'cluster.test'], ['127.0.0.1']],
    );
    assert.match(String(wrongName['remote-addr']), /^127\.0\.0\.1:\d+$/);
    const plain = connectTcp(port, '127.0.0.1');
    plain.end('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) =>
      plain
        .on('error', () => {})
        .once('close', resolve)
        .resume(),
    );
    await rejected('tls: first record does not look like a TLS handshake');
    const old = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await new Promise((resolve) => old.once('error', resolve));
    await rejected('tls: client offered only unsupported versions');
    assert.equal((await get(trust(), ...alice())).code, 0);
  });

  it('the client says what is wrong with the server', async () => {
    const { served, url } = await secureMember(...pair());
    await served.ready();
    const get = async (...args: string[]) =>
      (await kvctl('--command-timeout=400ms', ...args, 'get', 'a')).stderr;
    assert.match(
      await get(`--endpoints=${url}`, `--cacert=${strange('ca.crt')}`),
      /certificate signed by unknown authority/,
    );
    assert.match(await get(`--endpoints=${url.replace('https', 'http')}`), /context deadline exceeded/);
    assert.match(
      await get(`--endpoints=${url}`, '--cacert=/nowhere'),
      /open \/nowhere: no such file or directory/,
    );
    const skipped = await kvctl(`--endpoints=${url}`, '--insecure-skip-tls-verify', 'get', 'a');
    assert.equal(skipped.code, 0, skipped.stderr);
    // Without a scheme, flags decide: --insecure-transport=false is TLS with the system's authorities.
    const bare = url.replace('https://', '');
    assert.equal((await kvctl(`--endpoints=${bare}`, trust(), 'get', 'a')).code, 0);
    assert.match(await get(`--endpoints=${bare}`, '--insecure-transport=false'), /unknown authority/);
  });

  it('a renewed certificate is shown without a restart; a broken one keeps clients out until it is whole', async () => {
    const cert = join(lab, 'cert.pem');
    const key = join(lab, 'key.pem');
    copyFileSync(file('server.crt'), cert);
    copyFileSync(file('server.key'), key);
    const { served, url } = await secureMember(...pair(cert, key));
    await served.ready();
    const code = async (ca: string) =>
      (await kvctl(`--endpoints=${url}`, '--command-timeout=400ms', `--cacert=${ca}`, 'get', 'a')).code;
    assert.equal(await code(file('ca.crt')), 0);
    copyFileSync(strange('server.key'), key);
    assert.equal(await code(file('ca.crt')), 1);
    assert.ok(served.lines().some(({ error }) => error === 'tls: private key does not match public key'));
    copyFileSync(strange('server.crt'), cert);
    assert.equal(await code(strange('ca.crt')), 0);
    assert.equal(await code(file('ca.crt')), 1);
  });

  it('a unix socket with TLS, and metrics behind TLS', async () => {
    const at = await addresses();
    const socket = join(lab, 's');
    const metrics = at.client;
    const own = [`--listen-client-urls=unixs://${socket}`, `--advertise-client-urls=unixs://${socket}`];
    const served = serve([
      ...member(at, freshDir()),
      ...own,
      ...pair(),
      `--listen-metrics-urls=https://${metrics}`,
      '--tls-min-version=TLS1.3',
    ]);
    await served.ready();
    const put = await kvctl(`--endpoints=unixs://${socket}`, trust(), 'put', 'a', 'b');
    assert.equal(put.stdout, 'OK\n', put.stderr);
    if (!installed('curl', 'metrics over TLS')) return;
    const page = await run('curl', ['-sS', '--cacert', file('ca.crt'), `https://${metrics}/metrics`]);
    assert.match(page.stdout, /etcd_server_has_leader 1/);
    const old = await run('curl', [
      '-sS',
      '--tls-max',
      '1.2',
      '--cacert',
      file('ca.crt'),
      `https://${metrics}/metrics`,
    ]);
    assert.notEqual(old.code, 0);
  });

  it('files that cannot be used end the start, before there is any data', async () => {
    const { served } = await secureMember(...pair(file('server.crt'), file('client.key')));
    assert.deepEqual(await served.ended, FAILED, served.stderr);
    const last = served.lines().at(-1)!;
    const error = 'tls: private key does not match public key';
    assert.deepEqual([last.level, last.msg, last.error], ['fatal', 'listener failed', error]);
    assert.ok(!served.messages().includes('starting an etcd server'));
  });
});
