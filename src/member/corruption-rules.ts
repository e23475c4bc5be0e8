/** What hashes of several members say about their data. Only hashes of equal revision and compact revision compare. */
import type { KvHash } from '../core/mvcc/store.ts';

/** What another member answered. */
export interface PeerHash {
  readonly hash: number;
  /** The revision that was hashed. */
  readonly revision: number;
  readonly compactRevision: number;
  /** Its newest revision, when it answered. */
  readonly currentRevision: number;
}

/** undefined: it did not answer, or could not. */
export type PeerHashes = ReadonlyMap<bigint, PeerHash | undefined>;

export interface Suspect {
  readonly id: bigint;
  readonly why: string;
}

/**
 * The leader hashed its data, asked the others for theirs at that revision, waited for a linearizable read and hashed
 * again. One suspect a round, the leader itself first.
 */
export function suspectOf(
  localId: bigint,
  { before, after }: { readonly before: KvHash; readonly after: KvHash },
  peers: PeerHashes,
): Suspect | undefined {
  if (comparable(before, after) && before.hash !== after.hash)
    return { id: localId, why: `found hash mismatch: ${before.hash} became ${after.hash}` };
  for (const [id, peer] of peers) {
    if (peer === undefined) continue;
    const why = whySuspect(peer, before, after);
    if (why !== undefined) return { id, why };
  }
  return undefined;
}

function whySuspect(peer: PeerHash, before: KvHash, after: KvHash): string | undefined {
  if (peer.currentRevision > after.revision)
    return `revision ${peer.currentRevision} from member is ahead of the leader's ${after.revision}`;
  if (peer.compactRevision > after.compactRevision)
    return `compact revision ${peer.compactRevision} from member is ahead of the leader's ${after.compactRevision}`;
  if (comparable(peer, before) && peer.hash !== before.hash)
    return `same compact revision, and hash ${peer.hash} at revision ${peer.revision} is not ${before.hash}`;
  return undefined;
}

type Comparable = Pick<KvHash, 'revision' | 'compactRevision'>;

export function comparable(a: Comparable, b: Comparable): boolean {
  return a.revision === b.revision && a.compactRevision === b.compactRevision;
}

export interface CompactionVerdict {
  /** Members whose data is not the majority's; 0n alone: they differ, and nobody has a majority. */
  readonly suspects: readonly bigint[];
  /** Everybody answered with a hash that compares: this revision need not be looked at again. */
  readonly complete: boolean;
}

/** Hashes taken by the same compaction on all members: what the majority has is right. */
export function compactionVerdict(localId: bigint, local: KvHash, peers: PeerHashes): CompactionVerdict {
  const groups = new Map<number, bigint[]>([[local.hash, [localId]]]);
  let compared = 0;
  for (const [id, peer] of peers) {
    if (peer === undefined || !comparable(peer, local)) continue;
    compared++;
    const group = groups.get(peer.hash);
    if (group) group.push(id);
    else groups.set(peer.hash, [id]);
  }
  const complete = compared === peers.size;
  if (groups.size === 1) return { suspects: [], complete };
  const quorum = Math.floor((peers.size + 1) / 2) + 1;
  const right = [...groups.values()].find((group) => group.length >= quorum);
  if (right === undefined) return { suspects: [0n], complete };
  return { suspects: [...groups.values()].filter((group) => group !== right).flat(), complete };
}
