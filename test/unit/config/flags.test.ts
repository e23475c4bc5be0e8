import assert from 'node:assert/strict';
import { envName, FLAG_ROWS, helpText } from '../../../src/server/config/index.ts';
import { configOf, parse } from './support.ts';

/** Every flag of etcd 3.7's server, with its default as etcd's help prints it; `version` and `config-file` aside. */
const ETCD_FLAGS: Readonly<Record<string, unknown>> = {
  name: 'default',
  'data-dir': 'default.etcd',
  'wal-dir': '',
  'import-etcd-dir': '',
  'snapshot-count': 10_000,
  'heartbeat-interval': 100,
  'election-timeout': 1000,
  'initial-election-tick-advance': true,
  'listen-peer-urls': ['http://localhost:2380'],
  'listen-client-urls': ['http://localhost:2379'],
  'listen-client-http-urls': [],
  'max-snapshots': 5,
  'max-wals': 5,
  'memory-mlock': false,
  'quota-backend-bytes': 2147483648,
  'backend-bbolt-freelist-type': '',
  'backend-batch-interval': 100,
  'backend-batch-limit': 10_000,
  'max-txn-ops': 128,
  'max-request-bytes': 1572864,
  'max-concurrent-streams': 4294967295,
  'grpc-keepalive-min-time': 5000,
  'grpc-keepalive-interval': 7_200_000,
  'grpc-keepalive-timeout': 20_000,
  'socket-reuse-port': false,
  'socket-reuse-address': false,
  'enable-grpc-gateway': true,
  'raft-read-timeout': 5000,
  'raft-write-timeout': 5000,
  'feature-gates': '',
  'initial-advertise-peer-urls': ['http://localhost:2380'],
  'initial-cluster': 'default=http://localhost:2380',
  'initial-cluster-state': 'new',
  'initial-cluster-token': 'etcd-cluster',
  'advertise-client-urls': ['http://localhost:2379'],
  'discovery-token': '',
  'discovery-endpoints': [],
  'discovery-dial-timeout': 2000,
  'discovery-request-timeout': 5000,
  'discovery-keepalive-time': 2000,
  'discovery-keepalive-timeout': 6000,
  'discovery-insecure-transport': true,
  'discovery-insecure-skip-tls-verify': false,
  'discovery-cert': '',
  'discovery-key': '',
  'discovery-cacert': '',
  'discovery-user': '',
  'discovery-password': '',
  'discovery-fallback': 'exit',
  'discovery-srv': '',
  'discovery-srv-name': '',
  'strict-reconfig-check': true,
  'pre-vote': true,
  'auto-compaction-retention': '0',
  'auto-compaction-mode': 'periodic',
  'v2-deprecation': 'write-only',
  'cert-file': '',
  'key-file': '',
  'client-cert-auth': false,
  'client-cert-file': '',
  'client-key-file': '',
  'client-crl-file': '',
  'client-cert-allowed-hostname': [],
  'trusted-ca-file': '',
  'auto-tls': false,
  'peer-cert-file': '',
  'peer-key-file': '',
  'peer-client-cert-auth': false,
  'peer-client-cert-file': '',
  'peer-client-key-file': '',
  'peer-trusted-ca-file': '',
  'peer-cert-allowed-cn': [],
  'peer-cert-allowed-hostname': [],
  'peer-auto-tls': false,
  'peer-skip-client-san-verification': false,
  'self-signed-cert-validity': 1,
  'peer-crl-file': '',
  'cipher-suites': [],
  cors: ['*'],
  'host-whitelist': ['*'],
  'tls-min-version': 'TLS1.2',
  'tls-max-version': '',
  'auth-token': 'simple',
  'bcrypt-cost': 10,
  'auth-token-ttl': 300,
  'enable-pprof': false,
  metrics: 'basic',
  'listen-metrics-urls': [],
  logger: 'zap',
  'log-outputs': ['default'],
  'log-level': 'info',
  'log-format': 'json',
  'enable-log-rotation': false,
  'log-rotation-config-json':
    '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
  'warning-unary-request-duration': 300,
  'enable-distributed-tracing': false,
  'distributed-tracing-address': 'localhost:4317',
  'distributed-tracing-service-name': 'etcd',
  'distributed-tracing-instance-id': '',
  'distributed-tracing-sampling-rate': 0,
  'corrupt-check-time': 14_400_000,
  'compact-hash-check-time': 60_000,
  'compaction-batch-limit': 1000,
  'compaction-sleep-interval': 10,
  'watch-progress-notify-interval': 600_000,
  'warning-apply-duration': 100,
  'bootstrap-defrag-threshold-megabytes': 0,
  'max-learners': 1,
  'downgrade-check-time': 5000,
  'snapshot-catchup-entries': 5000,
  'force-new-cluster': false,
  'unsafe-no-fsync': false,
};

