/**
 * Changes of the configuration (Raft dissertation, chapter 4). A simple change adds or removes one voter; anything more
 * goes through a joint configuration, in which both the old and the new voters have to agree.
 */
import { RaftError } from './errors.ts';
import { Progress } from './progress.ts';
import { isJoint, type LearnerSet, type ProgressMap, type Tracker, type TrackerConfig } from './tracker.ts';
import { type ConfChangeSingle, ConfChangeType, type ConfState, type NodeId } from './types.ts';

export interface Changed {
  readonly config: TrackerConfig;
  readonly progress: ProgressMap;
}

/** The configuration while it is being changed. */
interface Draft {
  incoming: Set<NodeId>;
  outgoing: Set<NodeId>;
  autoLeave: boolean;
  learners: Set<NodeId>;
  learnersNext: Set<NodeId>;
  progress: ProgressMap;
}

export class Changer {
  private readonly tracker: Tracker;
  private readonly lastIndex: number;

  constructor(tracker: Tracker, lastIndex: number) {
    this.tracker = tracker;
    this.lastIndex = lastIndex;
  }

  /** @throws RaftError */
  simple(changes: readonly ConfChangeSingle[]): Changed {
    const draft = this.draft();
    if (draft.outgoing.size > 0) throw new RaftError("can't apply simple config change in joint config");
    const before = new Set(draft.incoming);
    this.apply(draft, changes);
    if (symmetricDifference(before, draft.incoming) > 1) {
      throw new RaftError('more than one voter changed without entering joint config');
    }
    return finish(draft);
  }

  /** @throws RaftError */
  enterJoint(autoLeave: boolean, changes: readonly ConfChangeSingle[]): Changed {
    const draft = this.draft();
    if (draft.outgoing.size > 0) throw new RaftError('config is already joint');
    if (draft.incoming.size === 0) throw new RaftError("can't make a zero-voter config joint");
    draft.outgoing = new Set(draft.incoming);
    this.apply(draft, changes);
    draft.autoLeave = autoLeave;
    return finish(draft);
  }

  /** @throws RaftError */
  leaveJoint(): Changed {
    const draft = this.draft();
    if (draft.outgoing.size === 0) throw new RaftError("can't leave a non-joint config");
    for (const id of draft.learnersNext) {
      draft.learners.add(id);
      draft.progress.get(id)!.isLearner = true;
    }
    draft.learnersNext = new Set();
    for (const id of draft.outgoing) {
      if (!draft.incoming.has(id) && !draft.learners.has(id)) draft.progress.delete(id);
    }
    draft.outgoing = new Set();
    draft.autoLeave = false;
    return finish(draft);
  }

  private draft(): Draft {
    const { config, progress } = this.tracker;
    checkInvariants(config, progress);
    return {
      incoming: new Set(config.voters[0]),
      outgoing: new Set(config.voters[1]),
      autoLeave: config.autoLeave,
      learners: new Set(config.learners ?? []),
      learnersNext: new Set(config.learnersNext ?? []),
      progress: new Map([...progress].map(([id, pr]) => [id, pr.copy()])),
    };
  }

  private apply(draft: Draft, changes: readonly ConfChangeSingle[]): void {
    for (const { type, nodeId } of changes) {
      // A change that was refused when it was applied comes with node id 0.
      if (nodeId === 0n) continue;
      if (type === ConfChangeType.ConfChangeAddNode) this.makeVoter(draft, nodeId);
      else if (type === ConfChangeType.ConfChangeAddLearnerNode) this.makeLearner(draft, nodeId);
      else if (type === ConfChangeType.ConfChangeRemoveNode) remove(draft, nodeId);
      else if (type !== ConfChangeType.ConfChangeUpdateNode)
        throw new RaftError(`unexpected conf type ${type}`);
    }
    if (draft.incoming.size === 0) throw new RaftError('removed all voters');
  }

  private makeVoter(draft: Draft, id: NodeId): void {
    const pr = draft.progress.get(id);
    if (!pr) return this.addProgress(draft, id, false);
    pr.isLearner = false;
    draft.learners.delete(id);
    draft.learnersNext.delete(id);
    draft.incoming.add(id);
  }

