/** What the core and its storage refuse. Texts are part of the contract (test scripts compare them). */

export class RaftError extends Error {
  override name = 'RaftError';
}

export const PROPOSAL_DROPPED = new RaftError('raft proposal dropped');
export const STEP_LOCAL_MESSAGE = new RaftError('raft: cannot step raft local message');
export const STEP_PEER_NOT_FOUND = new RaftError('raft: cannot step as peer not found');
export const COMPACTED = new RaftError('requested index is unavailable due to compaction');
export const SNAPSHOT_OUT_OF_DATE = new RaftError('requested index is older than the existing snapshot');
export const UNAVAILABLE = new RaftError('requested entry at index is unavailable');
export const SNAPSHOT_TEMPORARILY_UNAVAILABLE = new RaftError('snapshot is temporarily unavailable');

/** A broken invariant: the member has to stop. */
export class RaftPanic extends Error {
  override name = 'RaftPanic';
}
