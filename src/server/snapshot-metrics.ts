/** etcd_network_snapshot_*: snapshots to and from other members. */
import { hexId } from '../core/membership/member.ts';
import type { SnapshotObserver } from '../peer/index.ts';
import type { Metrics } from './metrics/index.ts';
import { systemClock } from './system-clock.ts';

type NetworkMetrics = Metrics['network'];

export function snapshotMetrics(m: NetworkMetrics): SnapshotObserver {
  const watch =
    (
      inflights: NetworkMetrics['snapshotSendInflights'],
      ended: (id: string, seconds: number, ok: boolean) => void,
    ) =>
    (member: bigint): ((arrived: boolean) => void) => {
      const id = hexId(member);
      const since = systemClock.now();
      inflights.labels(id).add(1);
      return (arrived) => {
        inflights.labels(id).add(-1);
        ended(id, (systemClock.now() - since) / 1000, arrived);
      };
    };
  return {
    onSend: watch(m.snapshotSendInflights, (id, seconds, arrived) => {
      if (!arrived) return m.snapshotSendFailures.labels(id).inc();
      m.snapshotSendSuccess.labels(id).inc();
      m.snapshotSendDuration.labels(id).observe(seconds);
    }),
    onReceive: watch(m.snapshotReceiveInflights, (id, seconds, arrived) => {
      if (!arrived) return m.snapshotReceiveFailures.labels(id).inc();
      m.snapshotReceiveSuccess.labels(id).inc();
      m.snapshotReceiveDuration.labels(id).observe(seconds);
    }),
  };
}
