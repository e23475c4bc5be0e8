/**
 * A cluster of raft cores in a world that loses, repeats and reorders messages, cuts links, and crashes nodes between any
 * two writes. Everything that happens follows from a seed. After each event the properties of the Raft paper's figure 3
 * are checked; a violation throws.
 */
import assert from 'node:assert/strict';
import {
  ConfChange,
  ConfChangeV2,
  type Entry,
  EntryType,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  type RaftLogger,
  RawNode,
} from '../../../src/core/raft/index.ts';
import { jointVote, VoteResult } from '../../../src/core/raft/quorum.ts';
import { Message as MessageCodec } from '../../../src/core/wire/gen/raft.ts';
import { LEAVE, someChange } from './changes.ts';
import { Properties } from './properties.ts';
import { randomFrom } from './random.ts';
import { chain, decodeState, encodeState, type SimNode, SimStorage } from './sim-node.ts';

export interface WorldOptions {
  readonly seed: number;
  /** Founders of the cluster. */
  readonly founders: number;
  /** Nodes that can be added to it later. */
  readonly spares: number;
  readonly asyncStorageWrites: boolean;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly confChanges: boolean;
}

const QUIET: RaftLogger = { debug() {}, info() {}, warn() {}, error() {} };
const NOTHING = new Uint8Array(0);

export class World {
  readonly nodes: SimNode[];
  readonly properties = new Properties();
  readonly random: () => number;
  private readonly o: WorldOptions;
  private mail: Message[] = [];
  private cut = new Set<string>();
  private proposals = 0;

  constructor(options: WorldOptions) {
    this.o = options;
    this.random = randomFrom(options.seed);
    const count = options.founders + options.spares;
    this.nodes = Array.from({ length: count }, (_, i) => ({
      id: BigInt(i + 1),
      storage: new SimStorage(),
      raw: undefined,
      appendWork: [],
      applyWork: [],
      applied: 0,
      state: 0,
      confState: undefined,
    }));
    const founders = this.nodes.slice(0, options.founders);
    for (const node of this.nodes) this.start(node);
    for (const node of founders) {
      node.raw!.bootstrap(founders.map(({ id }) => ({ id, context: NOTHING })));
      this.settle(node);
      // A cluster exists when its founders have stored that it does.
      while (node.appendWork.length > 0) this.storeNext(node);
    }
  }

  // ---- a node's life ----

  private start(node: SimNode): void {
    const { storage } = node;
    const { data, metadata } = storage.stored();
    node.applied = metadata!.index;
    node.state = decodeState(data);
    node.confState = metadata!.confState;
    node.appendWork = [];
    node.applyWork = [];
    storage.current = () => {
      const { applied, state, confState, raw } = node;
      if (applied <= storage.stored().metadata!.index) return storage.stored();
      return {
        data: encodeState(state),
        metadata: { index: applied, term: raw!.raft.log.term(applied), confState },
      };
    };
    node.raw = new RawNode({
      id: node.id,
      electionTick: 10,
      heartbeatTick: 1,
      storage,
      applied: node.applied,
      asyncStorageWrites: this.o.asyncStorageWrites,
      maxSizePerMsg: 100,
      maxCommittedSizePerReady: 200,
      maxUncommittedEntriesSize: 400,
      maxInflightMsgs: 4,
      maxInflightBytes: 200,
      preVote: this.o.preVote,
      checkQuorum: this.o.checkQuorum,
      stepDownOnRemoval: true,
      random: this.random,
      logger: QUIET,
    });
  }

  private crash(node: SimNode): void {
    node.raw = undefined;
    this.mail = this.mail.filter((m) => !(m.to === node.id && isOwn(m)));
  }

  /** Carries out what the node has ready. */
  private settle(node: SimNode): void {
    const { raw } = node;
    while (raw?.hasReady()) {
      const rd = raw.ready();
      for (const { index, requestCtx } of rd.readStates) this.properties.readAnswered(requestCtx, index);
      if (!this.o.asyncStorageWrites) {
        this.store(node, { ...(rd.hardState ?? { term: 0, vote: 0n, commit: 0 }), ...rd });
        this.apply(node, rd.committedEntries);
      }
      for (const m of rd.messages) {
        if (m.to === LOCAL_APPEND_THREAD) node.appendWork.push(m);
        else if (m.to === LOCAL_APPLY_THREAD) node.applyWork.push(m);
        else this.post(m);
      }
      if (!this.o.asyncStorageWrites) raw.advance();
      if (raw.isLeader) this.properties.leads(node.id, raw);
    }
  }

  private storeNext(node: SimNode): void {
    const work = node.appendWork.shift()!;
    this.store(node, work);
    for (const r of work.responses) this.post(r);
  }

  private store(
    { id, storage }: SimNode,
    w: Pick<Message, 'term' | 'commit' | 'snapshot'> & {
      readonly vote?: bigint | undefined;
      readonly entries: readonly Entry[];
    },
  ): void {
    if (w.snapshot) storage.applySnapshot(w.snapshot);
    storage.append(w.entries);
    if (w.term === 0) return;
    const next = { term: w.term, vote: w.vote ?? 0n, commit: w.commit };
    this.properties.stores(id, storage.initialState().hardState, next);
    storage.setHardState(next);
  }

