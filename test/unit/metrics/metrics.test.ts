import assert from 'node:assert/strict';
import fc from 'fast-check';
import { goFloat } from '../../../src/server/metrics/exposition.ts';
import { createMetrics, type Metrics, Registry } from '../../../src/server/metrics/index.ts';
import { exponential } from '../../../src/server/metrics/values.ts';

/** Names and types that a fresh etcd 3.7.1 shows, without go_* and grpc_server_*. */
const ETCD_NAMES = `
etcd_debugging_auth_revision gauge
etcd_debugging_disk_backend_commit_rebalance_duration_seconds histogram
etcd_debugging_disk_backend_commit_spill_duration_seconds histogram
etcd_debugging_disk_backend_commit_write_duration_seconds histogram
etcd_debugging_lease_granted_total counter
etcd_debugging_lease_renewed_total counter
etcd_debugging_lease_revoked_total counter
etcd_debugging_lease_ttl_total histogram
etcd_debugging_mvcc_compact_revision gauge
etcd_debugging_mvcc_current_revision gauge
etcd_debugging_mvcc_db_compaction_keys_total counter
etcd_debugging_mvcc_db_compaction_last gauge
etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds histogram
etcd_debugging_mvcc_db_compaction_total_duration_milliseconds histogram
etcd_debugging_mvcc_events_total counter
etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds histogram
etcd_debugging_mvcc_keys_total gauge
etcd_debugging_mvcc_pending_events_total gauge
etcd_debugging_mvcc_slow_watcher_total gauge
etcd_debugging_mvcc_total_put_size_in_bytes gauge
etcd_debugging_mvcc_watch_stream_total gauge
etcd_debugging_mvcc_watcher_total gauge
etcd_debugging_server_lease_expired_total counter
etcd_debugging_server_watch_send_loop_control_stream_duration_seconds histogram
etcd_debugging_server_watch_send_loop_progress_duration_seconds histogram
etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds histogram
etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds histogram
etcd_debugging_snap_save_marshalling_duration_seconds histogram
etcd_debugging_snap_save_total_duration_seconds histogram
etcd_debugging_store_expires_total counter
etcd_debugging_store_watch_requests_total counter
etcd_debugging_store_watchers gauge
etcd_disk_backend_commit_duration_seconds histogram
etcd_disk_backend_defrag_duration_seconds histogram
etcd_disk_backend_snapshot_duration_seconds histogram
etcd_disk_defrag_inflight gauge
etcd_disk_wal_fsync_duration_seconds histogram
etcd_disk_wal_write_bytes_total gauge
etcd_disk_wal_write_duration_seconds histogram
etcd_grpc_proxy_cache_hits_total gauge
etcd_grpc_proxy_cache_keys_total gauge
etcd_grpc_proxy_cache_misses_total gauge
etcd_grpc_proxy_events_coalescing_total counter
etcd_grpc_proxy_watchers_coalescing_total gauge
etcd_mvcc_db_open_read_transactions gauge
etcd_mvcc_db_total_size_in_bytes gauge
etcd_mvcc_db_total_size_in_use_in_bytes gauge
etcd_mvcc_delete_total counter
etcd_mvcc_hash_duration_seconds histogram
etcd_mvcc_hash_rev_duration_seconds histogram
etcd_mvcc_put_total counter
etcd_mvcc_range_total counter
etcd_mvcc_txn_total counter
etcd_network_client_grpc_received_bytes_total counter
etcd_network_client_grpc_sent_bytes_total counter
etcd_server_has_leader gauge
etcd_server_health_failures counter
etcd_server_health_success counter
etcd_server_heartbeat_send_failures_total counter
etcd_server_is_leader gauge
etcd_server_is_learner gauge
etcd_server_leader_changes_seen_total counter
etcd_server_learner_promote_successes counter
etcd_server_proposals_applied_total gauge
etcd_server_proposals_committed_total gauge
etcd_server_proposals_failed_total counter
etcd_server_proposals_pending gauge
etcd_server_quota_backend_bytes gauge
etcd_server_read_indexes_failed_total counter
etcd_server_slow_apply_total counter
etcd_server_slow_read_indexes_total counter
etcd_server_snapshot_apply_in_progress_total gauge
etcd_snap_db_fsync_duration_seconds histogram
etcd_snap_db_save_total_duration_seconds histogram
etcd_snap_fsync_duration_seconds histogram
os_fd_limit gauge
os_fd_used gauge
process_cpu_seconds_total counter
process_max_fds gauge
process_open_fds gauge
process_resident_memory_bytes gauge
process_start_time_seconds gauge
process_virtual_memory_bytes gauge
process_virtual_memory_max_bytes gauge
promhttp_metric_handler_requests_in_flight gauge
promhttp_metric_handler_requests_total counter
`
  .trim()
  .split('\n');

