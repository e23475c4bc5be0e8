/** Checks across flags, in etcd's order: the first one that fails is the one that is told. */

import { goDuration } from '../logging/index.ts';
import { type FeatureGate, parseGates, resolveGates } from './feature-gates.ts';
import type { FlagProperty, FlagValues } from './flags/index.ts';
import { ConfigError } from './logging-config.ts';
import type { StartLine } from './server-config.ts';
import { isIp, type ServerUrl, urlTexts } from './urls.ts';

const MAX_ELECTION_TIMEOUT_MS = 50_000;
/** Heartbeats that an election timeout has to span. */
const MIN_ELECTION_HEARTBEATS = 5;
const TLS_VERSIONS = ['TLS1.2', 'TLS1.3'];
const MAX_SAMPLING_RATE = 1_000_000;
const DEFAULT_NAME = 'default';

export interface CheckInput {
  readonly values: FlagValues;
  readonly given: ReadonlySet<FlagProperty>;
  readonly source: 'flags' | 'file';
}

function isSocket(url: ServerUrl): boolean {
  return url.scheme === 'unix' || url.scheme === 'unixs';
}

function checkBind(urls: readonly ServerUrl[]): void {
  for (const url of urls) {
    if (isSocket(url) || url.hostname === 'localhost' || isIp(url.hostname)) continue;
    throw new ConfigError(`expected IP in URL for binding (${url.text})`);
  }
}

function checkAdvertised(urls: readonly ServerUrl[], message: (all: string, cause: string) => string): void {
  const bad = urls.find((url) => !isSocket(url) && url.hostname === '');
  if (bad === undefined) return;
  const all = JSON.stringify(urlTexts(urls).join(','));
  throw new ConfigError(message(all, `unexpected empty host (${bad.text})`));
}

function checkUrls(values: FlagValues, lines: StartLine[]): void {
  checkBind(values.listenPeerUrls);
  checkBind(values.listenClientUrls);
  checkBind(values.listenClientHttpUrls);
  if (values.listenClientHttpUrls.length === 0) {
    const msg = 'Running http and grpc server on single port. This is not recommended for production.';
    lines.push({ level: 'warn', msg });
  }
  checkBind(values.listenMetricsUrls);
  checkAdvertised(
    values.initialAdvertisePeerUrls,
    (all, cause) => `--initial-advertise-peer-urls ${all} must be "host:port" (${cause})`,
  );
  checkAdvertised(
    values.advertiseClientUrls,
    (all, cause) =>
      `--advertise-client-urls ${all} must be in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket" (${cause})`,
  );
}

function checkBootstrap(values: FlagValues): void {
  const state: string = values.initialClusterState;
  if (state !== 'new' && state !== 'existing') {
    throw new ConfigError(`unexpected clusterState ${JSON.stringify(state)}`);
  }
  const endpoints = values.discoveryEndpoints;
  const ways = [values.initialCluster !== '', values.discoverySrv !== '', endpoints.length > 0];
  if (ways.filter(Boolean).length > 1) {
    throw new ConfigError(
      'multiple discovery or bootstrap flags are set. Choose one of "initial-cluster", "discovery-endpoints" or "discovery-srv"',
    );
  }
  if ((values.discoveryToken === '') !== (endpoints.length === 0)) {
    throw new ConfigError('both --discovery-token and --discovery-endpoints must be set');
  }
  if (endpoints.some((endpoint) => endpoint.trim() === '')) {
    throw new ConfigError('--discovery-endpoints must not contain empty endpoints');
  }
}

function checkTimes({ heartbeatIntervalMs: heartbeat, electionTimeoutMs: election }: FlagValues): void {
  if (heartbeat === 0) throw new ConfigError(`--heartbeat-interval must be >0 (set to ${heartbeat}ms)`);
  if (election === 0) throw new ConfigError(`--election-timeout must be >0 (set to ${election}ms)`);
  if (MIN_ELECTION_HEARTBEATS * heartbeat > election) {
    throw new ConfigError(
      `--election-timeout[${election}ms] should be at least as 5 times as --heartbeat-interval[${heartbeat}ms]`,
    );
  }
  if (election > MAX_ELECTION_TIMEOUT_MS) {
    throw new ConfigError(
      `--election-timeout[${election}ms] is too long, and should be set less than ${MAX_ELECTION_TIMEOUT_MS}ms`,
    );
  }
}

/** Told with a second line of its own. */
export const ADVERTISE_REQUIRED =
  '--advertise-client-urls is required when --listen-client-urls is set explicitly';

function checkAdvertiseGiven({ given, source }: CheckInput): void {
  if (source === 'file') return;
  if (given.has('listenClientUrls') && !given.has('advertiseClientUrls')) {
    throw new ConfigError(ADVERTISE_REQUIRED);
  }
}

function checkCompactionMode(mode: string): void {
  if (mode === '') throw new ConfigError('undefined auto-compaction-mode');
  if (mode !== 'periodic' && mode !== 'revision') {
    throw new ConfigError(`unknown auto-compaction-mode ${JSON.stringify(mode)}`);
  }
}

function checkTracing(values: FlagValues): void {
  if (!values.enableDistributedTracing) return;
  const rate = values.distributedTracingSamplingRate;
  const cause =
    rate < 0
      ? 'tracing sampling rate must be positive'
      : rate > MAX_SAMPLING_RATE
        ? `tracing sampling rate must be less than ${MAX_SAMPLING_RATE}`
        : undefined;
  if (cause) throw new ConfigError(`distributed tracing configurition is not valid: (${cause})`);
}

function checkGates(gates: Readonly<Record<FeatureGate, boolean>>): void {
  if (gates.LeaseCheckpointPersist && !gates.LeaseCheckpoint) {
    throw new ConfigError(
      'enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint',
    );
  }
}

function checkTls(values: FlagValues): void {
  for (const version of [values.tlsMinVersion, values.tlsMaxVersion]) {
    if (version !== '' && !TLS_VERSIONS.includes(version)) {
      throw new ConfigError(
        `unexpected TLS version ${JSON.stringify(version)} (must be one of: ${TLS_VERSIONS.join(', ')})`,
      );
    }
  }
  if (values.tlsMaxVersion !== '' && values.tlsMinVersion > values.tlsMaxVersion) {
    throw new ConfigError(
      `min version (${values.tlsMinVersion}) is greater than max version (${values.tlsMaxVersion})`,
    );
  }
  if (values.tlsMinVersion === 'TLS1.3' && values.cipherSuites.length > 0) {
    throw new ConfigError('cipher suites cannot be configured when only TLS1.3 is enabled');
  }
}

/** Adds warnings to `lines`. @throws ConfigError */
export function checkConfig(input: CheckInput, lines: StartLine[]): Readonly<Record<FeatureGate, boolean>> {
  const { values } = input;
  checkUrls(values, lines);
  checkBootstrap(values);
  checkTimes(values);
  checkAdvertiseGiven(input);
  checkCompactionMode(values.autoCompactionMode);
  checkTracing(values);
  const gates = resolveGates(parseGates(values.featureGates));
  checkGates(gates);
  if (values.compactHashCheckTimeMs <= 0) {
    throw new ConfigError(
      `--compact-hash-check-time must be >0 (set to ${goDuration(values.compactHashCheckTimeMs)})`,
    );
  }
  if (values.name === DEFAULT_NAME) {
    const msg =
      "it isn't recommended to use default name, please set a value for --name. Note that etcd might run into issue when multiple members have the same default name";
    lines.push({ level: 'warn', msg, fields: { name: values.name } });
  }
  checkTls(values);
  return gates;
}
