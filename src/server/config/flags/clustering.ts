/** Flags about the cluster: how it is formed, how members find each other, how history is trimmed. */
import { choice, type FlagSpec, pending, rowsOf } from '../flag-spec.ts';
import { parseUrls } from '../urls.ts';

const { string, bool, duration, list, urls } = rowsOf('Clustering');

const SECOND = 1000;
const NO_DISCOVERY = pending('discovery is not built yet');
const NO_CLUSTER = pending('clusters of more than one member are not built yet');
const client = (...path: string[]) => ({ ...NO_DISCOVERY, file: ['discovery-config', 'client', ...path] });

export const CLUSTERING_FLAGS = {
  initialAdvertisePeerUrls: urls(
    'initial-advertise-peer-urls',
    parseUrls('http://localhost:2380'),
    'URLs under which other members reach this one.',
  ),
  initialCluster: string(
    'initial-cluster',
    'default=http://localhost:2380',
    'Members of a new cluster, as name=url,name=url; a name with several URLs is repeated.',
  ),
  initialClusterState: choice(
    'Clustering',
    'initial-cluster-state',
    ['new', 'existing'],
    'new',
    'new: form the cluster with the others. existing: join a cluster to which this member was added. Read only at the first start.',
  ),
  initialClusterToken: string(
    'initial-cluster-token',
    'etcd-cluster',
    'Text mixed into the identities of a new cluster, so that two clusters with equal URLs never talk to each other.',
  ),
  advertiseClientUrls: urls(
    'advertise-client-urls',
    parseUrls('http://localhost:2379'),
    'URLs under which clients reach this member. Needed whenever --listen-client-urls is given.',
  ),
  discoveryToken: string('discovery-token', '', 'Token of the cluster at the discovery service.', {
    ...NO_DISCOVERY,
    file: ['discovery-config', 'token'],
  }),
  discoveryEndpoints: list(
    'discovery-endpoints',
    [],
    'Endpoints of the discovery service.',
    client('endpoints'),
  ),
  discoveryDialTimeoutMs: duration(
    'discovery-dial-timeout',
    2 * SECOND,
    'How long connecting to the discovery service may take.',
    client('dial-timeout'),
  ),
  discoveryRequestTimeoutMs: duration(
    'discovery-request-timeout',
    5 * SECOND,
    'How long one request to the discovery service may take.',
    client('request-timeout'),
  ),
  discoveryKeepaliveTimeMs: duration(
    'discovery-keepalive-time',
    2 * SECOND,
    'How often connections to the discovery service are pinged.',
    client('keepalive-time'),
  ),
  discoveryKeepaliveTimeoutMs: duration(
    'discovery-keepalive-timeout',
    6 * SECOND,
    'How long the answer to such a ping may take.',
    client('keepalive-timeout'),
  ),
  discoveryInsecureTransport: bool(
    'discovery-insecure-transport',
    true,
    'Speak to the discovery service without TLS.',
    client('secure', 'insecure-transport'),
  ),
  discoveryInsecureSkipTlsVerify: bool(
    'discovery-insecure-skip-tls-verify',
    false,
    'Do not check the certificate of the discovery service. For tests only.',
    client('secure', 'insecure-skip-tls-verify'),
  ),
  discoveryCert: string(
    'discovery-cert',
    '',
    'Client certificate for the discovery service.',
    client('secure', 'cert'),
  ),
  discoveryKey: string('discovery-key', '', 'Key of that certificate.', client('secure', 'key')),
  discoveryCacert: string(
    'discovery-cacert',
    '',
    'CA bundle that the discovery service is checked with.',
    client('secure', 'cacert'),
  ),
  discoveryUser: string(
    'discovery-user',
    '',
    'User, or user:password, at the discovery service.',
    client('auth', 'username'),
  ),
  discoveryPassword: string(
    'discovery-password',
    '',
    'Password at the discovery service.',
    client('auth', 'password'),
  ),
  discoveryFallback: choice(
    'Clustering',
    'discovery-fallback',
    ['exit', 'proxy'],
    'exit',
    'What to do when discovery fails. Only exit is left.',
    { ...NO_DISCOVERY, file: false },
  ),
  discoverySrv: string('discovery-srv', '', 'DNS domain whose SRV records name the members.', NO_DISCOVERY),
  discoverySrvName: string('discovery-srv-name', '', 'Suffix of the SRV service names.', NO_DISCOVERY),
  strictReconfigCheck: bool(
    'strict-reconfig-check',
    true,
    'Refuse changes of membership that would cost the quorum.',
    NO_CLUSTER,
  ),
  preVote: bool(
    'pre-vote',
    true,
    'Ask before calling an election, so that a member that comes back disturbs nobody.',
  ),
  autoCompactionRetention: string(
    'auto-compaction-retention',
    '0',
    'How much history automatic compaction leaves: with mode periodic a duration (a bare number is hours), with mode revision a number of revisions. 0: off.',
  ),
  autoCompactionMode: string(
    'auto-compaction-mode',
    'periodic',
    'What --auto-compaction-retention counts: periodic (time) or revision.',
  ),
  v2Deprecation: choice(
    'Clustering',
    'v2-deprecation',
    ['write-only', 'write-only-skip-check', 'write-only-drop-data', 'gone'],
    'write-only',
    'Stage of the removal of the v2 store. Without effect in etcd 3.7 as well: always write-only.',
    { effect: { kind: 'ignored' }, quotesBadChoice: true },
  ),
} as const satisfies Record<string, FlagSpec<any>>;
