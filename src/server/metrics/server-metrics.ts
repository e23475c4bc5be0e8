/** etcd_server_* and etcd_cluster_*: the member as its operators see it. */
import type { Registry } from './registry.ts';
import { exponential } from './values.ts';

/** 1 ms to 8.192 s. */
export const REQUEST_BUCKETS = exponential(0.001, 2, 14);
/** 0.1 ms to 52.4288 s. */
const APPLY_BUCKETS = exponential(0.0001, 2, 20);

export function serverMetrics(r: Registry) {
  return {
    clusterVersion: r.gauges('etcd_cluster_version', 'Cluster version in force: 1 on its own label.', [
      'cluster_version',
    ]),
    version: r.gauges('etcd_server_version', 'Version of this server: 1 on its own label.', [
      'server_version',
    ]),
    goVersion: r.gauges('etcd_server_go_version', 'Runtime of this server: 1 on its own label.', [
      'server_go_version',
    ]),
    id: r.gauges('etcd_server_id', 'Identity of this member, in hex: 1 on its own label.', ['server_id']),
    hasLeader: r.gauge('etcd_server_has_leader', '1 while this member knows a leader, else 0.'),
    isLeader: r.gauge('etcd_server_is_leader', '1 while this member is the leader, else 0.'),
    isLearner: r.gauge('etcd_server_is_learner', '1 while this member is a learner, else 0.'),
    leaderChanges: r.counter(
      'etcd_server_leader_changes_seen_total',
      'Changes of leader that this member saw.',
    ),
    learnerPromoteFailures: r.counters(
      'etcd_server_learner_promote_failures',
      'Learners not promoted by this member as the leader, by reason.',
      ['Reason'],
    ),
    learnerPromoteSuccesses: r.counter(
      'etcd_server_learner_promote_successes',
      'Learners promoted by this member as the leader.',
    ),
    heartbeatSendFailures: r.counter(
      'etcd_server_heartbeat_send_failures_total',
      'Heartbeats that this member as the leader sent too late.',
    ),
    snapshotApplyInProgress: r.gauge(
      'etcd_server_snapshot_apply_in_progress_total',
      '1 while a snapshot from the leader is being applied, else 0.',
    ),
    proposalsCommitted: r.gauge(
      'etcd_server_proposals_committed_total',
      'Index up to which the log is committed.',
    ),
    proposalsApplied: r.gauge('etcd_server_proposals_applied_total', 'Index up to which the log is applied.'),
    proposalsPending: r.gauge('etcd_server_proposals_pending', 'Proposals waiting for their outcome.'),
    proposalsFailed: r.counter('etcd_server_proposals_failed_total', 'Proposals that came to nothing.'),
    requestDuration: r.histograms(
      'etcd_server_request_duration_seconds',
      'Seconds from the start of a request to its answer, by kind.',
      REQUEST_BUCKETS,
      ['type', 'success'],
    ),
    applyDuration: r.histograms(
      'etcd_server_apply_duration_seconds',
      'Seconds that applying one entry took, by operation.',
      APPLY_BUCKETS,
      ['version', 'op', 'success'],
    ),
    rangeDuration: r.histograms(
      'etcd_server_range_duration_seconds',
      'Seconds that one range took.',
      APPLY_BUCKETS,
      ['success'],
    ),
    slowApply: r.counter(
      'etcd_server_slow_apply_total',
      'Applies that took longer than --warning-apply-duration.',
    ),
    slowReadIndexes: r.counter(
      'etcd_server_slow_read_indexes_total',
      'Read barriers that had to be asked for again.',
    ),
    readIndexesFailed: r.counter('etcd_server_read_indexes_failed_total', 'Read barriers that failed.'),
    quotaBackendBytes: r.gauge(
      'etcd_server_quota_backend_bytes',
      'Size in bytes at which writes are refused.',
    ),
    quotaWarnings: r.counter(
      'kvctl_server_quota_warnings_total',
      'Times that the data in use came to 80 % of the quota.',
    ),
    clientRequests: r.counters(
      'etcd_server_client_requests_total',
      'Calls, by kind and by the API version that the client says it has.',
      ['type', 'client_api_version'],
    ),
    healthSuccess: r.counter('etcd_server_health_success', 'Times /health found the member healthy.'),
    healthFailures: r.counter('etcd_server_health_failures', 'Times /health found it unhealthy.'),
    healthcheck: r.gauges('etcd_server_healthcheck', 'Last result of a check: 1 passed, 0 failed.', [
      'type',
      'name',
    ]),
    healthchecks: r.counters('etcd_server_healthchecks_total', 'Results of checks, counted.', [
      'type',
      'name',
      'status',
    ]),
    featureEnabled: r.gauges('etcd_server_feature_enabled', '1 where a feature gate is on, else 0.', [
      'name',
      'stage',
    ]),
  };
}
