/** etcd_debugging_*: etcd promises nothing about these; tools read them all the same. */
import type { Registry } from './registry.ts';
import { REQUEST_BUCKETS } from './server-metrics.ts';
import { exponential } from './values.ts';

function debuggingMvcc(r: Registry) {
  return {
    keys: r.gauge('etcd_debugging_mvcc_keys_total', 'Keys that exist now.'),
    watchStreams: r.gauge('etcd_debugging_mvcc_watch_stream_total', 'Watch streams open.'),
    watchers: r.gauge('etcd_debugging_mvcc_watcher_total', 'Watchers on all streams.'),
    slowWatchers: r.gauge('etcd_debugging_mvcc_slow_watcher_total', 'Watchers that lag behind.'),
    pendingEvents: r.gauge('etcd_debugging_mvcc_pending_events_total', 'Events waiting to be sent.'),
    events: r.counter('etcd_debugging_mvcc_events_total', 'Events sent.'),
    currentRevision: r.gauge('etcd_debugging_mvcc_current_revision', 'Revision of the store.'),
    compactRevision: r.gauge(
      'etcd_debugging_mvcc_compact_revision',
      'Revision of the last compaction; -1: none.',
    ),
    totalPutSize: r.gauge(
      'etcd_debugging_mvcc_total_put_size_in_bytes',
      'Bytes of keys and values ever put.',
    ),
    compactionLast: r.gauge(
      'etcd_debugging_mvcc_db_compaction_last',
      'Time of the last compaction, seconds since 1970.',
    ),
    compactedKeys: r.counter(
      'etcd_debugging_mvcc_db_compaction_keys_total',
      'Revisions that compactions removed.',
    ),
    indexCompactionPauseMs: r.histogram(
      'etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds',
      'Milliseconds that compacting the index held other work.',
      exponential(0.5, 2, 14),
    ),
    dbCompactionPauseMs: r.histogram(
      'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds',
      'Milliseconds that one slice of a compaction held other work.',
      exponential(1, 2, 13),
    ),
    dbCompactionTotalMs: r.histogram(
      'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
      'Milliseconds of a whole compaction.',
      exponential(100, 2, 14),
    ),
  };
}

function debuggingDisk(r: Registry) {
  const commit = (part: string, what: string) =>
    r.histogram(
      `etcd_debugging_disk_backend_commit_${part}_duration_seconds`,
      `Seconds of a commit spent ${what}.`,
      REQUEST_BUCKETS,
    );
  return {
    commitRebalance: commit('rebalance', 'rebalancing pages'),
    commitSpill: commit('spill', 'collecting changed pages'),
    commitWrite: commit('write', 'writing'),
    snapSaveMarshalling: r.histogram(
      'etcd_debugging_snap_save_marshalling_duration_seconds',
      'Seconds that encoding a raft snapshot took.',
      REQUEST_BUCKETS,
    ),
    snapSaveTotal: r.histogram(
      'etcd_debugging_snap_save_total_duration_seconds',
      'Seconds that saving a raft snapshot took.',
      REQUEST_BUCKETS,
    ),
  };
}

function debuggingServer(r: Registry) {
  const loop = (part: string, what: string) =>
    r.histogram(
      `etcd_debugging_server_watch_send_loop_${part}_duration_seconds`,
      `Seconds of sending ${what} to a watch stream.`,
      REQUEST_BUCKETS,
    );
  return {
    leaseGranted: r.counter('etcd_debugging_lease_granted_total', 'Leases granted.'),
    leaseRevoked: r.counter('etcd_debugging_lease_revoked_total', 'Leases revoked.'),
    leaseRenewed: r.counter(
      'etcd_debugging_lease_renewed_total',
      'Leases renewed by this member as the leader.',
    ),
    leaseTtl: r.histogram(
      'etcd_debugging_lease_ttl_total',
      'Seconds to live that leases were granted with.',
      exponential(1, 2, 24),
    ),
    leaseExpired: r.counter('etcd_debugging_server_lease_expired_total', 'Leases that expired.'),
    alarms: r.gauges('etcd_debugging_server_alarms', '1 for every alarm that is raised.', [
      'server_id',
      'alarm_type',
    ]),
    watchSend: loop('watch_stream', 'events'),
    watchSendPerEvent: r.histogram(
      'etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds',
      'The same, divided by the events.',
      REQUEST_BUCKETS,
    ),
    watchSendControl: loop('control_stream', 'answers'),
    watchSendProgress: loop('progress', 'progress'),
    authRevision: r.gauge('etcd_debugging_auth_revision', 'Revision of users and roles.'),
  };
}

/** The v2 store, which kvctl does not have: there, and empty. */
function debuggingStoreV2(r: Registry) {
  return {
    reads: r.counters('etcd_debugging_store_reads_total', 'Reads of the v2 store.', ['action']),
    writes: r.counters('etcd_debugging_store_writes_total', 'Writes of the v2 store.', ['action']),
    readsFailed: r.counters('etcd_debugging_store_reads_failed_total', 'Failed reads of the v2 store.', [
      'action',
    ]),
    writesFailed: r.counters('etcd_debugging_store_writes_failed_total', 'Failed writes of the v2 store.', [
      'action',
    ]),
    expires: r.counter('etcd_debugging_store_expires_total', 'Expired keys of the v2 store.'),
    watchRequests: r.counter('etcd_debugging_store_watch_requests_total', 'Watches of the v2 store.'),
    watchers: r.gauge('etcd_debugging_store_watchers', 'Watchers of the v2 store.'),
  };
}

export function debuggingMetrics(r: Registry) {
  return {
    mvcc: debuggingMvcc(r),
    disk: debuggingDisk(r),
    server: debuggingServer(r),
    storeV2: debuggingStoreV2(r),
  };
}
