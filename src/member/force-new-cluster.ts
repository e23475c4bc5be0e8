/**
 * --force-new-cluster: what is left of a cluster that lost its quorum for good goes on as a cluster of one. What was not
 * committed is dropped; behind it the log gets an entry that removes each other member, committed by decree. Data,
 * leases and identity stay. It is the operator who knows that nobody else goes on by the same log.
 */
import { memberJson } from '../core/membership/member.ts';
import type { LogContents, LogEntry, LogStore } from '../core/ports/log-store.ts';
import { utf8Bytes } from '../core/wire/bytes.ts';
import { ConfChange, ConfChangeType, EntryType } from '../core/wire/gen/raft.ts';

/** As in etcd; the member says at its next start where it can be reached. */
const UNKNOWN_PEER_URL = 'http://localhost:2380';

export interface ForceNewCluster {
  readonly memberId: bigint;
  readonly log: LogStore;
  readonly contents: LogContents;
  /** What the backend has: committed for certain, whatever the log says of that. */
  readonly appliedIndex: number;
}

export interface ForcedCluster {
  readonly contents: LogContents;
  /** Entries that nobody knows to be committed, and that are gone. */
  readonly discarded: number;
  readonly removed: readonly bigint[];
}

/** Durable when it resolves. @throws LogStoreError */
export async function forceNewCluster(o: ForceNewCluster): Promise<ForcedCluster> {
  const { contents, memberId, log } = o;
  const commit = Math.max(contents.hardState.commit, o.appliedIndex);
  const entries = contents.entries.filter(({ index }) => index <= commit);
  const members = membersAt(contents, entries);
  const removed = [...members].filter((id) => id !== memberId).sort((a, b) => (a < b ? -1 : 1));
  const changes = removed.map((nodeId) => changeOf(ConfChangeType.ConfChangeRemoveNode, nodeId));
  if (!members.has(memberId)) {
    const self = { id: memberId, peerURLs: [UNKNOWN_PEER_URL], isLearner: false, name: '', clientURLs: [] };
    changes.unshift(changeOf(ConfChangeType.ConfChangeAddNode, memberId, utf8Bytes(memberJson(self))));
  }
  const { term, vote } = contents.hardState;
  const appended = changes.map((data, i) => ({
    type: EntryType.EntryConfChange,
    term,
    index: commit + 1 + i,
    data,
  }));
  const hardState = { term, vote, commit: commit + appended.length };
  await new Promise<void>((resolve, reject) =>
    log.append({ entries: appended, hardState, mustSync: true }, (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  return {
    contents: { ...contents, entries: [...entries, ...appended], hardState },
    discarded: contents.entries.length - entries.length,
    removed,
  };
}

/** Voters and learners: those of the snapshot, and what the entries behind it changed. */
function membersAt({ snapshot }: LogContents, entries: readonly LogEntry[]): Set<bigint> {
  const conf = snapshot?.metadata.confState;
  const members = new Set(conf ? [...conf.voters, ...conf.learners] : []);
  for (const { type, data } of entries) {
    if (type !== EntryType.EntryConfChange) continue;
    const change = ConfChange.decode(data);
    if (change.type === ConfChangeType.ConfChangeRemoveNode) members.delete(change.nodeId);
    else if (change.type !== ConfChangeType.ConfChangeUpdateNode) members.add(change.nodeId);
  }
  return members;
}

function changeOf(type: number, nodeId: bigint, context: Uint8Array = new Uint8Array(0)): Uint8Array {
  return ConfChange.encode(ConfChange.create({ type, nodeId, context }));
}
