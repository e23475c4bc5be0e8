/** etcd_network_*: peers, and the bytes of clients. */
import type { Registry } from './registry.ts';
import { SNAPSHOT_BUCKETS } from './storage-metrics.ts';
import { exponential } from './values.ts';

export function networkMetrics(r: Registry) {
  return {
    activePeers: r.gauges('etcd_network_active_peers', 'Members connected now.', ['Local', 'Remote']),
    knownPeers: r.gauges('etcd_network_known_peers', 'Members of the cluster.', ['Local', 'Remote']),
    disconnectedPeers: r.counters('etcd_network_disconnected_peers_total', 'Lost connections to members.', [
      'Local',
      'Remote',
    ]),
    peerSentBytes: r.counters('etcd_network_peer_sent_bytes_total', 'Bytes sent to a member.', ['To']),
    peerReceivedBytes: r.counters('etcd_network_peer_received_bytes_total', 'Bytes received from a member.', [
      'From',
    ]),
    peerSentFailures: r.counters('etcd_network_peer_sent_failures_total', 'Messages not sent to a member.', [
      'To',
    ]),
    peerReceivedFailures: r.counters(
      'etcd_network_peer_received_failures_total',
      'Messages of a member that could not be read.',
      ['From'],
    ),
    peerRoundTrip: r.histograms(
      'etcd_network_peer_round_trip_time_seconds',
      'Seconds of a round trip to a member.',
      exponential(0.0001, 2, 16),
      ['To'],
    ),
    snapshotSendSuccess: r.counters('etcd_network_snapshot_send_success', 'Snapshots sent to a member.', [
      'To',
    ]),
    snapshotSendFailures: r.counters(
      'etcd_network_snapshot_send_failures',
      'Snapshots that did not arrive there.',
      ['To'],
    ),
    snapshotSendInflights: r.gauges(
      'etcd_network_snapshot_send_inflights_total',
      'Snapshots being sent to a member.',
      ['To'],
    ),
    snapshotSendDuration: r.histograms(
      'etcd_network_snapshot_send_total_duration_seconds',
      'Seconds that sending a snapshot took.',
      SNAPSHOT_BUCKETS,
      ['To'],
    ),
    snapshotReceiveSuccess: r.counters(
      'etcd_network_snapshot_receive_success',
      'Snapshots received from a member.',
      ['From'],
    ),
    snapshotReceiveFailures: r.counters(
      'etcd_network_snapshot_receive_failures',
      'Snapshots of a member that came broken.',
      ['From'],
    ),
    snapshotReceiveInflights: r.gauges(
      'etcd_network_snapshot_receive_inflights_total',
      'Snapshots being received from a member.',
      ['From'],
    ),
    snapshotReceiveDuration: r.histograms(
      'etcd_network_snapshot_receive_total_duration_seconds',
      'Seconds that receiving a snapshot took.',
      SNAPSHOT_BUCKETS,
      ['From'],
    ),
    clientSentBytes: r.counter(
      'etcd_network_client_grpc_sent_bytes_total',
      'Bytes of messages sent to clients.',
    ),
    clientReceivedBytes: r.counter(
      'etcd_network_client_grpc_received_bytes_total',
      'Bytes of messages received from clients.',
    ),
    serverStreamFailures: r.counters(
      'etcd_network_server_stream_failures_total',
      'Streams of clients that broke, by direction and API.',
      ['Type', 'API'],
    ),
  };
}
