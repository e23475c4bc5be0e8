/** Flags of observing a member, of its checks and upkeep, and the unsafe ones. */
import { never, pending, rowsOf } from '../flag-spec.ts';

const monitoring = rowsOf('Profiling and Monitoring');
const logging = rowsOf('Logging');
const tracing = rowsOf('Distributed tracing');
const features = rowsOf('Features');
const unsafe = rowsOf('Unsafe feature');

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NO_TRACING = pending('tracing is not built yet');
const NO_SLOW_LOG = pending('slow requests are not logged yet');

export const OPERATIONS_FLAGS = {
  enablePprof: monitoring.bool(
    'enable-pprof',
    false,
    'Profiles under /debug/pprof/.',
    never("they are profiles of Go's runtime; start Node.js with --inspect or --cpu-prof instead"),
  ),
  metrics: monitoring.string(
    'metrics',
    'basic',
    "Detail of the metrics: 'extensive' adds the time each gRPC request took.",
    pending('the times of single requests are not measured yet'),
  ),
  listenMetricsUrls: monitoring.urls(
    'listen-metrics-urls',
    [],
    'More URLs that serve /metrics, /health, /livez and /readyz, and nothing else.',
  ),

  logger: logging.string('logger', 'zap', "Shape of the log. Only 'zap' is left."),
  logOutputs: logging.set(
    'log-outputs',
    ['default'],
    "Where the log goes: stderr, stdout, or paths of files, with commas between. 'default' is stderr.",
  ),
  logLevel: logging.string(
    'log-level',
    'info',
    'Least level that is logged: debug, info, warn, error, dpanic, panic or fatal.',
  ),
  logFormat: logging.string('log-format', 'json', 'Form of a line: json or console.'),
  enableLogRotation: logging.bool(
    'enable-log-rotation',
    false,
    'Start a new log file when the old one is full. Needs one file in --log-outputs.',
  ),
  logRotationConfigJson: logging.string(
    'log-rotation-config-json',
    '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
    'Limits of log rotation: megabytes of a file, days and number of old files to keep (0: all), local time in their names, gzip.',
  ),
  warningUnaryRequestDurationMs: logging.duration(
    'warning-unary-request-duration',
    300,
    'A unary request that takes longer is logged as a warning.',
    NO_SLOW_LOG,
  ),

  enableDistributedTracing: tracing.bool(
    'enable-distributed-tracing',
    false,
    'Send spans to an OpenTelemetry collector.',
    NO_TRACING,
  ),
  distributedTracingAddress: tracing.string(
    'distributed-tracing-address',
    'localhost:4317',
    'Address of the collector.',
    NO_TRACING,
  ),
  distributedTracingServiceName: tracing.string(
    'distributed-tracing-service-name',
    'etcd',
    'Service name in the spans, the same on all members.',
    NO_TRACING,
  ),
  distributedTracingInstanceId: tracing.string(
    'distributed-tracing-instance-id',
    '',
    'Instance id in the spans, different on every member.',
    NO_TRACING,
  ),
  distributedTracingSamplingRate: tracing.int(
    'distributed-tracing-sampling-rate',
    0,
    'Spans to send, of a million.',
    NO_TRACING,
  ),

  corruptCheckTimeMs: features.duration(
    'corrupt-check-time',
    4 * HOUR,
    'How often the leader compares the hash of its data with that of the others; 0: never.',
  ),
  compactHashCheckTimeMs: features.duration(
    'compact-hash-check-time',
    MINUTE,
    'How often the leader compares the hashes that members took at compactions. Needs the gate CompactHashCheck.',
  ),
  compactionBatchLimit: features.int(
    'compaction-batch-limit',
    0,
    'Revisions that one slice of a compaction removes at most. 0: 1000.',
    never('a slice of a compaction ends by the time it took, not by what it removed'),
  ),
  compactionSleepIntervalMs: features.duration(
    'compaction-sleep-interval',
    0,
    'Pause between two slices of a compaction. 0: 10ms.',
  ),
  watchProgressNotifyIntervalMs: features.duration(
    'watch-progress-notify-interval',
    0,
    'How often an idle watch that asks for progress is told the revision; at least 100ms. 0: 10m.',
  ),
  warningApplyDurationMs: features.duration(
    'warning-apply-duration',
    100,
    'An apply that takes longer is logged as a warning.',
    NO_SLOW_LOG,
  ),
  bootstrapDefragThresholdMegabytes: features.uint(
    'bootstrap-defrag-threshold-megabytes',
    0,
    'Defragment at start if that frees at least so many MiB; 0: never.',
  ),
  maxLearners: features.int('max-learners', 1, 'Learners that the cluster may have.'),
  downgradeCheckTimeMs: features.duration(
    'downgrade-check-time',
    5 * SECOND,
    'How often it is checked whether a downgrade has come to its end.',
    pending('downgrades are not built yet'),
  ),
  snapshotCatchupEntries: features.uint(
    'snapshot-catchup-entries',
    5000,
    'Log entries kept behind a raft snapshot, for members that lag.',
  ),

  forceNewCluster: unsafe.bool(
    'force-new-cluster',
    false,
    'Keep the data and forget all other members. For a cluster that lost its quorum for good.',
  ),
  unsafeNoFsync: unsafe.bool('unsafe-no-fsync', false, 'Never flush to the disk. A power cut loses data.'),
} as const;
