/** Configuration changes at random. */
import {
  ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  type ConfState,
  EntryType,
} from '../../../src/core/raft/index.ts';

const NOTHING = new Uint8Array(0);
const TYPES = [
  ConfChangeType.ConfChangeAddNode,
  ConfChangeType.ConfChangeRemoveNode,
  ConfChangeType.ConfChangeAddLearnerNode,
];
const TRANSITIONS = [
  ConfChangeTransition.ConfChangeTransitionJointImplicit,
  ConfChangeTransition.ConfChangeTransitionJointExplicit,
];

/** Leaves the joint configuration, if there is one. */
export const LEAVE = {
  type: EntryType.EntryConfChangeV2,
  data: ConfChangeV2.encode({ transition: 0, changes: [], context: NOTHING }),
};

/** The change as an entry; undefined if it would leave too few voters, which an application does not ask for. */
export function someChange(
  current: ConfState,
  random: () => number,
  someId: () => bigint,
): { readonly type: number; readonly data: Uint8Array } | undefined {
  const one = (): ConfChangeSingle => ({
    type: TYPES[Math.floor(random() * TYPES.length)],
    nodeId: someId(),
  });
  if (random() < 0.5) {
    const change = one();
    if (!keepsVoters(current, [change])) return undefined;
    return {
      type: EntryType.EntryConfChange,
      data: ConfChange.encode({ id: 0n, ...change, context: NOTHING }),
    };
  }
  if (current.votersOutgoing.length > 0) return LEAVE;
  const changes = [one(), one(), one()];
  if (!keepsVoters(current, changes)) return undefined;
  const transition = TRANSITIONS[Math.floor(random() * TRANSITIONS.length)];
  return {
    type: EntryType.EntryConfChangeV2,
    data: ConfChangeV2.encode({ transition, changes, context: NOTHING }),
  };
}

function keepsVoters(current: ConfState, changes: readonly ConfChangeSingle[]): boolean {
  const voters = new Set(current.voters);
  for (const { type, nodeId } of changes) {
    if (type === ConfChangeType.ConfChangeAddNode) voters.add(nodeId);
    else voters.delete(nodeId);
  }
  return voters.size >= 2;
}
