/** A database by its buckets, whichever file it is in: schema, history, progress, membership. */
import { parseConfState } from '../../core/apply/progress.ts';
import { type ClusterMember, hexId } from '../../core/membership/member.ts';
import { mainOf } from '../../core/mvcc/revision.ts';
import { BUCKETS, type Bucket } from '../../core/ports/backend.ts';
import { toLatin1, utf8Text } from '../../core/wire/bytes.ts';
import { memberIn } from '../etcd-data/etcd-database.ts';
import { META_KEYS, uint64Of } from '../etcd-data/schema.ts';
import { problemOfEntry } from '../etcd-data/verify.ts';
import { HistoryCheck } from './history.ts';
import type { Findings } from './report.ts';

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Throws what is wrong with the file. */
export type ReadBucket = (bucket: Bucket) => AsyncIterable<readonly Entry[]>;

export interface StoredProgress {
  readonly consistentIndex: number;
  readonly members: readonly ClusterMember[];
}

/** What could be read is checked; where reading stops, that is a finding too. */
export async function checkState(
  read: ReadBucket,
  path: string,
  findings: Findings,
): Promise<StoredProgress> {
  const meta = new Map<string, Uint8Array>();
  const leases = new Set<bigint>();
  const members: ClusterMember[] = [];
  const each = (bucket: Bucket, take: (entry: Entry) => void) =>
    eachEntry({ read, bucket, path, findings }, take);
  await each('meta', ({ key, value }) => meta.set(toLatin1(key), Uint8Array.from(value)));
  await each('lease', ({ key }) => leases.add(new DataView(key.buffer, key.byteOffset, 8).getBigInt64(0)));
  await each('members', (entry) => members.push(memberIn(entry)));
  for (const bucket of BUCKETS)
    if (bucket !== 'key' && bucket !== 'meta' && bucket !== 'lease' && bucket !== 'members')
      await each(bucket, () => {});
  const number = (key: Uint8Array): number => {
    const stored = meta.get(toLatin1(key));
    return stored?.length === 8 ? uint64Of('meta', key, stored) : 0;
  };
  const compacted = [META_KEYS.scheduledCompactRevision, META_KEYS.finishedCompactRevision]
    .map((key) => meta.get(toLatin1(key)))
    .map((stored) => (stored?.length === 17 ? mainOf(stored) : -1));
  const history = new HistoryCheck({
    compactRevision: Math.max(...compacted),
    leases,
    onProblem: (problem) => findings.add('damage', 'history', path, problem),
    onWarning: (problem) => findings.add('warning', 'history', path, problem),
  });
  await each('key', ({ key, value }) => history.take(key, value));
  history.finish();
  const consistentIndex = number(META_KEYS.consistentIndex);
  Object.assign(findings.facts, {
    revision: Math.max(history.lastRevision, ...compacted, 1),
    'compact revision': Math.max(...compacted),
    changes: history.changes,
    keys: history.liveKeys,
    leases: leases.size,
    'consistent index': consistentIndex,
    members: members.length,
  });
  checkMembership({ conf: meta.get(toLatin1(META_KEYS.confState)), members, path, findings });
  return { consistentIndex, members };
}

interface Where {
  readonly read: ReadBucket;
  readonly bucket: Bucket;
  readonly path: string;
  readonly findings: Findings;
}

async function eachEntry(
  { read, bucket, path, findings }: Where,
  take: (entry: Entry) => void,
): Promise<void> {
  try {
    for await (const entries of read(bucket)) {
      for (const entry of entries) {
        const problem = problemOfEntry(bucket, entry);
        if (problem) findings.add('damage', 'database', path, problem.message);
        else take(entry);
      }
    }
  } catch (error) {
    findings.add('damage', 'database', path, (error as Error).message);
  }
}

/** The configuration that raft goes on with names the members that the cluster has. */
function checkMembership(o: {
  readonly conf: Uint8Array | undefined;
  readonly members: readonly ClusterMember[];
  readonly path: string;
  readonly findings: Findings;
}): void {
  if (o.conf === undefined || o.members.length === 0) return;
  const { voters, learners } = parseConfState(utf8Text(o.conf));
  const show = (ids: readonly bigint[]): string => [...ids].sort().map(hexId).join(', ') || 'none';
  for (const [what, configured, isLearner] of [
    ['voters', voters, false],
    ['learners', learners, true],
  ] as const) {
    const stored = o.members.filter((m) => m.isLearner === isLearner).map((m) => m.id);
    if (show(stored) !== show(configured))
      o.findings.add(
        'warning',
        'membership',
        o.path,
        `${what} are ${show(stored)}; the stored configuration has ${show(configured)}`,
      );
  }
}
