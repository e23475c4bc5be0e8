/**
 * Puts a member together from what its ports hold: the backend's data, the log behind it, and, for the first start of
 * a new cluster, who the founders are. Nothing is served and nothing ticks before `Member.start`.
 */
import { Alarms } from '../core/apply/alarms.ts';
import { ApplyProgress } from '../core/apply/progress.ts';
import { Lessor } from '../core/lease/index.ts';
import { memberBuckets, readMembership } from '../core/membership/buckets.ts';
import { Cluster } from '../core/membership/cluster.ts';
import { type ClusterMember, memberJson } from '../core/membership/member.ts';
import { Store } from '../core/mvcc/store.ts';
import { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import type { Backend } from '../core/ports/backend.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { DatabaseInbox } from '../core/ports/database-inbox.ts';
import type { LogContents, LogStore } from '../core/ports/log-store.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import {
  type ConfState,
  MemoryStorage,
  type RaftLogger,
  RawNode,
  type Snapshot,
} from '../core/raft/index.ts';
import { WatchHub } from '../core/watch/index.ts';
import { utf8Bytes } from '../core/wire/bytes.ts';
import { drive } from './drive.ts';
import type { MemberEvents } from './events.ts';
import { type ForcedCluster, forceNewCluster } from './force-new-cluster.ts';
import { Member } from './member.ts';
import {
  MAX_INFLIGHT_MESSAGES,
  MAX_SIZE_PER_MESSAGE,
  type MemberOptions,
  minLeaseTtlSeconds,
  requestTimeoutMs,
} from './options.ts';
import type { MemberParts } from './parts.ts';
import type { Peers } from './peers.ts';
import { RequestIds } from './request-ids.ts';

export interface OpenMember {
  readonly clock: Clock;
  readonly random: Random;
  readonly options: MemberOptions;
  readonly maxLearners: number;
  readonly backend: Backend;
  readonly log: LogStore;
  readonly contents: LogContents;
  /** The founders of a new cluster; undefined at a restart or when joining one that exists. */
  readonly founders: readonly ClusterMember[] | undefined;
  /** Go on without all the others; told what that cost. */
  readonly forceNewCluster?: ((forced: ForcedCluster) => void) | undefined;
  readonly link: PeerLink;
  /** Where databases of leaders wait that came with a snapshot. */
  readonly inbox: DatabaseInbox;
  readonly peers?: Peers | undefined;
  readonly logger: RaftLogger;
  readonly events: MemberEvents;
  readonly snapshotData: MemberParts['snapshotData'];
}

/** The backend lags behind what the log lets go of: it is not the one that belongs to this log. */
export class BackendBehindLog extends Error {
  override name = 'BackendBehindLog';
  readonly backendIndex: number;
  readonly snapshotIndex: number;

  constructor(backendIndex: number, snapshotIndex: number) {
    super(`database (index ${backendIndex}) does not match with snapshot (index ${snapshotIndex})`);
    this.backendIndex = backendIndex;
    this.snapshotIndex = snapshotIndex;
  }
}

/** The log has lost entries that were applied: what it would take in their place would be passed over. */
export class BackendAheadOfLog extends Error {
  override name = 'BackendAheadOfLog';

  constructor(backendIndex: number, lastIndex: number) {
    super(
      `the log ends at entry ${lastIndex}, and the database is at ${backendIndex}: entries of the log are lost`,
    );
  }
}

/** @throws BackendBehindLog, BackendAheadOfLog */
export async function openMember(o: OpenMember): Promise<Member> {
  const { clock, options, backend } = o;
  const progress = new ApplyProgress();
  const buffer = new WriteBuffer({ backend, beforeFlush: (b) => progress.write(b) });
  progress.load(buffer);
  await installReceived(o, buffer, progress);
  const contents = o.forceNewCluster ? await alone(o, progress.index) : o.contents;
  const startIndex = contents.snapshot?.metadata.index ?? 0;
  const lastIndex = contents.entries.at(-1)?.index ?? startIndex;
  if (progress.index > lastIndex) throw new BackendAheadOfLog(progress.index, lastIndex);

  const cluster = new Cluster({
    id: options.clusterId,
    localId: options.memberId,
    maxLearners: o.maxLearners,
    buckets: memberBuckets(buffer),
  });
  const stored = readMembership(backend);
  cluster.restore(stored.members, stored.removed, stored.version);

  const alarms = new Alarms(buffer);
  const lessor = new Lessor({
    minTtlSeconds: minLeaseTtlSeconds(options),
    revokeRetryMs: requestTimeoutMs(options),
    checkpoints: options.leaseCheckpoints,
  });
  lessor.restore(buffer.entries('lease').map(({ value }) => value));
  const store = (await drive(Store.open({ buffer, leases: lessor }), clock))!;
  let member: Member | undefined;
  const hub = new WatchHub({ history: store, wake: () => member?.catchUpWatchers() });

  const storage = new MemoryStorage();
  if (contents.snapshot) storage.applySnapshot(contents.snapshot as Snapshot);
  storage.setHardState(contents.hardState);
  storage.append([...contents.entries]);
  if (progress.confState) storage.setConfState(progress.confState);
  const raft = new RawNode({
    id: options.memberId,
    electionTick: options.electionTicks,
    heartbeatTick: 1,
    storage,
    maxSizePerMsg: MAX_SIZE_PER_MESSAGE,
    maxInflightMsgs: MAX_INFLIGHT_MESSAGES,
    checkQuorum: true,
    preVote: options.preVote,
    asyncStorageWrites: true,
    random: o.random,
    logger: o.logger,
  });
  if (o.founders) {
    raft.bootstrap(
      o.founders.map((m) => ({ id: m.id, context: utf8Bytes(memberJson({ ...m, clientURLs: [] })) })),
    );
  }
  member = new Member({
    ...o,
    ids: new RequestIds({
      memberId: options.memberId,
      wallMs: clock.wall(),
      entries: contents.entries,
      chance: o.random(),
    }),
    raft,
    storage,
    buffer,
    progress,
    store,
    lessor,
    hub,
    cluster,
    alarms,
    startIndex,
  });
  return member;
}

/**
 * A crash may have come when the log had a snapshot of the leader already, and the backend was still the one of before.
 * @throws BackendBehindLog
 */
async function installReceived(o: OpenMember, buffer: WriteBuffer, progress: ApplyProgress): Promise<void> {
  const { snapshot } = o.contents;
  const index = snapshot?.metadata.index ?? 0;
  if (progress.index >= index) return;
  const received = await o.inbox.open(index);
  if (!received) throw new BackendBehindLog(progress.index, index);
  await received.install(() => progress.load(buffer));
  progress.confState ??= snapshot!.metadata.confState as ConfState;
}

async function alone(o: OpenMember, appliedIndex: number): Promise<LogContents> {
  const { contents, log, options } = o;
  const forced = await forceNewCluster({ memberId: options.memberId, log, contents, appliedIndex });
  o.forceNewCluster!(forced);
  return forced.contents;
}
