/** Elections: standing for one, voting in one, counting the votes (Raft paper, section 5.2; pre-vote: dissertation, 9.6). */
import { hex, MESSAGE_NAMES, STATE_NAMES } from './describe.ts';
import { PROPOSAL_DROPPED, type RaftError } from './errors.ts';
import { broadcastAppend } from './leader.ts';
import { VoteResult } from './quorum.ts';
import type { Raft } from './raft.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './replica.ts';
import { CAMPAIGN_TRANSFER, EntryType, type Message, MessageType, NONE, State } from './types.ts';

export type CampaignKind = 'pre-election' | 'election' | 'transfer';

/** Starts an election, unless this node may not. */
export function hup(r: Raft, kind: CampaignKind): void {
  if (r.state === State.Leader) return r.logger.debug(`${hex(r.id)} ignoring MsgHup because already leader`);
  if (!r.promotable) return r.logger.warn(`${hex(r.id)} is unpromotable and can not campaign`);
  if (r.log.hasUnappliedConfChange(({ type }) => type !== EntryType.EntryNormal)) {
    return r.logger.warn(
      `${hex(r.id)} cannot campaign at term ${r.term} since there are still pending configuration changes to apply`,
    );
  }
  r.logger.info(`${hex(r.id)} is starting a new election at term ${r.term}`);
  campaign(r, kind);
}

function campaign(r: Raft, kind: CampaignKind): void {
  if (!r.promotable) r.logger.warn(`${hex(r.id)} is unpromotable; campaign() should have been called`);
  const pre = kind === 'pre-election';
  if (pre) r.becomePreCandidate();
  else r.becomeCandidate();
  const type = pre ? MessageType.MsgPreVote : MessageType.MsgVote;
  // A pre-vote asks about the term to come, without going there.
  const term = pre ? r.term + 1 : r.term;
  const index = r.log.lastIndex();
  const logTerm = r.log.lastTerm();
  for (const id of r.tracker.voterIds()) {
    if (id === r.id) {
      r.send({ type: voteResponse(type), to: id, term });
      continue;
    }
    r.logger.info(
      `${hex(r.id)} [logterm: ${logTerm}, index: ${index}] sent ${MESSAGE_NAMES[type]} request to ${hex(id)} at term ${r.term}`,
    );
    const context = kind === 'transfer' ? CAMPAIGN_TRANSFER : undefined;
    r.send({ type, to: id, term, index, logTerm, context });
  }
}

function voteResponse(type: number): number {
  return type === MessageType.MsgVote ? MessageType.MsgVoteResp : MessageType.MsgPreVoteResp;
}

/** A vote is given once a term, and only to a log that has everything ours has (Raft paper, section 5.4.1). */
export function handleVoteRequest(r: Raft, m: Message): void {
  const free = r.vote === m.from || (r.vote === NONE && r.lead === NONE);
  const canVote = free || (m.type === MessageType.MsgPreVote && m.term > r.term);
  const about = `${hex(r.id)} [logterm: ${r.log.lastTerm()}, index: ${r.log.lastIndex()}, vote: ${hex(r.vote)}]`;
  const name = MESSAGE_NAMES[m.type];
  const type = voteResponse(m.type);
  const theirs = `[logterm: ${m.logTerm}, index: ${m.index}] at term ${r.term}`;
  if (canVote && r.log.isUpToDate(m.logTerm, m.index)) {
    r.logger.info(`${about} cast ${name} for ${hex(m.from)} ${theirs}`);
    // The term of the request: for a pre-vote that is not ours.
    r.send({ type, to: m.from, term: m.term });
    if (m.type !== MessageType.MsgVote) return;
    r.electionElapsed = 0;
    r.vote = m.from;
  } else {
    r.logger.info(`${about} rejected ${name} from ${hex(m.from)} ${theirs}`);
    r.send({ type, to: m.from, term: r.term, reject: true });
  }
}

/** Candidates and pre-candidates. */
export function stepCandidate(r: Raft, m: Message): RaftError | undefined {
  switch (m.type) {
    case MessageType.MsgProp:
      r.logger.info(`${hex(r.id)} no leader at term ${r.term}; dropping proposal`);
      return PROPOSAL_DROPPED;
    case MessageType.MsgApp:
      r.becomeFollower(m.term, m.from);
      handleAppend(r, m);
      break;
    case MessageType.MsgHeartbeat:
      r.becomeFollower(m.term, m.from);
      handleHeartbeat(r, m);
      break;
    case MessageType.MsgSnap:
      r.becomeFollower(m.term, m.from);
      handleSnapshot(r, m);
      break;
    case MessageType.MsgVoteResp:
      if (r.state === State.Candidate) countVote(r, m);
      break;
    case MessageType.MsgPreVoteResp:
      if (r.state === State.PreCandidate) countVote(r, m);
      break;
    case MessageType.MsgTimeoutNow:
      r.logger.debug(
        `${hex(r.id)} [term ${r.term} state ${STATE_NAMES[r.state]}] ignored MsgTimeoutNow from ${hex(m.from)}`,
      );
      break;
  }
  return undefined;
}

function countVote(r: Raft, m: Message): void {
  const name = MESSAGE_NAMES[m.type];
  const what = m.reject ? `${name} rejection` : name;
  r.logger.info(`${hex(r.id)} received ${what} from ${hex(m.from)} at term ${r.term}`);
  r.tracker.recordVote(m.from, !m.reject);
  const { granted, rejected, result } = r.tracker.tally();
  r.logger.info(`${hex(r.id)} has received ${granted} ${name} votes and ${rejected} vote rejections`);
  if (result === VoteResult.Lost) r.becomeFollower(r.term, NONE);
  else if (result === VoteResult.Won && r.state === State.PreCandidate) campaign(r, 'election');
  else if (result === VoteResult.Won) {
    r.becomeLeader();
    broadcastAppend(r);
  }
}
