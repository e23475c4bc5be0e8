/** What messages do to a follower: the leader's appends, heartbeats and snapshots, and what is passed on to it. */

import { hex } from './describe.ts';
import { hup } from './election.ts';
import { PROPOSAL_DROPPED, type RaftError } from './errors.ts';
import type { Raft } from './raft.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './replica.ts';
import { type Message, MessageType, NONE } from './types.ts';

export function stepFollower(r: Raft, m: Message): RaftError | undefined {
  switch (m.type) {
    case MessageType.MsgProp:
      return forwardProposal(r, m);
    case MessageType.MsgApp:
      hearLeader(r, m);
      handleAppend(r, m);
      break;
    case MessageType.MsgHeartbeat:
      hearLeader(r, m);
      handleHeartbeat(r, m);
      break;
    case MessageType.MsgSnap:
      hearLeader(r, m);
      handleSnapshot(r, m);
      break;
    case MessageType.MsgTransferLeader:
      if (r.lead === NONE)
        r.logger.info(`${hex(r.id)} no leader at term ${r.term}; dropping leader transfer msg`);
      else r.send({ ...m, to: r.lead });
      break;
    case MessageType.MsgForgetLeader:
      forgetLeader(r);
      break;
    case MessageType.MsgTimeoutNow:
      r.logger.info(
        `${hex(r.id)} [term ${r.term}] received MsgTimeoutNow from ${hex(m.from)} and starts an election to get leadership.`,
      );
      // No pre-vote: the leader itself has said that this node shall take over.
      hup(r, 'transfer');
      break;
    case MessageType.MsgReadIndex:
      if (r.lead === NONE)
        r.logger.info(`${hex(r.id)} no leader at term ${r.term}; dropping index reading msg`);
      else r.send({ ...m, to: r.lead });
      break;
    case MessageType.MsgReadIndexResp:
      if (m.entries.length !== 1) {
        r.logger.error(
          `${hex(r.id)} invalid format of MsgReadIndexResp from ${hex(m.from)}, entries count: ${m.entries.length}`,
        );
      } else r.readStates.push({ index: m.index, requestCtx: m.entries[0].data });
      break;
  }
  return undefined;
}

function hearLeader(r: Raft, m: Message): void {
  r.electionElapsed = 0;
  r.lead = m.from;
}

function forwardProposal(r: Raft, m: Message): RaftError | undefined {
  if (r.lead === NONE) {
    r.logger.info(`${hex(r.id)} no leader at term ${r.term}; dropping proposal`);
    return PROPOSAL_DROPPED;
  }
  if (r.config.disableProposalForwarding) {
    r.logger.info(
      `${hex(r.id)} not forwarding to leader ${hex(r.lead)} at term ${r.term}; dropping proposal`,
    );
    return PROPOSAL_DROPPED;
  }
  r.send({ ...m, to: r.lead });
  return undefined;
}

function forgetLeader(r: Raft): void {
  if (r.config.readOnlyOption === 'lease-based') {
    r.logger.error('ignoring MsgForgetLeader due to ReadOnlyLeaseBased');
    return;
  }
  if (r.lead === NONE) return;
  r.logger.info(`${hex(r.id)} forgetting leader ${hex(r.lead)} at term ${r.term}`);
  r.lead = NONE;
}
