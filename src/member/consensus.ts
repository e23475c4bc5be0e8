/**
 * From a request to a committed entry: the loop that drives raft, the proposals and reads that wait for it, and what is
 * known of the leader. Committed entries go to `apply`, in order.
 */
import { type Done, ERR } from '../core/errors.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Timer } from '../core/ports/clock.ts';
import { ConfChange, type Entry, EntryType, type Message, type Snapshot } from '../core/raft/index.ts';
import { requestIdBits } from '../core/wire/proposal.ts';
import { Leadership } from './leadership.ts';
import type { ConfigurationChange } from './membership-desk.ts';
import { electionTimeoutMs, MAX_APPLY_LAG, requestTimeoutMs } from './options.ts';
import type { MemberParts, Propose } from './parts.ts';
import { Proposals } from './proposals.ts';
import { RaftLoop } from './raft-loop.ts';
import { ReadIndex } from './read-index.ts';
import { Standstill } from './standstill.ts';

const CAMPAIGN_POLL_MS = 2;

export interface ConsensusEnd {
  /** Applies committed entries, one at least, and says how many. */
  apply(entries: readonly Entry[]): number;
  appliedIndex(): number;
  sendSnapshot(message: Message): void;
  install(snapshot: Snapshot): Promise<void>;
  onFatal(error: Error): void;
}

export class Consensus {
  readonly leadership: Leadership;
  readonly proposals: Proposals;
  readonly reads: ReadIndex;
  readonly standstill: Standstill;
  private readonly p: MemberParts;
  private readonly end: ConsensusEnd;
  private readonly loop: RaftLoop;
  private ticker: Timer | undefined;
  private stopped = false;

  constructor(parts: MemberParts, end: ConsensusEnd) {
    this.p = parts;
    this.end = end;
    const { clock, options, events } = parts;
    const timeoutMs = requestTimeoutMs(options);
    this.leadership = new Leadership({
      memberId: options.memberId,
      electionTimeoutMs: electionTimeoutMs(options),
      now: () => clock.now(),
    });
    this.loop = new RaftLoop({
      clock,
      node: parts.raft,
      storage: parts.storage,
      log: parts.log,
      link: parts.link,
      memberId: options.memberId,
      apply: (entries) => end.apply(entries),
      sendSnapshot: (message) => end.sendSnapshot(message),
      installSnapshot: (snapshot) => end.install(snapshot),
      onReadStates: (states) => {
        for (const { index, requestCtx } of states) this.reads.answer(requestCtx, index);
      },
      onSoftState: ({ lead }) => this.leaderIs(lead),
      onFatal: (error) => end.onFatal(error),
    });
    this.proposals = new Proposals({
      clock,
      ids: parts.ids,
      maxRequestBytes: options.maxRequestBytes,
      timeoutMs,
      submit: (entries) => this.submit(entries),
      explainTimeout: (since) => this.leadership.explainTimeout(since),
      tooLarge: events.onRequestTooLarge,
    });
    this.reads = new ReadIndex({
      clock,
      timeoutMs,
      ask: (context) => this.askReadIndex(context),
      appliedIndex: () => end.appliedIndex(),
      nextContext: () => idBytes(requestIdBits(this.proposals.nextId())),
      onSlow: events.onSlowRead,
    });
    this.standstill = new Standstill({
      clock,
      limitMs: electionTimeoutMs(options),
      confirm: (done) => this.reads.barrier(done),
    });
  }

  /** Starts ticking. A single voter elects itself at once instead of waiting out the election timeout. */
  start(): void {
    const { clock, options } = this.p;
    this.ticker = clock.every(options.heartbeatMs, () => {
      this.standstill.ticked();
      this.loop.input((node) => node.tick());
    });
    this.loop.wake();
    this.campaignAlone();
  }

  /** Nothing is carried out any more; what waits fails. */
  stop(): void {
    this.stopped = true;
    this.ticker?.cancel();
    this.loop.stop();
    this.proposals.stop();
    this.reads.stop();
  }

  /** What the core can't take is a broken invariant here, not a broken connection of whoever sent it. */
  step(message: Message): void {
    try {
      this.loop.input((node) => node.step(message));
    } catch (error) {
      this.end.onFatal(error as Error);
    }
  }

  /** @returns whether raft takes the snapshot: it may be older than what this member has. */
  stepSnapshot(message: Message): boolean {
    this.step(message);
    return this.loop.awaits(message.snapshot!.metadata!.index);
  }

  reportUnreachable(id: bigint): void {
    this.loop.input((node) => node.reportUnreachable(id));
  }

  /** A snapshot arrived there, or did not. */
  snapshotEnded(id: bigint, arrived: boolean): void {
    this.loop.input((node) => {
      if (!arrived) node.reportUnreachable(id);
      node.reportSnapshot(id, arrived);
    });
  }

  transferTo(id: bigint): void {
    this.loop.input((node) => node.transferLeader(id));
  }

  readonly propose: Propose = (op, request, write, done) => {
    if (this.p.raft.committed > this.end.appliedIndex() + MAX_APPLY_LAG) return done(ERR.TooManyRequests);
    this.proposals.propose(op, request, write, done);
  };

  /**
   * For what a leader says out of its own memory: at once, unless it may have been replaced, or has not applied all that
   * it knows to be committed. Followers with a faster disk have, and what they answer must not be older than this.
   */
  whenUpToDate(done: Done<void>): void {
    if (this.end.appliedIndex() < this.p.raft.committed) this.reads.barrier(done);
    else this.standstill.whenSure(done);
  }

  proposeChange(change: ConfigurationChange, done: Done<ClusterMember[]>): void {
    const id = this.proposals.nextId();
    const data = ConfChange.encode({ id: requestIdBits(id), ...change });
    this.proposals.wait(id, 0, change, done);
    this.loop.input((node) => node.proposeConfChange(EntryType.EntryConfChange, data));
  }

  /** A single voter has nobody to wait for: it stands for election as soon as it has replayed its log. */
  private campaignAlone(): void {
    if (this.stopped || this.leadership.leader !== 0n) return;
    const { cluster, raft, options, clock } = this.p;
    const voters = cluster.voters();
    if (voters.length > 1) return;
    const replayed = this.end.appliedIndex() >= raft.committed;
    if (replayed && voters[0]?.id === options.memberId) this.loop.input((node) => node.campaign());
    else clock.after(CAMPAIGN_POLL_MS, () => this.campaignAlone());
  }

  private submit(entries: Uint8Array[]): boolean {
    if (this.leadership.leader === 0n) return false;
    // Dropped (a transfer is under way): they stay in the batch, for the next leader.
    if (this.loop.input((node) => node.propose(entries))) return false;
    this.loop.run();
    return true;
  }

  /**
   * A leader has to have committed an entry of its own term first (Raft dissertation, section 6.4). The core waits for
   * that in a cluster, but answers a single voter at once, whose commit index after a restart may be older than what it
   * had acknowledged: so the question is kept back here, and asked when that entry is applied.
   */
  private askReadIndex(context: Uint8Array): void {
    if (this.leadership.isLeader && !this.p.lessor.isPrimary) return;
    this.loop.input((node) => node.readIndex(context));
  }

  private leaderIs(leader: bigint): void {
    if (!this.leadership.update(leader)) return;
    if (!this.leadership.isLeader) this.p.lessor.demote();
    this.reads.leaderChanged();
    this.p.events.onLeader(leader, this.p.raft.term);
    if (leader !== 0n) this.proposals.flush();
  }
}

function idBytes(id: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}
