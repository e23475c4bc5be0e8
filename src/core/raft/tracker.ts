/** The configuration a node works with, and what it knows of everyone in it. */
import { Inflights } from './inflights.ts';
import type { Progress } from './progress.ts';
import { type JointVoters, jointCommitted, jointVote, sortedIds, VoteResult } from './quorum.ts';
import type { ConfState, NodeId } from './types.ts';

/** null: there are none, which is not printed. */
export type LearnerSet = ReadonlySet<NodeId> | null;

export interface TrackerConfig {
  readonly voters: JointVoters;
  readonly autoLeave: boolean;
  readonly learners: LearnerSet;
  /** Voters of the outgoing half that become learners when the joint configuration is left. */
  readonly learnersNext: LearnerSet;
}

export type ProgressMap = Map<NodeId, Progress>;

export function isJoint(config: TrackerConfig): boolean {
  return config.voters[1].size > 0;
}

function idList(ids: Iterable<NodeId>): string {
  return `(${sortedIds(ids)
    .map((id) => id.toString(10))
    .join(' ')})`;
}

export function describeConfig(config: TrackerConfig): string {
  let text = `voters=${idList(config.voters[0])}`;
  if (isJoint(config)) text += `&&${idList(config.voters[1])}`;
  if (config.learners) text += ` learners=${idList(config.learners)}`;
  if (config.learnersNext) text += ` learners_next=${idList(config.learnersNext)}`;
  if (config.autoLeave) text += ' autoleave';
  return text;
}

export function describeProgressMap(map: ProgressMap): string {
  return sortedIds(map.keys())
    .map((id) => `${id}: ${map.get(id)}\n`)
    .join('');
}

export class Tracker {
  config: TrackerConfig = {
    voters: [new Set(), new Set()],
    autoLeave: false,
    learners: null,
    learnersNext: null,
  };
  progress: ProgressMap = new Map();
  votes = new Map<NodeId, boolean>();
  private readonly maxInflight: number;
  private readonly maxInflightBytes: number;
  /** All ids in `progress`, ascending: the order of every broadcast. */
  private order: NodeId[] = [];

  constructor(maxInflight: number, maxInflightBytes: number) {
    this.maxInflight = maxInflight;
    this.maxInflightBytes = maxInflightBytes;
  }

  newInflights(): Inflights {
    return new Inflights(this.maxInflight, this.maxInflightBytes);
  }

  set(config: TrackerConfig, progress: ProgressMap): void {
    this.config = config;
    this.progress = progress;
    this.order = sortedIds(progress.keys());
  }

  get ids(): readonly NodeId[] {
    return this.order;
  }

  get isSingleton(): boolean {
    return this.config.voters[0].size === 1 && this.config.voters[1].size === 0;
  }

  /** Voters of both halves, ascending. */
  voterIds(): NodeId[] {
    return sortedIds(new Set([...this.config.voters[0], ...this.config.voters[1]]));
  }

  isVoter(id: NodeId): boolean {
    return this.config.voters[0].has(id) || this.config.voters[1].has(id);
  }

  committed(): number {
    return jointCommitted(this.config.voters, (id) => this.progress.get(id)?.match);
  }

  quorumActive(): boolean {
    const active = (id: NodeId): boolean | undefined => {
      const pr = this.progress.get(id);
      return pr && !pr.isLearner ? pr.recentActive : undefined;
    };
    return jointVote(this.config.voters, active) === VoteResult.Won;
  }

  resetVotes(): void {
    this.votes.clear();
  }

  /** The first vote of a node counts. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.votes.has(id)) this.votes.set(id, granted);
  }

  tally(): { granted: number; rejected: number; result: VoteResult } {
    let granted = 0;
    let rejected = 0;
    for (const [id, pr] of this.progress) {
      if (pr.isLearner) continue;
      const vote = this.votes.get(id);
      if (vote === true) granted++;
      else if (vote === false) rejected++;
    }
    return { granted, rejected, result: jointVote(this.config.voters, (id) => this.votes.get(id)) };
  }

  confState(): ConfState {
    const { voters, learners, learnersNext, autoLeave } = this.config;
    return {
      voters: sortedIds(voters[0]),
      votersOutgoing: sortedIds(voters[1]),
      learners: sortedIds(learners ?? []),
      learnersNext: sortedIds(learnersNext ?? []),
      autoLeave,
    };
  }
}