describe('metrics', () => {
  let metrics: Metrics | undefined;
  afterEach(() => metrics?.stop());

  it("has every name that etcd shows, under etcd's type", () => {
    metrics = createMetrics({ extensive: false });
    const types = [...metrics.registry.render().matchAll(/^# TYPE (.*)$/gm)].map((m) => m[1]);
    const others = types.filter((t) => !/^(grpc_server|nodejs|kvctl)_/.test(t));
    assert.deepEqual(
      others.filter((t) => !ETCD_NAMES.includes(t)),
      [],
    );
    assert.deepEqual(
      ETCD_NAMES.filter((t) => !types.includes(t)),
      [],
    );
    assert.deepEqual(types, [...types].sort());
  });

  it('shows every gRPC method with every code at zero, and request times only when asked', () => {
    metrics = createMetrics({ extensive: false });
    const page = metrics.registry.render();
    assert.ok(
      page.includes(
        'grpc_server_handled_total{grpc_code="DataLoss",grpc_method="Range",grpc_service="etcdserverpb.KV",grpc_type="unary"} 0\n',
      ),
    );
    assert.ok(
      page.includes(
        'grpc_method="LeaseKeepAlive",grpc_service="etcdserverpb.Lease",grpc_type="bidi_stream"} 0',
      ),
    );
    assert.ok(!page.includes('grpc_server_handling_seconds'));
    const extensive = createMetrics({ extensive: true });
    extensive.stop();
    assert.ok(extensive.registry.render().includes('grpc_server_handling_seconds_bucket{'));
  });

  it('reads the process when the page is made', () => {
    metrics = createMetrics({ extensive: false });
    const value = (name: string): number => {
      const line = new RegExp(`^${name} (.*)$`, 'm').exec(metrics!.registry.render());
      return Number(line?.[1]);
    };
    assert.ok(value('process_resident_memory_bytes') > 1e6);
    assert.ok(value('process_cpu_seconds_total') > 0);
    assert.ok(value('nodejs_heap_size_used_bytes') > 1e6);
  });

  it('writes the text format to the byte', () => {
    const r = new Registry();
    const families = r.counters('b_total', 'Help with \\ and\nline.', ['z', 'a']);
    families.labels('1', 'x"y\\').add(2);
    families.labels('0', 'n\n').inc();
    r.gauge('c', 'C.').set(2147483648);
    const h = r.histogram('a_seconds', 'A.', exponential(0.001, 2, 3));
    h.observe(0.001);
    h.observe(0.0011);
    h.observe(5);
    r.counters('never_used', 'Nothing.', ['x']);
    assert.equal(
      r.render(),
      [
        '# HELP a_seconds A.',
        '# TYPE a_seconds histogram',
        'a_seconds_bucket{le="0.001"} 1',
        'a_seconds_bucket{le="0.002"} 2',
        'a_seconds_bucket{le="0.004"} 2',
        'a_seconds_bucket{le="+Inf"} 3',
        'a_seconds_sum 5.0021',
        'a_seconds_count 3',
        '# HELP b_total Help with \\\\ and\\nline.',
        '# TYPE b_total counter',
        'b_total{a="n\\n",z="0"} 1',
        'b_total{a="x\\"y\\\\",z="1"} 2',
        '# HELP c C.',
        '# TYPE c gauge',
        'c 2.147483648e+09',
        '',
      ].join('\n'),
    );
  });

  const floats: readonly [number, string][] = [
    [0, '0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [819_200, '819200'],
    [999_999, '999999'],
    [1_000_000, '1e+06'],
    [1_048_576, '1.048576e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [7.354099999999999e-5, '7.354099999999999e-05'],
    [1.8446744073709552e19, '1.8446744073709552e+19'],
    [1e100, '1e+100'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ];
  for (const [value, text] of floats)
    it(`prints ${value} as ${text}`, () => assert.equal(goFloat(value), text));

  it('prints no number that is read back as another', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (x) => Number(goFloat(x)) === x || x === 0,
      ),
    );
  });

  it('keeps a histogram equal to counting by hand', () => {
    const bounds = exponential(0.1, 2, 6);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true })), (values) => {
        const h = new Registry().histogram('h', 'H.', bounds);
        for (const v of values) h.observe(v);
        bounds.forEach((bound, i) => {
          const below = h.counts.slice(0, i + 1).reduce((sum, n) => sum + n, 0);
          assert.equal(below, values.filter((v) => v <= bound).length);
        });
      }),
    );
  });

  it('refuses a name that is taken', () => {
    const r = new Registry();
    r.gauge('a', 'A.');
    assert.throws(() => r.counter('a', 'A.'), /declared twice/);
  });
});
