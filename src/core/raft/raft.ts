/**
 * The state of one node and its changes of role (Raft paper, figure 2, with the extensions of the dissertation). What a
 * message does in each role is in leader.ts, follower.ts and election.ts; this file holds what they share: terms, timers,
 * sending; how it changes its configuration is in configuration.ts.
 */
import { bytesEqual } from '../wire/bytes.ts';
import { restoreConfig } from './confchange.ts';
import { type RaftConfig, validateConfig } from './config.ts';
import { switchConfig } from './configuration.ts';
import { hex, MESSAGE_NAMES } from './describe.ts';
import { handleVoteRequest, hup, stepCandidate } from './election.ts';
import { type RaftError, RaftPanic } from './errors.ts';
import { stepFollower } from './follower.ts';
import { stepLeader } from './leader.ts';
import { RaftLog } from './log.ts';
import { Progress } from './progress.ts';
import { ReadOnly } from './read-only.ts';
import { describeConfig, type ProgressMap, Tracker } from './tracker.ts';
import {
  CAMPAIGN_TRANSFER,
  type Entry,
  EntryType,
  entriesSize,
  type HardState,
  type Message,
  MessageType,
  message,
  NO_LIMIT,
  NONE,
  type NodeId,
  payloadsSize,
  type RaftLogger,
  type ReadState,
  type Snapshot,
  type SoftState,
  State,
} from './types.ts';

/** Answers wait until what they acknowledge is stable. */
const AFTER_APPEND: ReadonlySet<number> = new Set([
  MessageType.MsgAppResp,
  MessageType.MsgVoteResp,
  MessageType.MsgPreVoteResp,
]);
const VOTE_TYPES: ReadonlySet<number> = new Set([
  MessageType.MsgVote,
  MessageType.MsgVoteResp,
  MessageType.MsgPreVote,
  MessageType.MsgPreVoteResp,
]);

export class Raft {
  readonly id: NodeId;
  readonly config: RaftConfig;
  readonly logger: RaftLogger;
  readonly log: RaftLog;
  readonly tracker: Tracker;
  term = 0;
  vote: NodeId = NONE;
  lead: NodeId = NONE;
  state: State = State.Follower;
  readStates: ReadState[] = [];
  messages: Message[] = [];
  messagesAfterAppend: Message[] = [];
  leadTransferee: NodeId = NONE;
  /** A conf change may be proposed only when the one before, at most at this index, is applied. */
  pendingConfIndex = 0;
  uncommittedBytes = 0;
  readOnly = new ReadOnly();
  pendingReadIndex: Message[] = [];
  electionElapsed = 0;
  heartbeatElapsed = 0;
  randomizedElectionTimeout = 0;

  constructor(config: RaftConfig) {
    validateConfig(config);
    this.config = config;
    this.id = config.id;
    this.logger = config.logger;
    this.log = new RaftLog(
      config.storage,
      config.logger,
      config.maxCommittedSizePerReady || config.maxSizePerMsg,
    );
    this.tracker = new Tracker(config.maxInflightMsgs, config.maxInflightBytes ?? 0);
    const { hardState, confState } = config.storage.initialState();
    restoreConfig(this.tracker, confState, this.log.lastIndex());
    switchConfig(this, { config: this.tracker.config, progress: this.tracker.progress });
    if (hardState.term !== 0 || hardState.vote !== NONE || hardState.commit !== 0) this.loadState(hardState);
    if (config.applied) this.log.appliedTo(config.applied, 0);
    this.becomeFollower(this.term, NONE);
    const peers = this.tracker.voterIds().map(hex).join(',');
    const { log } = this;
    this.logger.info(
      `newRaft ${hex(this.id)} [peers: [${peers}], term: ${this.term}, commit: ${log.committed}, applied: ${log.applied}, lastindex: ${log.lastIndex()}, lastterm: ${log.lastTerm()}]`,
    );
  }

