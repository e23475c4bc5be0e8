/** Who is in the cluster by the committed log: the rules of membership changes once more, as plainly as possible. */
import type { ClusterMember } from '../../src/core/membership/member.ts';
import { ClusterMemberAttrSetRequest } from '../../src/core/wire/gen/membership.ts';
import { ConfChange, ConfChangeType, EntryType } from '../../src/core/wire/gen/raft.ts';
import { Op, Proposal } from '../../src/core/wire/proposal.ts';
import type { WitnessedEntry } from './book.ts';

const MAX_LEARNERS = 1;

export type ChangeKind = 'add' | 'add learner' | 'promote' | 'remove' | 'update';

/** A change that took effect. */
export interface MadeChange {
  readonly index: number;
  readonly kind: ChangeKind;
  readonly id: bigint;
  /** The members afterwards, as `membersText` tells them. */
  readonly members: string;
}

interface Stored {
  id: bigint;
  urls: string[];
  learner: boolean;
  name: string;
}

interface Context {
  readonly peerURLs?: string[] | null;
  readonly isLearner?: boolean;
  readonly isPromote?: boolean;
  readonly name?: string;
}

export class MembershipModel {
  readonly removed = new Set<bigint>();
  readonly made: MadeChange[] = [];
  private readonly members = new Map<bigint, Stored>();

  apply({ index, type, data }: WitnessedEntry): void {
    if (type === EntryType.EntryConfChange) this.change(index, ConfChange.decode(data));
    else if (data.length > 0) this.attributes(data);
  }

  has(id: bigint): boolean {
    return this.members.has(id);
  }

  get ids(): bigint[] {
    return [...this.members.keys()];
  }

  withRole(learners: boolean): bigint[] {
    return [...this.members.values()].filter(({ learner }) => learner === learners).map(({ id }) => id);
  }

  text(): string {
    const list = [...this.members.values()];
    return membersText(
      list.map((m) => ({ id: m.id, peerURLs: m.urls, isLearner: m.learner, name: m.name, clientURLs: [] })),
    );
  }

  private attributes(data: Uint8Array): void {
    const { op, body } = new Proposal(data);
    if (op !== Op.ClusterMemberAttrSet) return;
    const { memberID, memberAttributes } = ClusterMemberAttrSetRequest.decode(body);
    const member = this.members.get(memberID);
    if (member) member.name = memberAttributes?.name ?? '';
  }

  private change(index: number, { type, nodeId, context }: ConfChange): void {
    const about: Context =
      context.length > 0
        ? (JSON.parse(
            Buffer.from(context)
              .toString()
              .replace(/"id":(\d+)/, '"id":"$1"'),
          ) as Context)
        : {};
    const kind = this.make(type, nodeId, about);
    if (kind) this.made.push({ index, kind, id: nodeId, members: this.text() });
  }

  /** undefined: refused. */
  private make(type: number, id: bigint, about: Context): ChangeKind | undefined {
    if (this.removed.has(id)) return undefined;
    const urls = about.peerURLs ?? [];
    const taken = [...this.members.values()].some(
      (m) => m.id !== id && m.urls.some((url) => urls.includes(url)),
    );
    const own = this.members.get(id);
    if (type === ConfChangeType.ConfChangeRemoveNode) {
      if (!own) return undefined;
      this.members.delete(id);
      this.removed.add(id);
      return 'remove';
    }
    if (about.isPromote) {
      if (!own?.learner) return undefined;
      own.learner = false;
      return 'promote';
    }
    if (type === ConfChangeType.ConfChangeUpdateNode) {
      if (!own || taken) return undefined;
      own.urls = urls;
      return 'update';
    }
    const learner = about.isLearner === true;
    if (own || taken || (learner && this.withRole(true).length >= MAX_LEARNERS)) return undefined;
    this.members.set(id, { id, urls, learner, name: about.name ?? '' });
    return learner ? 'add learner' : 'add';
  }
}

export function membersText(members: readonly ClusterMember[]): string {
  return [...members]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((m) => `${m.id.toString(16)}${m.isLearner ? ' learner' : ''} ${m.name} ${m.peerURLs.join(',')}`)
    .join('; ');
}
