/**
 * Changes of the membership at run time: checked here, carried through consensus as a configuration change, checked
 * again when it is applied (another one may have come first). Each answers with the members as they are afterwards.
 */
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import { type ClusterMember, memberJson } from '../core/membership/member.ts';
import { ConfChangeType, type RawNode } from '../core/raft/index.ts';
import { utf8Bytes } from '../core/wire/bytes.ts';
import type { Peers } from './peers.ts';
import type { ReconfigCheck } from './reconfig-check.ts';

/** A learner whose log has this share of the leader's may vote. */
const LEARNER_READY = 0.9;

export interface ConfigurationChange {
  /** ConfChangeType */
  readonly type: number;
  readonly nodeId: bigint;
  readonly context: Uint8Array;
}

export interface MembershipDeskOptions {
  readonly cluster: Cluster;
  readonly raft: RawNode;
  /** undefined: --strict-reconfig-check=false */
  readonly check: ReconfigCheck | undefined;
  readonly peers: Peers | undefined;
  propose(change: ConfigurationChange, done: Done<ClusterMember[]>): void;
}

export interface AddedMember {
  readonly member: ClusterMember;
  readonly members: readonly ClusterMember[];
}

export class MembershipDesk {
  private readonly o: MembershipDeskOptions;

  constructor(options: MembershipDeskOptions) {
    this.o = options;
  }

  add(
    wanted: { readonly peerURLs: readonly string[]; readonly isLearner: boolean },
    done: Done<AddedMember>,
  ): void {
    const { check, peers, propose } = this.o;
    if (!peers) return done(ERR.Stopped);
    const { isLearner } = wanted;
    const refused = isLearner ? check?.cannotAddLearner() : check?.cannotAddVoter();
    if (refused) return done(refused);
    const peerURLs = [...wanted.peerURLs].sort();
    const id = peers.newMemberId(peerURLs);
    const member: ClusterMember = { id, peerURLs, isLearner, name: '', clientURLs: [] };
    const type = isLearner ? ConfChangeType.ConfChangeAddLearnerNode : ConfChangeType.ConfChangeAddNode;
    propose({ type, nodeId: id, context: utf8Bytes(memberJson(member)) }, (error, members) =>
      error ? done(error) : done(undefined, { member, members: members! }),
    );
  }

  remove(nodeId: bigint, done: Done<ClusterMember[]>): void {
    const refused = this.o.check?.cannotRemove(nodeId);
    if (refused) return done(refused);
    this.o.propose({ type: ConfChangeType.ConfChangeRemoveNode, nodeId, context: new Uint8Array(0) }, done);
  }

  update(id: bigint, peerURLs: readonly string[], done: Done<ClusterMember[]>): void {
    const member = { id, peerURLs: [...peerURLs].sort(), isLearner: false, name: '', clientURLs: [] };
    const context = utf8Bytes(memberJson(member));
    this.o.propose({ type: ConfChangeType.ConfChangeUpdateNode, nodeId: id, context }, done);
  }

  /** Only the leader knows how far a learner is; other members ask it. */
  promote(id: bigint, done: Done<readonly ClusterMember[]>): void {
    const { raft, peers } = this.o;
    if (!raft.isLeader && peers) return peers.promote(id, done);
    this.promoteHere(id, done);
  }

  /** Fails with NotLeader on a member that doesn't lead. */
  promoteHere(id: bigint, done: Done<readonly ClusterMember[]>): void {
    const refused = this.cannotPromote(id);
    if (refused) return done(refused);
    const member = { id, peerURLs: [], isLearner: false, name: '', clientURLs: [] };
    const context = utf8Bytes(memberJson(member, true));
    this.o.propose({ type: ConfChangeType.ConfChangeAddNode, nodeId: id, context }, done);
  }

  private cannotPromote(id: bigint): EtcdError | undefined {
    const { raft, check } = this.o;
    const { progress } = raft.raft.tracker;
    const own = progress.get(raft.raft.id);
    // One that was removed may lead for a moment longer, and is asked no more.
    if (!raft.isLeader || !own) return ERR.NotLeader;
    const learner = progress.get(id);
    if (!learner) return ERR.MemberNotFound;
    if (learner.match < LEARNER_READY * own.match) return ERR.LearnerNotReady;
    return check?.cannotPromote();
  }
}
