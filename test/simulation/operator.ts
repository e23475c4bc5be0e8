/**
 * Whoever runs the cluster: adds members, promotes, removes, replaces and renames them, and moves the leadership, all
 * while other things go wrong. It asks any member, and believes only what it is answered.
 */

import type { EtcdError } from '../../src/core/errors.ts';
import type { ClusterMember } from '../../src/core/membership/member.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { Member } from '../../src/member/member.ts';
import type { Change, History } from './history.ts';
import { type ChangeKind, membersText } from './membership-model.ts';
import type { SimNode } from './sim-node.ts';

const MIN_VOTERS = 2;
const MAX_VOTERS = 6;

export interface OperatorOptions {
  readonly random: Random;
  readonly history: History;
  readonly nodes: readonly SimNode[];
  /** Most nodes that a run has, those that were removed included. */
  readonly maxNodes: number;
  now(): number;
  /** A machine for a member that is about to be added; it does not run yet. */
  prepare(): SimNode;
  start(node: SimNode): void;
  trace(what: string): void;
}

export class Operator {
  private readonly o: OperatorOptions;
  /** Makes URLs differ, mostly. */
  private urls = 0;

  constructor(options: OperatorOptions) {
    this.o = options;
  }

  /** The identity of the member that is being added. */
  newMemberId(): bigint {
    return this.o.prepare().id;
  }

  act(at: SimNode): void {
    const roll = this.o.random();
    if (roll < 0.3) this.moveLeader();
    else if (roll < 0.44) this.add(at, false);
    else if (roll < 0.58) this.add(at, true);
    else if (roll < 0.72) this.promote(at);
    else if (roll < 0.84) this.remove(at);
    else if (roll < 0.92) this.replace(at);
    else this.update(at);
  }

  private pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.o.random() * list.length)];
  }

  /** What a member list of that member says. */
  private voters(at: SimNode): ClusterMember[] {
    return at.member?.cluster.voters() ?? [];
  }

  private newURL(): string {
    // Now and then one that somebody has already.
    const number = this.o.random() < 0.1 ? 0 : ++this.urls;
    return number === 0 ? 'http://node0:2380' : `http://more${number}:2380`;
  }

  private moveLeader(): void {
    const { nodes, trace, random } = this.o;
    const leader = nodes.find(({ member, id }) => member?.leader() === id);
    const target = leader && this.pick(this.voters(leader));
    if (!leader || !target) return;
    // A leader asked to hand over to itself, or to nobody, refuses or waits.
    const id = random() < 0.05 ? 0xdeadn : target.id;
    trace(`the leadership of node ${leader.number} moves to ${id.toString(16)}`);
    leader.visit(({ transfer }) => transfer.moveTo(id, () => {}));
  }

  private add(at: SimNode, isLearner: boolean, then: () => void = () => {}): void {
    const { nodes, maxNodes, now, history, start, trace } = this.o;
    if (nodes.length >= maxNodes || this.voters(at).length >= MAX_VOTERS) return;
    const peerURLs = [this.newURL()];
    trace(`node ${at.number} is asked to add ${peerURLs}${isLearner ? ' as a learner' : ''}`);
    at.visit(({ membership }) => {
      const call = history.add<Change>({
        kind: 'change',
        node: at.number,
        invokedAt: now(),
        change: isLearner ? 'add learner' : 'add',
      });
      membership.add({ peerURLs, isLearner }, (error, added) => {
        if (error || !added) return trace(`nothing is added: ${error?.message}`);
        call.id = added.member.id;
        call.members = membersText(added.members);
        history.end(call, now());
        const node = nodes.find(({ id }) => id === added.member.id)!;
        if (node.isDown) start(node);
        then();
      });
    });
  }

  private remove(at: SimNode, then: () => void = () => {}): void {
    const voters = this.voters(at);
    const learners = at.member?.cluster.members().filter((m) => m.isLearner) ?? [];
    const target = this.pick([...voters, ...learners]);
    if (!target || (!target.isLearner && voters.length <= MIN_VOTERS)) return;
    this.change(at, 'remove', target.id, ({ membership }, done) => membership.remove(target.id, done), then);
  }

  /** As the guide says: the old one goes before the new one comes. */
  private replace(at: SimNode): void {
    if (this.o.nodes.length >= this.o.maxNodes) return;
    this.remove(at, () => this.add(at, this.o.random() < 0.5));
  }

  private promote(at: SimNode): void {
    const learner = this.pick(at.member?.cluster.members().filter((m) => m.isLearner) ?? []);
    if (!learner) return;
    this.change(at, 'promote', learner.id, ({ membership }, done) => membership.promote(learner.id, done));
  }

  private update(at: SimNode): void {
    const target = this.pick(this.voters(at));
    if (!target) return;
    const urls = [this.newURL()];
    this.change(at, 'update', target.id, ({ membership }, done) => membership.update(target.id, urls, done));
  }

  private change(
    at: SimNode,
    kind: ChangeKind,
    id: bigint,
    ask: (
      member: Member,
      done: (error: EtcdError | undefined, members?: readonly ClusterMember[]) => void,
    ) => void,
    then: () => void = () => {},
  ): void {
    const { now, history, trace } = this.o;
    trace(`node ${at.number} is asked to ${kind} ${id.toString(16)}`);
    at.visit((member) => {
      const call = history.add<Change>({
        kind: 'change',
        node: at.number,
        invokedAt: now(),
        change: kind,
        id,
      });
      ask(member, (error, members) => {
        if (error || !members) return trace(`not done (${kind} ${id.toString(16)}): ${error?.message}`);
        call.members = membersText(members);
        history.end(call, now());
        then();
      });
    });
  }
}
