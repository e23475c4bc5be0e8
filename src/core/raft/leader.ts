/** What messages do to a leader: proposals, reads, and the answers of followers (Raft paper, section 5.3). */
import { describeChangeSet, hex } from './describe.ts';
import {
  COMPACTED,
  PROPOSAL_DROPPED,
  type RaftError,
  RaftPanic,
  SNAPSHOT_TEMPORARILY_UNAVAILABLE,
} from './errors.ts';
import { type Progress, ProgressState } from './progress.ts';
import { jointVote, VoteResult } from './quorum.ts';
import type { Raft } from './raft.ts';
import { describeConfig, isJoint } from './tracker.ts';
import {
  type ChangeSet,
  ConfChange,
  ConfChangeV2,
  type Entry,
  EntryType,
  isEmptySnapshot,
  leavesJoint,
  type Message,
  MessageType,
  NONE,
  type NodeId,
  payloadsSize,
} from './types.ts';

export function stepLeader(r: Raft, m: Message): RaftError | undefined {
  switch (m.type) {
    case MessageType.MsgBeat:
      broadcastHeartbeat(r, r.readOnly.lastContext);
      return undefined;
    case MessageType.MsgCheckQuorum:
      checkQuorum(r);
      return undefined;
    case MessageType.MsgProp:
      return propose(r, m);
    case MessageType.MsgReadIndex:
      readIndex(r, m);
      return undefined;
    case MessageType.MsgForgetLeader:
      return undefined;
  }
  const pr = r.tracker.progress.get(m.from);
  if (!pr) {
    r.logger.debug(`${hex(r.id)} no progress available for ${hex(m.from)}`);
    return undefined;
  }
  switch (m.type) {
    case MessageType.MsgAppResp:
      if (m.reject) appendRejected(r, m, pr);
      else appendAccepted(r, m, pr);
      break;
    case MessageType.MsgHeartbeatResp:
      heartbeatAnswered(r, m, pr);
      break;
    case MessageType.MsgSnapStatus:
      snapshotReported(r, m, pr);
      break;
    case MessageType.MsgUnreachable:
      // Optimistic appends are probably lost.
      if (pr.state === ProgressState.Replicate) pr.becomeProbe();
      r.logger.debug(
        `${hex(r.id)} failed to send message to ${hex(m.from)} because it is unreachable [${pr}]`,
      );
      break;
    case MessageType.MsgTransferLeader:
      transferLeader(r, m, pr);
      break;
  }
  return undefined;
}

function checkQuorum(r: Raft): void {
  if (!r.tracker.quorumActive()) {
    r.logger.warn(`${hex(r.id)} stepped down to follower since quorum is not active`);
    r.becomeFollower(r.term, NONE);
  }
  for (const [id, pr] of r.tracker.progress) if (id !== r.id) pr.recentActive = false;
}

// ---- proposals ----

function propose(r: Raft, m: Message): RaftError | undefined {
  if (m.entries.length === 0) throw new RaftPanic(`${hex(r.id)} stepped empty MsgProp`);
  // Removed while still leading: entries would go nowhere.
  if (!r.tracker.progress.has(r.id)) return PROPOSAL_DROPPED;
  if (r.leadTransferee !== NONE) {
    r.logger.debug(
      `${hex(r.id)} [term ${r.term}] transfer leadership to ${hex(r.leadTransferee)} is in progress; dropping proposal`,
    );
    return PROPOSAL_DROPPED;
  }
  for (let i = 0; i < m.entries.length; i++) {
    if (m.entries[i].type !== EntryType.EntryNormal) m.entries[i] = admitConfChange(r, m.entries[i], i);
  }
  if (!r.appendEntries(m.entries)) return PROPOSAL_DROPPED;
  broadcastAppend(r);
  return undefined;
}

/** One configuration change at a time: one that comes too early becomes an empty entry. */
function admitConfChange(r: Raft, entry: Entry, offset: number): Entry {
  const cc = decodeChange(entry);
  const joint = isJoint(r.tracker.config);
  const leaving = leavesJoint(cc) || cc.changes.length === 0;
  let why = '';
  if (r.pendingConfIndex > r.log.applied) {
    why = `possible unapplied conf change at index ${r.pendingConfIndex} (applied to ${r.log.applied})`;
  } else if (joint && !leaving) why = 'must transition out of joint config first';
  else if (!joint && leaving) why = 'not in joint state; refusing empty conf change';
  if (why !== '' && !r.config.disableConfChangeValidation) {
    r.logger.info(
      `${hex(r.id)} ignoring conf change ${describeChangeSet(cc, cc.context)} at config ${describeConfig(r.tracker.config)}: ${why}`,
    );
    return { type: EntryType.EntryNormal, term: 0, index: 0, data: new Uint8Array(0) };
  }
  r.pendingConfIndex = r.log.lastIndex() + offset + 1;
  return entry;
}

