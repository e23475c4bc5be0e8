/** etcd_disk_*, etcd_snap_* and etcd_mvcc_*: what is stored, and how long the disk took. */
import type { Registry } from './registry.ts';
import { REQUEST_BUCKETS } from './server-metrics.ts';
import { exponential } from './values.ts';

/** 0.1 s to 51.2 s. */
export const SNAPSHOT_BUCKETS = exponential(0.1, 2, 10);

export function diskMetrics(r: Registry) {
  return {
    walFsync: r.histogram(
      'etcd_disk_wal_fsync_duration_seconds',
      'Seconds that flushing the write-ahead log to the disk took.',
      REQUEST_BUCKETS,
    ),
    walWrite: r.histogram(
      'etcd_disk_wal_write_duration_seconds',
      'Seconds that handing a write to the write-ahead log took.',
      REQUEST_BUCKETS,
    ),
    walWriteBytes: r.gauge('etcd_disk_wal_write_bytes_total', 'Bytes written to the write-ahead log.'),
    backendCommit: r.histogram(
      'etcd_disk_backend_commit_duration_seconds',
      'Seconds that a commit of the database took.',
      REQUEST_BUCKETS,
    ),
    backendDefrag: r.histogram(
      'etcd_disk_backend_defrag_duration_seconds',
      'Seconds that a defragmentation took.',
      exponential(0.1, 2, 13),
    ),
    backendSnapshot: r.histogram(
      'etcd_disk_backend_snapshot_duration_seconds',
      'Seconds that writing out the whole database took.',
      exponential(0.01, 2, 17),
    ),
    defragInflight: r.gauge('etcd_disk_defrag_inflight', '1 while a defragmentation runs, else 0.'),
    snapFsync: r.histogram(
      'etcd_snap_fsync_duration_seconds',
      'Seconds that flushing a raft snapshot file took.',
      REQUEST_BUCKETS,
    ),
    snapDbFsync: r.histogram(
      'etcd_snap_db_fsync_duration_seconds',
      'Seconds that flushing a received database took.',
      REQUEST_BUCKETS,
    ),
    snapDbSave: r.histogram(
      'etcd_snap_db_save_total_duration_seconds',
      'Seconds that receiving and storing a database took.',
      SNAPSHOT_BUCKETS,
    ),
  };
}

export function mvccMetrics(r: Registry) {
  const hashBuckets = exponential(0.01, 2, 15);
  return {
    ranges: r.counter('etcd_mvcc_range_total', 'Ranges served by this member.'),
    puts: r.counter('etcd_mvcc_put_total', 'Puts applied by this member.'),
    deletes: r.counter('etcd_mvcc_delete_total', 'Deletes applied by this member.'),
    txns: r.counter('etcd_mvcc_txn_total', 'Transactions of more than one operation.'),
    dbTotalSize: r.gauge('etcd_mvcc_db_total_size_in_bytes', 'Bytes that the database occupies.'),
    dbTotalSizeInUse: r.gauge(
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'Bytes of the database that hold data.',
    ),
    dbOpenReadTransactions: r.gauge(
      'etcd_mvcc_db_open_read_transactions',
      'Read transactions open on the database.',
    ),
    hash: r.histogram(
      'etcd_mvcc_hash_duration_seconds',
      'Seconds that hashing the database took.',
      hashBuckets,
    ),
    hashRev: r.histogram(
      'etcd_mvcc_hash_rev_duration_seconds',
      'Seconds that hashing the keys at one revision took.',
      hashBuckets,
    ),
  };
}
