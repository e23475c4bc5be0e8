import assert from 'node:assert/strict';
import { urlTexts } from '../../../src/server/config/index.ts';
import { configOf, parse } from './support.ts';

describe('config: what becomes of it', () => {
  it('without anything: one member on the default ports', () => {
    const outcome = parse({});
    assert.equal(outcome.kind, 'run');
    const config = configOf({});
    assert.equal(config.dataDir, 'default.etcd');
    assert.equal(config.electionTicks, 10);
    assert.deepEqual(config.logging, {
      level: 'info',
      format: 'json',
      outputs: ['stderr'],
      rotation: undefined,
    });
    assert.deepEqual(
      outcome.lines.map(({ level, msg }) => `${level} ${msg}`),
      [
        'warn Running http and grpc server on single port. This is not recommended for production.',
        "warn it isn't recommended to use default name, please set a value for --name. Note that etcd might run into issue when multiple members have the same default name",
        'info Running: ',
        'info failed to detect default host',
        "warn 'data-dir' was empty; using default",
      ],
    );
  });

  it('a name alone makes the cluster of one under that name', () => {
    const config = configOf({ argv: ['--name=a', '--initial-advertise-peer-urls=http://h:2,http://h:1'] });
    assert.equal(config.initialCluster, 'a=http://h:1,a=http://h:2');
    assert.equal(config.dataDir, 'a.etcd');
  });

  it('the default name leaves the initial cluster as it is', () => {
    const config = configOf({ argv: ['--initial-advertise-peer-urls=http://h:1'] });
    assert.equal(config.initialCluster, 'default=http://localhost:2380');
  });

  it('a listener on all addresses advertises the host of the default route', () => {
    const argv = ['--name=a', '--listen-peer-urls=http://0.0.0.0:12'];
    const config = configOf({ argv, host: '192.0.2.7' });
    assert.deepEqual(urlTexts(config.initialAdvertisePeerUrls), ['http://192.0.2.7:12']);
    assert.equal(config.initialCluster, 'a=http://192.0.2.7:12');
    assert.deepEqual(urlTexts(config.advertiseClientUrls), ['http://localhost:2379']);
  });

  it('but not when the advertised URL was given, or the listener is on [::]', () => {
    const given = configOf({
      argv: ['--listen-peer-urls=http://0.0.0.0:12', '--initial-advertise-peer-urls=http://h:1'],
      host: '192.0.2.7',
    });
    assert.deepEqual(urlTexts(given.initialAdvertisePeerUrls), ['http://h:1']);
    const v6 = configOf({ argv: ['--listen-peer-urls=http://[::]:12'], host: '192.0.2.7' });
    assert.deepEqual(urlTexts(v6.initialAdvertisePeerUrls), ['http://localhost:2380']);
  });

  it('the election timeout is rounded down to whole heartbeats', () => {
    assert.equal(configOf({ argv: ['--heartbeat-interval=150'] }).electionTicks, 6);
  });

  it('deprecated flags are named, also when a check fails', () => {
    const argv = ['--max-snapshots=3', '--v2-deprecation=gone', '--auto-compaction-mode=x'];
    const told = parse({ argv }).lines.filter(({ msg }) => msg.includes('deprecated'));
    assert.equal(told.length, 2);
  });

  it('a config file alone counts, and says so', () => {
    const file = `
name: infra
Data-Dir: /d
listen-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
heartbeat-interval: 50
grpc-keepalive-min-time: 7000000000
host-whitelist: b,a
log-outputs: [stdout]
auto-compaction-retention: "5"
client-transport-security: {cert-file: c.pem, client-cert-auth: true}
socket-options: {reuse-port: true}
discovery-config: {token: t, client: {endpoints: [e], dial-timeout: 1000000}}
initial-cluster: ''
nobody-knows: 1
`;
    const env = { ETCD_NAME: 'ignored', ETCD_NONSENSE: '1' };
    const outcome = parse({ argv: ['--config-file', 'FILE', '--name', 'ignored'], env, file });
    const config = configOf({ argv: ['--config-file=FILE'], file });
    assert.equal(outcome.kind, 'run');
    assert.deepEqual(outcome.early, []);
    assert.ok(
      outcome.lines.some(({ msg, fields }) => msg.startsWith('loaded server') && fields?.path === 'FILE'),
    );
    assert.equal(config.name, 'infra');
    assert.equal(config.dataDir, '/d');
    assert.deepEqual(urlTexts(config.listenClientUrls), ['http://127.0.0.1:1', 'http://127.0.0.1:2']);
    assert.equal(config.heartbeatIntervalMs, 50);
    assert.equal(config.grpcKeepaliveMinTimeMs, 7000);
    assert.deepEqual(config.hostWhitelist, ['a', 'b']);
    assert.deepEqual(config.logging.outputs, ['stdout']);
    assert.deepEqual(config.autoCompaction, { mode: 'periodic', retentionMs: 18_000_000 });
    assert.equal(config.certFile, 'c.pem');
    assert.equal(config.clientCertAuth, true);
    assert.equal(config.socketReusePort, true);
    assert.equal(config.discoveryDialTimeoutMs, 1);
    assert.deepEqual(config.discoveryEndpoints, ['e']);
  });

  it('JSON is a config file too', () => {
    assert.equal(
      configOf({ argv: ['--config-file=FILE'], file: '{"name": "j", "pre-vote": false}' }).preVote,
      false,
    );
  });

  it("--version prints four lines that begin as etcd's", () => {
    const outcome = parse({ argv: ['--version'] });
    assert.equal(outcome.kind === 'exit' && outcome.code, 0);
    const text = outcome.kind === 'exit' ? outcome.stdout : '';
    assert.equal(
      text,
      'etcd Version: 3.7.1\nGit SHA: abc1234 (kvctl 9.8.7)\nGo Version: none (Node.js v20.19.0)\nGo OS/Arch: linux/amd64\n',
    );
  });

  it('--help prints the manual and exits 0', () => {
    for (const word of ['-h', '--help', '-help']) {
      const outcome = parse({ argv: ['--name=x', word] });
      assert.ok(
        outcome.kind === 'exit' && outcome.code === 0 && outcome.stdout.includes('--listen-peer-urls'),
      );
    }
  });

  const tls = ['--cert-file=c', '--key-file=k'];
  const https = ['--listen-client-urls=https://127.0.0.1:1', '--advertise-client-urls=https://127.0.0.1:1'];

  it('an encrypted listener that cannot be had is refused, never served in plain', () => {
    for (const [needs, ...argv] of [
      ['TLS', '--listen-peer-urls=https://127.0.0.1:1', '--peer-cert-file=c', '--peer-key-file=k'],
      ['--auto-tls', '--listen-client-urls=unixs://a:1', '--advertise-client-urls=unixs://a:1', '--auto-tls'],
      ['--auto-tls', '--listen-metrics-urls=https://127.0.0.1:1', '--auto-tls'],
    ]) {
      const outcome = parse({ argv });
      assert.equal(outcome.kind === 'exit' && outcome.code, 1, argv[0]);
      assert.match(String(outcome.lines.at(-1)?.fields?.error), new RegExp(`it needs ${needs}, which`));
    }
  });

  it('an encrypted listener for clients', () => {
    for (const argv of [
      [...https, ...tls],
      ['--listen-client-urls=unixs://a:1', '--advertise-client-urls=unixs://a:1', ...tls],
      ['--listen-metrics-urls=https://127.0.0.1:1', ...tls],
      [...https, ...tls, '--cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', '--tls-max-version=TLS1.2'],
    ]) {
      assert.equal(parse({ argv }).kind, 'run', argv.join(' '));
    }
    const both = parse({ argv: [...https, ...tls, '--auto-tls'] });
    assert.ok(both.lines.some(({ msg }) => msg === 'ignoring client auto TLS since certs given'));
    const idleOf = (...argv: string[]) =>
      parse({ argv: [...https, ...tls, '--client-crl-file=r', ...argv] })
        .lines.filter(({ msg }) => msg === 'flag has no effect')
        .map(({ fields }) => fields?.flag);
    assert.deepEqual(idleOf(), ['--client-crl-file']);
    assert.deepEqual(idleOf('--client-cert-auth'), []);
    assert.deepEqual(idleOf('--trusted-ca-file=c'), []);
  });

  it('a cipher suite that Go does not know, or OpenSSL does not have', () => {
    const errorOf = (suite: string) =>
      parse({ argv: [...https, ...tls, `--cipher-suites=${suite}`] }).lines.at(-1)?.fields?.error;
    assert.equal(errorOf('FOO'), 'unexpected TLS cipher suite "FOO"');
    assert.equal(
      errorOf('TLS_RSA_WITH_RC4_128_SHA'),
      'TLS cipher suite "TLS_RSA_WITH_RC4_128_SHA" is broken and not offered',
    );
  });

  it('rotation is read from its JSON', () => {
    const json = '{"maxsize": 1, "maxbackups": 2, "compress": true}';
    const argv = ['--enable-log-rotation', '--log-outputs=f.log', `--log-rotation-config-json=${json}`];
    assert.deepEqual(configOf({ argv }).logging.rotation, {
      maxsize: 1,
      maxage: 0,
      maxbackups: 2,
      localtime: false,
      compress: true,
    });
  });

  it('/dev/null among the outputs silences all', () => {
    assert.deepEqual(configOf({ argv: ['--log-outputs=stderr,/dev/null'] }).logging.outputs, []);
  });

  it('systemd/journal is refused with the way out', () => {
    const outcome = parse({ argv: ['--log-outputs=systemd/journal'] });
    assert.equal(outcome.kind === 'exit' && outcome.code, 1);
    assert.match(JSON.stringify(outcome.early), /log to stderr, which systemd takes to the journal/);
  });

  it('a gate that was given and changes nothing is named', () => {
    const { lines } = parse({ argv: ['--feature-gates=LeaseCheckpoint=true'] });
    assert.ok(
      lines.some(
        ({ msg, fields }) => msg === 'feature gate has no effect' && fields?.gate === 'LeaseCheckpoint',
      ),
    );
  });
});