export function decodeChange(entry: Entry): ChangeSet & { readonly context: Uint8Array } {
  if (entry.type === EntryType.EntryConfChangeV2) return ConfChangeV2.decode(entry.data);
  const { type, nodeId, context } = ConfChange.decode(entry.data);
  return { transition: 0, changes: [{ type, nodeId }], context };
}

// ---- replication ----

export function broadcastAppend(r: Raft): void {
  for (const id of r.tracker.ids) if (id !== r.id) sendAppend(r, id);
}

export function sendAppend(r: Raft, to: NodeId): void {
  maybeSendAppend(r, to, true);
}

/** Sends what `to` lacks, if it may be sent anything now; an append without entries only if `evenEmpty`. */
export function maybeSendAppend(r: Raft, to: NodeId, evenEmpty: boolean): boolean {
  const pr = r.tracker.progress.get(to)!;
  if (pr.isPaused) return false;
  const index = pr.next - 1;
  const logTerm = r.log.term(index);
  if (logTerm < 0) return maybeSendSnapshot(r, to, pr);
  let entries: Entry[] = [];
  // A full window still gets empty appends: they carry the commit index.
  if (pr.state !== ProgressState.Replicate || !pr.inflights.full) {
    try {
      entries = r.log.entriesFrom(pr.next, r.config.maxSizePerMsg);
    } catch (error) {
      if (error !== COMPACTED) throw error;
      return maybeSendSnapshot(r, to, pr);
    }
  }
  if (entries.length === 0 && !evenEmpty) return false;
  r.send({ type: MessageType.MsgApp, to, index, logTerm, entries, commit: r.log.committed });
  pr.sentEntries(entries.length, payloadsSize(entries));
  pr.sentCommit = r.log.committed;
  return true;
}

function maybeSendSnapshot(r: Raft, to: NodeId, pr: Progress): boolean {
  if (!pr.recentActive) {
    r.logger.debug(`ignore sending snapshot to ${hex(to)} since it is not recently active`);
    return false;
  }
  const snapshot = takeSnapshot(r, to);
  if (!snapshot) return false;
  if (isEmptySnapshot(snapshot)) throw new RaftPanic('need non-empty snapshot');
  const { index, term } = snapshot.metadata!;
  r.logger.debug(
    `${hex(r.id)} [firstindex: ${r.log.firstIndex()}, commit: ${r.log.committed}] sent snapshot[index: ${index}, term: ${term}] to ${hex(to)} [${pr}]`,
  );
  pr.becomeSnapshot(index);
  r.logger.debug(`${hex(r.id)} paused sending replication messages to ${hex(to)} [${pr}]`);
  r.send({ type: MessageType.MsgSnap, to, snapshot });
  return true;
}

function takeSnapshot(r: Raft, to: NodeId): ReturnType<Raft['log']['snapshot']> | undefined {
  try {
    return r.log.snapshot();
  } catch (error) {
    if (error !== SNAPSHOT_TEMPORARILY_UNAVAILABLE) throw error;
    r.logger.debug(
      `${hex(r.id)} failed to send snapshot to ${hex(to)} because snapshot is temporarily unavailable`,
    );
    return undefined;
  }
}

function broadcastHeartbeat(r: Raft, context: Uint8Array | undefined): void {
  for (const id of r.tracker.ids) {
    if (id === r.id) continue;
    const pr = r.tracker.progress.get(id)!;
    // Not more than the follower is known to have: it must not commit what it has not got.
    const commit = Math.min(pr.match, r.log.committed);
    r.send({ type: MessageType.MsgHeartbeat, to: id, commit, context });
    pr.sentCommit = commit;
  }
}

export function maybeCommit(r: Raft): boolean {
  return r.log.maybeCommit(r.tracker.committed(), r.term);
}

// ---- answers ----

function appendRejected(r: Raft, m: Message, pr: Progress): void {
  pr.recentActive = true;
  r.logger.debug(
    `${hex(r.id)} received MsgAppResp(rejected, hint: (index ${m.rejectHint}, term ${m.logTerm})) from ${hex(m.from)} for index ${m.index}`,
  );
  const next = m.logTerm > 0 ? r.log.findConflictByTerm(m.rejectHint, m.logTerm).index : m.rejectHint;
  if (!pr.maybeDecrease(m.index, next)) return;
  r.logger.debug(`${hex(r.id)} decreased progress of ${hex(m.from)} to [${pr}]`);
  if (pr.state === ProgressState.Replicate) pr.becomeProbe();
  sendAppend(r, m.from);
}

