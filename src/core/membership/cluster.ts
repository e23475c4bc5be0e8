/**
 * Who is in the cluster. Changed only by apply (configuration changes, attribute and version entries), read by
 * everyone. Pure: what has to be stored goes to the `MemberBuckets` it is given, in the same write as the entry.
 *
 * Laws: an id that was removed never comes back; no two members share a peer URL; at most `maxLearners` learners.
 */
import { ERR, type EtcdError } from '../errors.ts';
import { type ClusterMember, hexId, memberJson } from './member.ts';

/** Where membership is kept: buckets `members`, `members_removed` and `cluster` of the backend. */
export interface MemberBuckets {
  putMember(hexId: string, json: string): void;
  removeMember(hexId: string): void;
  putClusterVersion(version: string): void;
}

export const DEFAULT_MAX_LEARNERS = 1;

export class Cluster {
  readonly id: bigint;
  readonly localId: bigint;
  readonly maxLearners: number;
  /** `X.Y.0`; undefined until the first leader has set it. */
  version: string | undefined;
  private readonly byId = new Map<bigint, ClusterMember>();
  private readonly removed = new Set<bigint>();
  private readonly buckets: MemberBuckets;

  constructor(options: { id: bigint; localId: bigint; buckets: MemberBuckets; maxLearners?: number }) {
    this.id = options.id;
    this.localId = options.localId;
    this.buckets = options.buckets;
    this.maxLearners = options.maxLearners ?? DEFAULT_MAX_LEARNERS;
  }

  /** Ascending by id. */
  members(): ClusterMember[] {
    return [...this.byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  voters(): ClusterMember[] {
    return this.members().filter((m) => !m.isLearner);
  }

  member(id: bigint): ClusterMember | undefined {
    return this.byId.get(id);
  }

  isRemoved(id: bigint): boolean {
    return this.removed.has(id);
  }

  removedIds(): bigint[] {
    return [...this.removed];
  }

  isLocalLearner(): boolean {
    return this.byId.get(this.localId)?.isLearner ?? false;
  }

  /** Puts back what the buckets held when the member started. */
  restore(members: Iterable<ClusterMember>, removed: Iterable<bigint>, version: string | undefined): void {
    this.byId.clear();
    this.removed.clear();
    for (const m of members) this.byId.set(m.id, m);
    for (const id of removed) this.removed.add(id);
    this.version = version;
  }

  /** Why `member` can't be added; checked before proposing and again when applied. */
  cannotAdd(member: ClusterMember): EtcdError | undefined {
    if (this.removed.has(member.id)) return ERR.MemberNotFound;
    if (this.byId.has(member.id)) return ERR.MemberExist;
    if (this.urlTaken(member)) return ERR.PeerURLExist;
    if (member.isLearner && this.members().filter((m) => m.isLearner).length >= this.maxLearners) {
      return ERR.TooManyLearners;
    }
    return undefined;
  }

  cannotPromote(id: bigint): EtcdError | undefined {
    const member = this.byId.get(id);
    if (!member) return ERR.MemberNotFound;
    return member.isLearner ? undefined : ERR.MemberNotLearner;
  }

  cannotUpdate(member: ClusterMember): EtcdError | undefined {
    if (!this.byId.has(member.id)) return ERR.MemberNotFound;
    return this.urlTaken(member) ? ERR.PeerURLExist : undefined;
  }

  cannotRemove(id: bigint): EtcdError | undefined {
    return this.byId.has(id) ? undefined : ERR.MemberNotFound;
  }

  add(member: ClusterMember): void {
    this.store(member);
  }

  promote(id: bigint): void {
    this.store({ ...this.existing(id), isLearner: false });
  }

  updatePeerURLs(id: bigint, peerURLs: readonly string[]): void {
    this.store({ ...this.existing(id), peerURLs });
  }

  updateAttributes(id: bigint, attributes: Pick<ClusterMember, 'name' | 'clientURLs'>): void {
    const member = this.byId.get(id);
    if (member) this.store({ ...member, ...attributes });
  }

  remove(id: bigint): void {
    this.byId.delete(id);
    this.removed.add(id);
    this.buckets.removeMember(hexId(id));
  }

  setVersion(version: string): void {
    this.version = version;
    this.buckets.putClusterVersion(version);
  }

  private urlTaken(member: ClusterMember): boolean {
    const urls = new Set(member.peerURLs);
    return this.members().some((m) => m.id !== member.id && m.peerURLs.some((url) => urls.has(url)));
  }

  private existing(id: bigint): ClusterMember {
    const member = this.byId.get(id);
    if (!member) throw new Error(`member ${hexId(id)} is not in the cluster`);
    return member;
  }

  private store(member: ClusterMember): void {
    this.byId.set(member.id, member);
    this.buckets.putMember(hexId(member.id), memberJson(member));
  }
}
