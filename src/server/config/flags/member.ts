/** Flags of this member alone: where it keeps its data, where it listens, how much it takes. */
import { never, pending, rowsOf } from '../flag-spec.ts';
import { parseUrls } from '../urls.ts';

const { string, bool, uint, uint32, int, duration, urls, gates } = rowsOf('Member');

const SECOND = 1000;

export const MEMBER_FLAGS = {
  name: string('name', 'default', 'Name of this member, unique in the cluster.'),
  dataDir: string('data-dir', '', 'Directory of everything this member stores.', {
    shownDefault: "'<name>.etcd'",
  }),
  walDir: string(
    'wal-dir',
    '',
    'Separate directory for the write-ahead log, for example on a faster disk. Empty: inside the data directory.',
  ),
  importEtcdDir: string(
    'import-etcd-dir',
    '',
    'At the first start, take over everything that a stopped etcd has in this data directory, which is only read. Later starts leave it alone.',
  ),
  snapshotCount: uint(
    'snapshot-count',
    10_000,
    'Applied entries from one raft snapshot on disk to the next.',
  ),
  heartbeatIntervalMs: uint(
    'heartbeat-interval',
    100,
    'Milliseconds from one heartbeat of the leader to the next.',
  ),
  electionTimeoutMs: uint(
    'election-timeout',
    1000,
    'Milliseconds without a heartbeat after which a follower calls an election. At least five heartbeats, at most 50000.',
  ),
  initialElectionTickAdvance: bool(
    'initial-election-tick-advance',
    true,
    'At start, skip most of the first wait for a leader.',
    never('a member that is alone does not wait for a leader at all'),
  ),
  listenPeerUrls: urls(
    'listen-peer-urls',
    parseUrls('http://localhost:2380'),
    'URLs to listen on for other members. The host is an IP address or localhost.',
  ),
  listenClientUrls: urls(
    'listen-client-urls',
    parseUrls('http://localhost:2379'),
    'URLs to listen on for clients: gRPC, and HTTP unless --listen-client-http-urls is given.',
  ),
  listenClientHttpUrls: urls(
    'listen-client-http-urls',
    [],
    'URLs to listen on for HTTP/1.1 only. When given, --listen-client-urls serve gRPC only.',
  ),
  maxSnapshots: uint('max-snapshots', 5, 'Raft snapshot files to keep; 0 keeps all. Deprecated by etcd 3.6.'),
  maxWals: uint('max-wals', 5, 'Write-ahead log segments to keep; 0 keeps all.'),
  memoryMlock: bool(
    'memory-mlock',
    false,
    'Keep the pages of the process in memory.',
    never(
      'Node.js cannot lock pages in memory; use the MemorySwapMax= setting of the service manager instead',
    ),
  ),
  quotaBackendBytes: int(
    'quota-backend-bytes',
    0,
    'Size of what is alive in the database, in bytes, at which writes are refused and the NOSPACE alarm is raised. 0: 2 GiB; negative: no limit.',
  ),
  autoDisarmNospace: bool(
    'auto-disarm-nospace',
    false,
    'Lower the NOSPACE alarm of this member when less than 75% of the quota is in use again. Not in etcd.',
  ),
  backendBboltFreelistType: string(
    'backend-bbolt-freelist-type',
    '',
    'Kind of free page list of a bbolt database.',
    { ...never('the database of kvctl is LMDB, which has no such choice'), shownDefault: "'map'" },
  ),
  backendBatchIntervalMs: duration(
    'backend-batch-interval',
    0,
    'Longest time that applied writes wait to be committed to the database (the write-ahead log is what makes them durable). 0: 100ms.',
  ),
  backendBatchLimit: int(
    'backend-batch-limit',
    0,
    'Applied writes that are committed to the database at once, without waiting for the interval. 0: 2500.',
  ),
  maxTxnOps: uint('max-txn-ops', 128, 'Operations in one branch of a transaction, and comparisons, at most.'),
  maxRequestBytes: uint(
    'max-request-bytes',
    1_572_864,
    'Largest request, in bytes, that is proposed to the cluster.',
  ),
  maxConcurrentStreams: uint32(
    'max-concurrent-streams',
    4_294_967_295,
    'Requests and streams that one client connection may have open at a time.',
  ),
  grpcKeepaliveMinTimeMs: duration(
    'grpc-keepalive-min-time',
    5 * SECOND,
    'Shortest time between two pings of a client; one that pings faster is disconnected.',
  ),
  grpcKeepaliveIntervalMs: duration(
    'grpc-keepalive-interval',
    7200 * SECOND,
    'How often the server pings a silent client connection; 0 turns that off.',
  ),
  grpcKeepaliveTimeoutMs: duration(
    'grpc-keepalive-timeout',
    20 * SECOND,
    'How long the answer to such a ping may take before the connection is closed; 0 turns the pings off.',
  ),
  socketReusePort: bool('socket-reuse-port', false, 'Set SO_REUSEPORT on the listeners.', {
    ...never('the Node.js releases that kvctl supports cannot set SO_REUSEPORT'),
    file: ['socket-options', 'reuse-port'],
  }),
  socketReuseAddress: bool('socket-reuse-address', false, 'Set SO_REUSEADDR on the listeners.', {
    ...never('Node.js always sets SO_REUSEADDR'),
    file: ['socket-options', 'reuse-address'],
  }),
  enableGrpcGateway: bool('enable-grpc-gateway', true, 'Serve the JSON form of the API under /v3/.'),
  raftReadTimeoutMs: duration(
    'raft-read-timeout',
    5 * SECOND,
    'Read timeout of connections between members, at least 5s.',
    {
      ...pending('clusters of more than one member are not built yet'),
      file: false,
    },
  ),
  raftWriteTimeoutMs: duration(
    'raft-write-timeout',
    5 * SECOND,
    'Write timeout of connections between members, at least 5s.',
    {
      ...pending('clusters of more than one member are not built yet'),
      file: false,
    },
  ),
  featureGates: gates('feature-gates', '', 'Features to turn on or off, as Name=true,Other=false:'),
} as const;
