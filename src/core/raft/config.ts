/** What a node has to be told. */
import { RaftPanic } from './errors.ts';
import type { RaftStorage } from './storage.ts';
import { NONE, type NodeId, type RaftLogger } from './types.ts';

export type ReadOnlyOption = 'safe' | 'lease-based';

export interface RaftConfig {
  readonly id: NodeId;
  /** Ticks without word from a leader until an election; larger than `heartbeatTick`. */
  readonly electionTick: number;
  readonly heartbeatTick: number;
  readonly storage: RaftStorage;
  /** Index up to which entries were applied before a restart. */
  readonly applied?: number;
  readonly asyncStorageWrites?: boolean;
  /** Bytes of entries in one append message. */
  readonly maxSizePerMsg: number;
  /** Bytes of entries handed out for apply and not yet applied; default `maxSizePerMsg`. */
  readonly maxCommittedSizePerReady?: number;
  /** Bytes of payload that a leader holds uncommitted before it drops proposals; 0 or absent: no limit. */
  readonly maxUncommittedEntriesSize?: number;
  readonly maxInflightMsgs: number;
  /** 0 or absent: no limit. */
  readonly maxInflightBytes?: number;
  readonly checkQuorum?: boolean;
  readonly preVote?: boolean;
  readonly readOnlyOption?: ReadOnlyOption;
  readonly disableProposalForwarding?: boolean;
  readonly disableConfChangeValidation?: boolean;
  readonly stepDownOnRemoval?: boolean;
  /** Uniform in [0, 1): what spreads elections. */
  readonly random: () => number;
  readonly logger: RaftLogger;
}

export function validateConfig(c: RaftConfig): void {
  if (c.id === NONE) throw new RaftPanic('cannot use none as id');
  if (c.heartbeatTick <= 0) throw new RaftPanic('heartbeat tick must be greater than 0');
  if (c.electionTick <= c.heartbeatTick)
    throw new RaftPanic('election tick must be greater than heartbeat tick');
  if (c.maxInflightMsgs <= 0) throw new RaftPanic('max inflight messages must be greater than 0');
  if (c.readOnlyOption === 'lease-based' && !c.checkQuorum) {
    throw new RaftPanic('CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased');
  }
}
