/** Counters that the core keeps as plain numbers on its hot paths, brought into the registry now and then. */
import type { Member } from '../member/member.ts';
import type { Metrics } from './metrics/index.ts';

export function showActivity({ store, hub, lessor }: Member, { mvcc, debugging }: Metrics): void {
  const { ranges, puts, deletes, txns, putBytes } = store.activity;
  mvcc.ranges.value = ranges;
  mvcc.puts.value = puts;
  mvcc.deletes.value = deletes;
  mvcc.txns.value = txns;
  debugging.mvcc.totalPutSize.set(putBytes);
  debugging.mvcc.events.value = hub.delivered;
  const { granted, revoked, renewed } = lessor.activity;
  debugging.server.leaseGranted.value = granted;
  debugging.server.leaseRevoked.value = revoked;
  debugging.server.leaseRenewed.value = renewed;
}