function appendAccepted(r: Raft, m: Message, pr: Progress): void {
  pr.recentActive = true;
  // Also an answer to a probe that was sent twice moves on from probing.
  if (!pr.maybeUpdate(m.index) && !(pr.match === m.index && pr.state === ProgressState.Probe)) return;
  if (pr.state === ProgressState.Probe) pr.becomeReplicate();
  else if (pr.state === ProgressState.Snapshot && pr.match + 1 >= r.log.firstIndex()) {
    r.logger.debug(
      `${hex(r.id)} recovered from needing snapshot, resumed sending replication messages to ${hex(m.from)} [${pr}]`,
    );
    pr.becomeProbe();
    pr.becomeReplicate();
  } else if (pr.state === ProgressState.Replicate) pr.inflights.freeUpTo(m.index);

  if (maybeCommit(r)) {
    releasePendingReads(r);
    broadcastAppend(r);
  } else if (r.id !== m.from && pr.canBumpCommit(r.log.committed)) sendAppend(r, m.from);
  // The window may have opened: send as much as it takes.
  if (r.id !== m.from) while (maybeSendAppend(r, m.from, false));
  if (m.from === r.leadTransferee && pr.match === r.log.lastIndex()) {
    r.logger.info(`${hex(r.id)} sent MsgTimeoutNow to ${hex(m.from)} after received MsgAppResp`);
    r.send({ type: MessageType.MsgTimeoutNow, to: m.from });
  }
}

function heartbeatAnswered(r: Raft, m: Message, pr: Progress): void {
  pr.recentActive = true;
  pr.paused = false;
  if (pr.match < r.log.lastIndex() || pr.state === ProgressState.Probe) sendAppend(r, m.from);
  if (r.config.readOnlyOption === 'lease-based' || m.context.length === 0) return;
  const acks = r.readOnly.acknowledge(m.from, m.context);
  const quorum = jointVote(r.tracker.config.voters, (id) => (acks?.has(id) ? true : undefined));
  if (quorum !== VoteResult.Won) return;
  for (const { request, index } of r.readOnly.advance(m.context)) answerRead(r, request, index);
}

function snapshotReported(r: Raft, m: Message, pr: Progress): void {
  if (pr.state !== ProgressState.Snapshot) return;
  if (m.reject) pr.pendingSnapshot = 0;
  pr.becomeProbe();
  const outcome = m.reject ? 'failed' : 'succeeded';
  r.logger.debug(
    `${hex(r.id)} snapshot ${outcome}, resumed sending replication messages to ${hex(m.from)} [${pr}]`,
  );
  // Wait for the next answer: after a success it says where the follower is, after a failure it says that it lives.
  pr.paused = true;
}

// ---- leadership transfer (dissertation, section 3.10) ----

function transferLeader(r: Raft, { from }: Message, pr: Progress): void {
  const me = hex(r.id);
  if (pr.isLearner) return r.logger.debug(`${me} is learner. Ignored transferring leadership`);
  if (r.leadTransferee !== NONE) {
    if (r.leadTransferee === from) {
      return r.logger.info(
        `${me} [term ${r.term}] transfer leadership to ${hex(from)} is in progress, ignores request to same node ${hex(from)}`,
      );
    }
    const before = r.leadTransferee;
    r.leadTransferee = NONE;
    r.logger.info(`${me} [term ${r.term}] abort previous transferring leadership to ${hex(before)}`);
  }
  if (from === r.id)
    return r.logger.debug(`${me} is already leader. Ignored transferring leadership to self`);
  r.logger.info(`${me} [term ${r.term}] starts to transfer leadership to ${hex(from)}`);
  r.electionElapsed = 0;
  r.leadTransferee = from;
  if (pr.match === r.log.lastIndex()) {
    r.send({ type: MessageType.MsgTimeoutNow, to: from });
    r.logger.info(
      `${me} sends MsgTimeoutNow to ${hex(from)} immediately as ${hex(from)} already has up-to-date log`,
    );
  } else sendAppend(r, from);
}

// ---- linearizable reads (dissertation, section 6.4) ----

function readIndex(r: Raft, m: Message): void {
  if (r.tracker.isSingleton) return answerRead(r, m, r.log.committed);
  // Before its first commit a leader does not know what its predecessors committed.
  if (!r.committedEntryInCurrentTerm) {
    r.pendingReadIndex.push(m);
    return;
  }
  confirmRead(r, m);
}

function confirmRead(r: Raft, m: Message): void {
  if (r.config.readOnlyOption === 'lease-based') return answerRead(r, m, r.log.committed);
  const context = m.entries[0].data;
  r.readOnly.add(r.log.committed, m);
  r.readOnly.acknowledge(r.id, context);
  broadcastHeartbeat(r, context);
}

function releasePendingReads(r: Raft): void {
  if (r.pendingReadIndex.length === 0) return;
  if (!r.committedEntryInCurrentTerm) {
    r.logger.error('pending MsgReadIndex should be released only after first commit in current term');
    return;
  }
  const pending = r.pendingReadIndex;
  r.pendingReadIndex = [];
  for (const m of pending) confirmRead(r, m);
}

function answerRead(r: Raft, request: Message, index: number): void {
  if (request.from === NONE || request.from === r.id) {
    r.readStates.push({ index, requestCtx: request.entries[0].data });
  } else r.send({ type: MessageType.MsgReadIndexResp, to: request.from, index, entries: request.entries });
}