/** A text that each kind of flag takes, and that is not its default. */
const SAMPLES: Readonly<Record<string, string>> = {
  string: 'x',
  bool: 'true',
  uint: '7000',
  uint32: '7',
  int: '7',
  duration: '7s',
  list: 'x,y',
  set: 'y,x',
  urls: 'http://127.0.0.1:77',
  origins: 'http://a:77',
  gates: 'LeaseCheckpoint=true',
};
const OWN_SAMPLES: Readonly<Record<string, string>> = {
  'initial-cluster-state': 'existing',
  'discovery-fallback': 'exit',
  'v2-deprecation': 'gone',
  logger: 'zap',
  'log-level': 'debug',
  'log-format': 'console',
  'auto-compaction-mode': 'revision',
  'auto-compaction-retention': '5',
  'tls-min-version': 'TLS1.3',
  'tls-max-version': 'TLS1.3',
  'heartbeat-interval': '20',
  'distributed-tracing-sampling-rate': '7',
  'peer-cert-allowed-hostname': 'x',
};

/** Not in etcd. Each is off unless it is given. */
const OWN_FLAGS = { 'auto-disarm-nospace': false };

/** Other defaults than etcd's, each with its reason in docs/compatibility.md. */
const OWN_DEFAULTS = { 'backend-batch-limit': 2_500 };

/** Flags that need others beside them. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  'client-crl-file': ['--client-cert-auth'],
  'client-cert-allowed-hostname': ['--client-cert-auth'],
  'listen-client-urls': ['--advertise-client-urls=http://127.0.0.1:77'],
  'discovery-token': ['--discovery-endpoints=x'],
  'discovery-endpoints': ['--discovery-token=x'],
  'enable-log-rotation': ['--log-outputs=/tmp/never-opened.log'],
};

function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item) => (typeof item === 'object' ? (item as { text: string }).text : item));
}

describe('config: the table of flags', () => {
  it("has etcd's flags with etcd's defaults, and what it adds to them", () => {
    const config = configOf({});
    const own = Object.fromEntries(FLAG_ROWS.map(([property, spec]) => [spec.flag, plain(config[property])]));
    assert.deepEqual(own, { ...ETCD_FLAGS, ...OWN_FLAGS, ...OWN_DEFAULTS });
  });

  it('says in help what each flag is, in sentences', () => {
    const help = helpText();
    for (const [, spec] of FLAG_ROWS) {
      assert.ok(help.includes(`\n  --${spec.flag} `), spec.flag);
      assert.match(spec.help, /^\S.*[.:]$/, spec.flag);
    }
    for (const line of help.split('\n')) assert.ok(line.length <= 130, line);
  });

  const cases = FLAG_ROWS.map(([property, spec]) => ({
    property,
    spec,
    text: OWN_SAMPLES[spec.flag] ?? SAMPLES[spec.kind],
    others: COMPANIONS[spec.flag] ?? [],
  }));

  it('each is taken from the command line and from its variable', () => {
    for (const { property, spec, text, others } of cases) {
      const byFlag = configOf({ argv: [`-${spec.flag}=${text}`, ...others] });
      const byEnv = configOf({ argv: others, env: { [envName(spec.flag)]: text } });
      assert.deepEqual(byFlag[property], byEnv[property], spec.flag);
      assert.ok(byFlag.given.has(property) && byEnv.given.has(property), spec.flag);
    }
  });

  it('each without effect says so when it is given, and no other does', () => {
    for (const { spec, text, others } of cases) {
      const outcome = parse({ argv: [`--${spec.flag}=${text}`, ...others] });
      const told = outcome.lines.some(
        ({ msg, fields }) => msg.startsWith('flag has no effect') && fields?.flag === `--${spec.flag}`,
      );
      assert.equal(told, spec.effect.kind === 'pending' || spec.effect.kind === 'never', spec.flag);
    }
  });

  it('says nothing about flags that were not given', () => {
    const { lines } = parse({});
    assert.ok(!lines.some(({ msg }) => msg.startsWith('flag has no effect')));
  });
});