  private apply(node: SimNode, entries: readonly Entry[]): void {
    // A snapshot that was stored is what later entries build on.
    const { data, metadata } = node.storage.stored();
    if (metadata!.index > node.applied) {
      node.applied = metadata!.index;
      node.state = decodeState(data);
      node.confState = metadata!.confState;
    }
    // A snapshot that the core has taken covers them: its configuration counts already, theirs is history.
    const covered = Math.max(node.applied, node.raw!.raft.log.unstable.snapshot?.metadata?.index ?? 0);
    for (const entry of entries) {
      if (entry.index <= covered) continue;
      assert.equal(entry.index, node.applied + 1, `node ${node.id} applies with a hole`);
      node.applied = entry.index;
      node.state = chain(node.state, entry);
      this.properties.applied(node, entry);
      if (entry.type === EntryType.EntryConfChange)
        node.confState = node.raw!.applyConfChange(ConfChange.decode(entry.data));
      else if (entry.type === EntryType.EntryConfChangeV2)
        node.confState = node.raw!.applyConfChange(ConfChangeV2.decode(entry.data));
    }
  }

  private post(m: Message): void {
    // Through the codec: nodes share no objects.
    this.mail.push(MessageCodec.decode(MessageCodec.encode(m)));
  }

  // ---- events ----

  /** Some mail arrives, some storage work gets done, and one more thing happens. */
  event(): void {
    for (let n = this.below(4); n > 0; n--) this.deliverSome();
    for (let n = this.below(4); n > 0; n--) this.storageWork(this.someNode());
    const node = this.someNode();
    const dice = this.random() * 100;
    if (dice < 60) this.onNode(node, (raw) => raw.tick());
    else if (dice < 75) this.propose(node);
    else if (dice < 83) this.read(node);
    else if (dice < 87) this.compact(node);
    else if (dice < 90 && this.o.confChanges) this.changeConfig(node);
    else if (dice < 91) this.transfer(node);
    else if (dice < 91.5) this.onNode(node, (raw) => void raw.forgetLeader());
    else if (dice < 92) this.onNode(node, (raw) => void raw.campaign());
    else if (dice < 93) this.onNode(node, (raw) => raw.reportUnreachable(this.someNode().id));
    else if (dice < 94) this.cutLinks();
    else if (dice < 95) this.crash(node);
    else for (const n of this.nodes) if (!n.raw && this.random() < 0.5) this.restart(n);
  }

  private someNode(): SimNode {
    return this.nodes[this.below(this.nodes.length)];
  }

  private restart(node: SimNode): void {
    this.start(node);
    this.settle(node);
  }

