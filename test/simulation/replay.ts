/** The same history without crashes: a log applied from its first entry to a fresh store, nothing ever flushed twice. */
import { Alarms } from '../../src/core/apply/alarms.ts';
import { applyToBackend, OPERATIONS } from '../../src/core/apply/applier.ts';
import { expected } from '../../src/core/failure.ts';
import { Lessor } from '../../src/core/lease/index.ts';
import { memberBuckets } from '../../src/core/membership/buckets.ts';
import { Cluster } from '../../src/core/membership/cluster.ts';
import { type SlicedWork, Store } from '../../src/core/mvcc/store.ts';
import { WriteBuffer } from '../../src/core/mvcc/write-buffer.ts';
import { WatchHub } from '../../src/core/watch/index.ts';
import { EntryType } from '../../src/core/wire/gen/raft.ts';
import { Proposal } from '../../src/core/wire/proposal.ts';
import { minLeaseTtlSeconds } from '../../src/member/options.ts';
import { MemoryBackend } from '../../src/storage/memory/backend.ts';
import { testOptions } from '../support/local-member.ts';
import type { WitnessedEntry } from './book.ts';

/** The KV hash at the end of the log. */
export function replayedHash(log: readonly WitnessedEntry[]): number {
  const buffer = new WriteBuffer({ backend: new MemoryBackend() });
  const lessor = new Lessor({ minTtlSeconds: minLeaseTtlSeconds(testOptions), revokeRetryMs: 1000 });
  const store = finish(Store.open({ buffer, leases: lessor }));
  const { clusterId: id, memberId: localId } = testOptions;
  const apply = applyToBackend({
    store,
    lessor,
    hub: new WatchHub({ history: store }),
    cluster: new Cluster({ id, localId, buckets: memberBuckets(buffer) }),
    buffer,
    alarms: new Alarms(buffer),
    startCompaction: (_revision, work) => finish(work),
    clusterVersionChanged() {},
  });
  for (const { type, data } of log) {
    if (type !== EntryType.EntryNormal || data.length === 0) continue;
    const { op, body } = new Proposal(data);
    try {
      apply(op, OPERATIONS[op].decode(body));
    } catch (error) {
      expected(error);
    }
  }
  return finish(store.hashKV(0)).hash;
}

export function finish<T>(work: SlicedWork<T>): T {
  while (!work.step());
  return work.result;
}
