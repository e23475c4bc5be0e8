/** What a member is made of; `openMember` puts it together. */
import type { Alarms } from '../core/apply/alarms.ts';
import type { ApplyProgress } from '../core/apply/progress.ts';
import type { Done } from '../core/errors.ts';
import type { Lessor } from '../core/lease/index.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Store } from '../core/mvcc/store.ts';
import type { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { DatabaseInbox } from '../core/ports/database-inbox.ts';
import type { LogStore } from '../core/ports/log-store.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import type { MemoryStorage, RawNode } from '../core/raft/index.ts';
import type { WatchHub } from '../core/watch/index.ts';
import type { Writer } from '../core/wire/codec.ts';
import type { MemberEvents } from './events.ts';
import type { MemberOptions } from './options.ts';
import type { Peers } from './peers.ts';
import type { RequestIds } from './request-ids.ts';

export interface MemberParts {
  readonly clock: Clock;
  readonly options: MemberOptions;
  readonly ids: RequestIds;
  readonly raft: RawNode;
  readonly storage: MemoryStorage;
  readonly log: LogStore;
  readonly link: PeerLink;
  readonly inbox: DatabaseInbox;
  /** undefined: nothing can be asked of other members. */
  readonly peers?: Peers | undefined;
  readonly buffer: WriteBuffer;
  readonly progress: ApplyProgress;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly cluster: Cluster;
  readonly alarms: Alarms;
  /** The content of a .snap file: the membership, in etcd's v2 store form. */
  snapshotData(
    members: readonly ClusterMember[],
    removed: readonly bigint[],
    version: string | undefined,
  ): Uint8Array;
  /** Index of the snapshot that the log goes on from. */
  readonly startIndex: number;
  readonly events: MemberEvents;
}

/** Carries a request through consensus; `done` gets the answer of the local apply. */
export type Propose = <Req, Res>(
  op: number,
  request: Req,
  write: (w: Writer, request: Req) => void,
  done: Done<Res>,
) => void;