  private onNode(node: SimNode, run: (raw: RawNode) => void): void {
    if (!node.raw) return;
    run(node.raw);
    this.settle(node);
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  private deliverSome(): void {
    if (this.mail.length === 0) return;
    // Mostly in order; sometimes anything.
    const at = this.random() < 0.8 ? 0 : this.below(this.mail.length);
    const m = this.mail[at];
    const fate = this.random();
    if (fate < 0.03 && !isOwn(m)) this.mail.push(MessageCodec.decode(MessageCodec.encode(m)));
    this.mail.splice(at, 1);
    const lost = !isOwn(m) && (fate > 0.94 || this.cut.has(`${m.from}>${m.to}`));
    this.deliver(m, lost);
  }

  private deliver(m: Message, lost: boolean): void {
    const target = this.nodes[Number(m.to) - 1];
    const arrived = !lost && target.raw !== undefined;
    if (arrived) this.onNode(target, (raw) => void raw.step(m));
    if (m.type === MessageType.MsgSnap) {
      this.onNode(this.nodes[Number(m.from) - 1], (raw) => raw.reportSnapshot(m.to, arrived));
    }
  }

  private storageWork(node: SimNode): void {
    if (!node.raw) return;
    if (this.random() < 0.6) {
      if (node.appendWork.length > 0) this.storeNext(node);
    } else if (node.applyWork.length > 0) this.applyNext(node);
    this.settle(node);
  }

  private applyNext(node: SimNode): void {
    const work = node.applyWork.shift()!;
    this.apply(node, work.entries);
    for (const r of work.responses) this.post(r);
  }

  private propose(node: SimNode): void {
    const count = 1 + this.below(4);
    const payloads = Array.from({ length: count }, () => Buffer.from(`p${++this.proposals}`.padEnd(20, '.')));
    this.onNode(node, (raw) => void raw.propose(payloads));
  }

  private read(node: SimNode): void {
    const context = this.properties.readStarts();
    this.onNode(node, (raw) => raw.readIndex(context));
  }

  private compact(node: SimNode): void {
    const { storage, applied, confState, state, raw } = node;
    // A snapshot is stored behind the hard state that says its entries are committed, as a write-ahead log does.
    if (storage.initialState().hardState.commit < applied) return;
    if (!raw || applied <= storage.stored().metadata!.index || applied > storage.lastIndex()) return;
    storage.createSnapshot(applied, confState!, encodeState(state));
    // What the core has not been told is applied, it may still read.
    const to = raw.raft.log.applied - this.below(4);
    if (to >= storage.firstIndex()) storage.compact(to);
  }

  private changeConfig(node: SimNode): void {
    if (!node.confState) return;
    const change = someChange(node.confState, this.random, () => this.someNode().id);
    // Only through the leader: it alone knows whether a change is under way in what it has applied.
    if (change) {
      this.onNode(node, (raw) => {
        if (raw.isLeader) raw.proposeConfChange(change.type, change.data);
      });
    }
  }

  private transfer(node: SimNode): void {
    this.onNode(node, (raw) => raw.transferLeader(this.someNode().id));
  }

  private cutLinks(): void {
    this.cut.clear();
    if (this.random() < 0.7) return;
    const side = new Set(this.nodes.filter(() => this.random() < 0.5).map(({ id }) => id));
    for (const a of this.nodes) {
      for (const b of this.nodes) {
        if (side.has(a.id) !== side.has(b.id)) this.cut.add(`${a.id}>${b.id}`);
        // Links that carry one way only are the worst.
        else if (this.random() < 0.1) this.cut.add(`${a.id}>${b.id}`);
      }
    }
  }

  // ---- a calm end ----

  /**
   * Everything works again; runs until all members agree, and a new entry gets to all of them.
   *
   * One end is nobody's fault: a configuration counts from its apply on, not from when it is in the log. A leader that was
   * removed, and stepped down before the others heard that this is committed, may keep the longest log without being
   * allowed to stand for election, while the others still need its vote. (etcd's members therefore linger after removal.)
   */
  calm(): 'agreed' | 'deadlocked' {
    this.cut.clear();
    for (const node of this.nodes) if (!node.raw) this.restart(node);
    const marker = `end ${this.o.seed}`;
    for (let round = 0; round < 3000; round++) {
      for (const node of this.nodes) this.onNode(node, (raw) => raw.tick());
      this.exchange();
      const leader = this.leader();
      if (!leader) continue;
      if (round % 50 === 49) this.onNode(leader, (raw) => void this.leaveJoint(leader, raw, marker));
      this.exchange();
      if (this.agreed(leader) && round > 100) return 'agreed';
    }
    if (!this.nodes.some((node) => this.couldWin(node))) return 'deadlocked';
    assert.fail(`no agreement: ${this.describe()}`);
  }

  /** Whether the logs allow this node to be elected, if all who have a vote heard it. */
  private couldWin({ raw }: SimNode): boolean {
    const { raft } = raw!;
    if (!raft.promotable) return false;
    const { log, tracker } = raft;
    const votes = (id: bigint): boolean =>
      this.nodes[Number(id) - 1].raw!.raft.log.isUpToDate(log.lastTerm(), log.lastIndex());
    return jointVote(tracker.config.voters, votes) === VoteResult.Won;
  }

  private leaveJoint(leader: SimNode, raw: RawNode, marker: string): void {
    if (leader.confState!.votersOutgoing.length > 0) raw.proposeConfChange(LEAVE.type, LEAVE.data);
    raw.propose([Buffer.from(marker)]);
  }

  /** All mail and all work, until there is none. */
  private exchange(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const node of this.nodes) {
        while (node.appendWork.length > 0) this.storeNext(node);
        while (node.applyWork.length > 0) this.applyNext(node);
        this.settle(node);
      }
      const mail = this.mail;
      this.mail = [];
      for (const m of mail) {
        busy = true;
        this.deliver(m, false);
      }
    }
  }

  leader(): SimNode | undefined {
    const leading = this.nodes.filter(({ raw }) => raw?.isLeader);
    return leading.sort((a, b) => b.raw!.term - a.raw!.term)[0];
  }

  private agreed(leader: SimNode): boolean {
    const { voters, learners, votersOutgoing } = leader.confState!;
    if (votersOutgoing.length > 0) return false;
    const last = leader.storage.lastIndex();
    return [...voters, ...learners].every((id) => {
      const { applied, state } = this.nodes[Number(id) - 1];
      return applied === last && state === leader.state;
    });
  }

  describe(): string {
    return this.nodes
      .map(({ id, raw, applied, storage, confState }) => {
        const role = raw
          ? `${raw.isLeader ? 'leader' : 'follower'} term ${raw.term} lead ${raw.lead}`
          : 'down';
        const progress = raw?.isLeader ? ` [${raw.describeProgress().replaceAll('\n', '; ')}]` : '';
        return `${id}: ${role} applied ${applied} last ${storage.lastIndex()} voters ${confState?.voters}&&${confState?.votersOutgoing}${progress}`;
      })
      .join('\n');
  }
}

/** From the node's own storage or from itself: not on a network. */
function isOwn(m: Message): boolean {
  return m.from === m.to || m.from === LOCAL_APPEND_THREAD || m.from === LOCAL_APPLY_THREAD;
}