  private loadState({ term, vote, commit }: HardState): void {
    if (commit < this.log.committed || commit > this.log.lastIndex()) {
      throw new RaftPanic(
        `${hex(this.id)} state.commit ${commit} is out of range [${this.log.committed}, ${this.log.lastIndex()}]`,
      );
    }
    this.log.committed = commit;
    this.term = term;
    this.vote = vote;
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  get softState(): SoftState {
    return { lead: this.lead, state: this.state };
  }

  // ---- sending ----

  send(fields: Partial<Message> & Pick<Message, 'type'>): void {
    const m = message(fields);
    if (m.from === NONE) m.from = this.id;
    if (VOTE_TYPES.has(m.type)) {
      if (m.term === 0) throw new RaftPanic(`term should be set when sending ${MESSAGE_NAMES[m.type]}`);
    } else {
      if (m.term !== 0) {
        throw new RaftPanic(`term should not be set when sending ${MESSAGE_NAMES[m.type]} (was ${m.term})`);
      }
      // Proposals and read requests are forwarded as they are: their sender need not know the leader's term.
      if (m.type !== MessageType.MsgProp && m.type !== MessageType.MsgReadIndex) m.term = this.term;
    }
    if (AFTER_APPEND.has(m.type)) {
      this.messagesAfterAppend.push(m);
      return;
    }
    if (m.to === this.id) {
      throw new RaftPanic(`message should not be self-addressed when sending ${MESSAGE_NAMES[m.type]}`);
    }
    this.messages.push(m);
  }

  // ---- roles ----

  becomeFollower(term: number, lead: NodeId): void {
    this.reset(term);
    this.lead = lead;
    this.state = State.Follower;
    this.logger.info(`${hex(this.id)} became follower at term ${this.term}`);
  }

  becomeCandidate(): void {
    if (this.state === State.Leader) throw new RaftPanic('invalid transition [leader -> candidate]');
    this.reset(this.term + 1);
    this.vote = this.id;
    this.state = State.Candidate;
    this.logger.info(`${hex(this.id)} became candidate at term ${this.term}`);
  }

  becomePreCandidate(): void {
    if (this.state === State.Leader) throw new RaftPanic('invalid transition [leader -> pre-candidate]');
    this.tracker.resetVotes();
    this.lead = NONE;
    this.state = State.PreCandidate;
    this.logger.info(`${hex(this.id)} became pre-candidate at term ${this.term}`);
  }

  becomeLeader(): void {
    if (this.state === State.Follower) throw new RaftPanic('invalid transition [follower -> leader]');
    this.reset(this.term);
    this.lead = this.id;
    this.state = State.Leader;
    const own = this.tracker.progress.get(this.id)!;
    own.becomeReplicate();
    own.recentActive = true;
    // Whatever conf change lies in the log may be unapplied: none is proposed before all of it is.
    this.pendingConfIndex = this.log.lastIndex();
    if (!this.appendEntries([{ type: EntryType.EntryNormal, term: 0, index: 0, data: new Uint8Array(0) }])) {
      throw new RaftPanic('empty entry was dropped');
    }
    this.logger.info(`${hex(this.id)} became leader at term ${this.term}`);
  }

  private reset(term: number): void {
    if (this.term !== term) {
      this.term = term;
      this.vote = NONE;
    }
    this.lead = NONE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    const { electionTick, random } = this.config;
    this.randomizedElectionTimeout = electionTick + Math.floor(random() * electionTick);
    this.leadTransferee = NONE;
    this.tracker.resetVotes();
    const last = this.log.lastIndex();
    const fresh: ProgressMap = new Map();
    for (const [id, { isLearner }] of this.tracker.progress) {
      const match = id === this.id ? last : 0;
      const inflights = this.tracker.newInflights();
      fresh.set(id, new Progress({ match, next: last + 1, inflights, isLearner, recentActive: false }));
    }
    this.tracker.set(this.tracker.config, fresh);
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.readOnly = new ReadOnly();
  }

  // ---- time ----

  tick(): void {
    if (this.state === State.Leader) this.tickLeader();
    else this.tickElection();
  }

  private tickElection(): void {
    this.electionElapsed++;
    if (!this.promotable || this.electionElapsed < this.randomizedElectionTimeout) return;
    this.electionElapsed = 0;
    this.step(message({ type: MessageType.MsgHup, from: this.id }));
  }

  private tickLeader(): void {
    this.heartbeatElapsed++;
    this.electionElapsed++;
    if (this.electionElapsed >= this.config.electionTick) {
      this.electionElapsed = 0;
      if (this.config.checkQuorum) this.step(message({ type: MessageType.MsgCheckQuorum, from: this.id }));
      // A transfer that takes longer than an election has failed.
      if (this.state === State.Leader) this.leadTransferee = NONE;
    }
    if (this.state !== State.Leader || this.heartbeatElapsed < this.config.heartbeatTick) return;
    this.heartbeatElapsed = 0;
    this.step(message({ type: MessageType.MsgBeat, from: this.id }));
  }

  /** May stand for election: a voter of its own configuration that has no snapshot half installed. */
  get promotable(): boolean {
    const own = this.tracker.progress.get(this.id);
    return own !== undefined && !own.isLearner && !this.log.hasSnapshot;
  }

  // ---- messages ----

  /** @returns why the message was refused, if it was (a proposal without a leader). */
  step(m: Message): RaftError | undefined {
    if (m.term > this.term) {
      if (this.ignoresVoteInLease(m)) return undefined;
      this.meetHigherTerm(m);
    } else if (m.term !== 0 && m.term < this.term) {
      this.answerLowerTerm(m);
      return undefined;
    }
    switch (m.type) {
      case MessageType.MsgHup:
        hup(this, this.config.preVote ? 'pre-election' : 'election');
        return undefined;
      case MessageType.MsgStorageAppendResp:
        if (m.index !== 0) this.log.unstable.stableTo(m.logTerm, m.index);
        if (m.snapshot) this.appliedSnapshot(m.snapshot);
        return undefined;
      case MessageType.MsgStorageApplyResp:
        if (m.entries.length > 0) {
          this.appliedTo(m.entries[m.entries.length - 1].index, entriesSize(m.entries));
          this.reduceUncommitted(payloadsSize(m.entries));
        }
        return undefined;
      case MessageType.MsgVote:
      case MessageType.MsgPreVote:
        handleVoteRequest(this, m);
        return undefined;
      default:
        if (this.state === State.Leader) return stepLeader(this, m);
        return this.state === State.Follower ? stepFollower(this, m) : stepCandidate(this, m);
    }
  }

  /** A node that hears its leader does not help to depose it (dissertation, section 4.2.3). */
  private ignoresVoteInLease(m: Message): boolean {
    if (m.type !== MessageType.MsgVote && m.type !== MessageType.MsgPreVote) return false;
    const forced = bytesEqual(m.context, CAMPAIGN_TRANSFER);
    const { checkQuorum, electionTick } = this.config;
    const inLease = checkQuorum === true && this.lead !== NONE && this.electionElapsed < electionTick;
    if (forced || !inLease) return false;
    this.logger.info(
      `${hex(this.id)} [logterm: ${this.log.lastTerm()}, index: ${this.log.lastIndex()}, vote: ${hex(this.vote)}] ignored ${MESSAGE_NAMES[m.type]} from ${hex(m.from)} [logterm: ${m.logTerm}, index: ${m.index}] at term ${this.term}: lease is not expired (remaining ticks: ${electionTick - this.electionElapsed})`,
    );
    return true;
  }

  private meetHigherTerm(m: Message): void {
    // A pre-vote changes nobody's term, and neither does its being granted: that happens when the election begins.
    if (m.type === MessageType.MsgPreVote) return;
    if (m.type === MessageType.MsgPreVoteResp && !m.reject) return;
    this.logger.info(
      `${hex(this.id)} [term: ${this.term}] received a ${MESSAGE_NAMES[m.type]} message with higher term from ${hex(m.from)} [term: ${m.term}]`,
    );
    const fromLeader =
      m.type === MessageType.MsgApp || m.type === MessageType.MsgHeartbeat || m.type === MessageType.MsgSnap;
    this.becomeFollower(m.term, fromLeader ? m.from : NONE);
  }

  private answerLowerTerm(m: Message): void {
    const { checkQuorum, preVote } = this.config;
    if ((checkQuorum || preVote) && (m.type === MessageType.MsgHeartbeat || m.type === MessageType.MsgApp)) {
      // Tells a leader that was cut off about our term, which our pre-votes can't.
      this.send({ type: MessageType.MsgAppResp, to: m.from });
    } else if (m.type === MessageType.MsgPreVote) {
      this.logger.info(
        `${hex(this.id)} [logterm: ${this.log.lastTerm()}, index: ${this.log.lastIndex()}, vote: ${hex(this.vote)}] rejected ${MESSAGE_NAMES[m.type]} from ${hex(m.from)} [logterm: ${m.logTerm}, index: ${m.index}] at term ${this.term}`,
      );
      this.send({ type: MessageType.MsgPreVoteResp, to: m.from, term: this.term, reject: true });
    } else if (m.type === MessageType.MsgStorageAppendResp) {
      if (m.index !== 0) {
        this.logger.info(
          `${hex(this.id)} [term: ${this.term}] ignored entry appends from a ${MESSAGE_NAMES[m.type]} message with lower term [term: ${m.term}]`,
        );
      }
      if (m.snapshot) this.appliedSnapshot(m.snapshot);
    } else {
      this.logger.info(
        `${hex(this.id)} [term: ${this.term}] ignored a ${MESSAGE_NAMES[m.type]} message with lower term from ${hex(m.from)} [term: ${m.term}]`,
      );
    }
  }

  // ---- the log ----

  /** Numbers the entries and appends them; false if they would exceed the limit on uncommitted bytes. */
  appendEntries(entries: Entry[]): boolean {
    const bytes = payloadsSize(entries);
    const max = this.config.maxUncommittedEntriesSize || NO_LIMIT;
    if (this.uncommittedBytes > 0 && bytes > 0 && this.uncommittedBytes + bytes > max) {
      this.logger.warn(
        `${hex(this.id)} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`,
      );
      return false;
    }
    this.uncommittedBytes += bytes;
    let index = this.log.lastIndex();
    for (const entry of entries) {
      entry.term = this.term;
      entry.index = ++index;
    }
    this.log.append(entries);
    // Our own acknowledgement, given when the entries are stable.
    this.send({ type: MessageType.MsgAppResp, to: this.id, index });
    return true;
  }

  private reduceUncommitted(bytes: number): void {
    this.uncommittedBytes = Math.max(0, this.uncommittedBytes - bytes);
  }

  appliedTo(index: number, bytes: number): void {
    const applied = Math.max(index, this.log.applied);
    this.log.appliedTo(applied, bytes);
    const { config } = this.tracker;
    if (!config.autoLeave || applied < this.pendingConfIndex || this.state !== State.Leader) return;
    // An empty change leaves the joint configuration.
    const leave: Entry = { type: EntryType.EntryConfChangeV2, term: 0, index: 0, data: new Uint8Array(0) };
    const refused = this.step(message({ type: MessageType.MsgProp, from: this.id, entries: [leave] }));
    const what = describeConfig(config);
    if (refused) {
      this.logger.debug(
        `not initiating automatic transition out of joint configuration ${what}: ${refused.message}`,
      );
    } else this.logger.info(`initiating automatic transition out of joint configuration ${what}`);
  }

  private appliedSnapshot(snapshot: Snapshot): void {
    const { index } = snapshot.metadata!;
    this.log.unstable.stableSnapshotTo(index);
    this.appliedTo(index, 0);
  }

  get committedEntryInCurrentTerm(): boolean {
    return this.log.termOrZero(this.log.committed) === this.term;
  }
}
