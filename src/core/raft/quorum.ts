/**
 * Quorums. A majority configuration is a set of voters; a joint one is two of them that have to agree, each by its own
 * majority (Raft dissertation, section 4.3). An empty set agrees to everything: it is the other half that decides.
 */
import type { NodeId } from './types.ts';

export const VoteResult = { Pending: 1, Lost: 2, Won: 3 } as const;
export type VoteResult = (typeof VoteResult)[keyof typeof VoteResult];
export const VOTE_RESULT_NAMES: Readonly<Record<VoteResult, string>> = {
  1: 'VotePending',
  2: 'VoteLost',
  3: 'VoteWon',
};

export type Voters = ReadonlySet<NodeId>;
/** Incoming and outgoing; the outgoing set is empty unless the configuration is joint. */
export type JointVoters = readonly [Voters, Voters];

export function sortedIds(ids: Iterable<NodeId>): NodeId[] {
  return [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Highest index that a majority has acknowledged; Infinity for no voters. `acked` gives undefined for no word yet. */
export function majorityCommitted(voters: Voters, acked: (id: NodeId) => number | undefined): number {
  if (voters.size === 0) return Number.POSITIVE_INFINITY;
  if (voters.size === 1) {
    for (const id of voters) return acked(id) ?? 0;
  }
  const indexes: number[] = [];
  for (const id of voters) indexes.push(acked(id) ?? 0);
  indexes.sort((a, b) => a - b);
  return indexes[indexes.length - (Math.floor(indexes.length / 2) + 1)];
}

export function majorityVote(voters: Voters, votes: (id: NodeId) => boolean | undefined): VoteResult {
  if (voters.size === 0) return VoteResult.Won;
  let yes = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes(id);
    if (vote === undefined) missing++;
    else if (vote) yes++;
  }
  const needed = Math.floor(voters.size / 2) + 1;
  if (yes >= needed) return VoteResult.Won;
  return yes + missing >= needed ? VoteResult.Pending : VoteResult.Lost;
}

export function jointCommitted([a, b]: JointVoters, acked: (id: NodeId) => number | undefined): number {
  return b.size === 0
    ? majorityCommitted(a, acked)
    : Math.min(majorityCommitted(a, acked), majorityCommitted(b, acked));
}

export function jointVote([a, b]: JointVoters, votes: (id: NodeId) => boolean | undefined): VoteResult {
  const first = majorityVote(a, votes);
  const second = majorityVote(b, votes);
  if (first === second) return first;
  return first === VoteResult.Lost || second === VoteResult.Lost ? VoteResult.Lost : VoteResult.Pending;
}