  private makeLearner(draft: Draft, id: NodeId): void {
    const pr = draft.progress.get(id);
    if (!pr) return this.addProgress(draft, id, true);
    if (pr.isLearner) return;
    remove(draft, id);
    draft.progress.set(id, pr);
    // A voter of the outgoing half can't be a learner yet.
    if (draft.outgoing.has(id)) draft.learnersNext.add(id);
    else {
      pr.isLearner = true;
      draft.learners.add(id);
    }
  }

  private addProgress(draft: Draft, id: NodeId, isLearner: boolean): void {
    if (isLearner) draft.learners.add(id);
    else draft.incoming.add(id);
    // Counts as active, or a leader that checks its quorum would step down over a node that had no time to answer.
    const next = Math.max(this.lastIndex, 1);
    const inflights = this.tracker.newInflights();
    draft.progress.set(id, new Progress({ match: 0, next, inflights, isLearner, recentActive: true }));
  }
}

function remove(draft: Draft, id: NodeId): void {
  if (!draft.progress.has(id)) return;
  draft.incoming.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  if (!draft.outgoing.has(id)) draft.progress.delete(id);
}

function symmetricDifference(a: ReadonlySet<NodeId>, b: ReadonlySet<NodeId>): number {
  let n = 0;
  for (const id of a) if (!b.has(id)) n++;
  for (const id of b) if (!a.has(id)) n++;
  return n;
}

function finish(draft: Draft): Changed {
  const orNull = (ids: Set<NodeId>): LearnerSet => (ids.size === 0 ? null : ids);
  const config: TrackerConfig = {
    voters: [draft.incoming, draft.outgoing],
    autoLeave: draft.autoLeave,
    learners: orNull(draft.learners),
    learnersNext: orNull(draft.learnersNext),
  };
  checkInvariants(config, draft.progress);
  return { config, progress: draft.progress };
}

function checkInvariants(config: TrackerConfig, progress: ProgressMap): void {
  const [incoming, outgoing] = config.voters;
  const learners = config.learners ?? new Set();
  const learnersNext = config.learnersNext ?? new Set();
  for (const ids of [incoming, outgoing, learners, learnersNext]) {
    for (const id of ids) if (!progress.has(id)) throw new RaftError(`no progress for ${id}`);
  }
  for (const id of learnersNext) {
    if (!outgoing.has(id)) throw new RaftError(`${id} is in LearnersNext, but not Voters[1]`);
    if (progress.get(id)!.isLearner) {
      throw new RaftError(`${id} is in LearnersNext, but is already marked as learner`);
    }
  }
  for (const id of learners) {
    if (outgoing.has(id)) throw new RaftError(`${id} is in Learners and Voters[1]`);
    if (incoming.has(id)) throw new RaftError(`${id} is in Learners and Voters[0]`);
    if (!progress.get(id)!.isLearner)
      throw new RaftError(`${id} is in Learners, but is not marked as learner`);
  }
  if (isJoint(config)) return;
  if (config.learnersNext) throw new RaftError('cfg.LearnersNext must be nil when not joint');
  if (config.autoLeave) throw new RaftError('AutoLeave must be false when not joint');
}

/** Builds the configuration of a stored ConfState by the changes that lead to it. */
export function restoreConfig(tracker: Tracker, conf: ConfState, lastIndex: number): void {
  const step = (run: (changer: Changer) => Changed): void => {
    const { config, progress } = run(new Changer(tracker, lastIndex));
    tracker.set(config, progress);
  };
  const change =
    (type: number) =>
    (nodeId: NodeId): ConfChangeSingle => ({ type, nodeId });
  const add = change(ConfChangeType.ConfChangeAddNode);
  const addLearner = change(ConfChangeType.ConfChangeAddLearnerNode);
  const removal = change(ConfChangeType.ConfChangeRemoveNode);
  const incoming = [
    ...conf.votersOutgoing.map(removal),
    ...conf.voters.map(add),
    ...conf.learners.map(addLearner),
    ...conf.learnersNext.map(addLearner),
  ];
  if (conf.votersOutgoing.length === 0) {
    for (const cc of incoming) step((c) => c.simple([cc]));
    return;
  }
  for (const id of conf.votersOutgoing) step((c) => c.simple([add(id)]));
  step((c) => c.enterJoint(conf.autoLeave, incoming));
}
