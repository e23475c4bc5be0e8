/** The commands of interaction scripts: a handful of nodes, the messages between them, and everything they say. */
import {
  ConfChange,
  ConfChangeV2,
  type ConfState,
  describeEntries,
  describeMessage,
  describeReady,
  type Entry,
  EntryType,
  type HardState,
  isEmptySnapshot,
  isLocalThread,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  MESSAGE_NAMES,
  MemoryStorage,
  type Message,
  MessageType,
  message,
  NO_LIMIT,
  type RaftConfig,
  type RaftError,
  RawNode,
  type Snapshot,
  STATE_NAMES,
} from '../../../src/core/raft/index.ts';
import { LEVELS, Output, SILENT } from './output.ts';
import { Arguments, type Case } from './script.ts';

const TRANSITIONS = ['auto', 'implicit', 'explicit'];

/** Storage whose snapshot is the last state of the node's history. */
class HistoryStorage extends MemoryStorage {
  history: Snapshot[] = [];

  override snapshot(): Snapshot {
    return this.history.length > 0 ? this.history[this.history.length - 1] : super.snapshot();
  }
}

interface TestNode {
  readonly id: bigint;
  readonly raw: RawNode;
  readonly storage: HistoryStorage;
  readonly async: boolean;
  readonly appendWork: Message[];
  readonly applyWork: Message[];
}

export class Environment {
  private readonly out = new Output();
  private readonly nodes: TestNode[] = [];
  private messages: Message[] = [];

  run(c: Case): string {
    this.out.text = '';
    const args = new Arguments(c.args);
    const command = this.commands[c.command];
    let failure: string | undefined;
    if (!command) return 'unknown command\n';
    try {
      failure = command(args, c.input) ?? undefined;
    } catch (error) {
      failure = (error as Error).message;
    }
    // Errors are told even when everything else is silenced.
    if (failure !== undefined) {
      return this.out.level === SILENT ? `${failure}\n` : `${this.out.text}${failure}\n`;
    }
    return this.out.text === '' ? 'ok\n' : this.out.text;
  }

  private node(id: number): TestNode {
    return this.nodes[id - 1];
  }

  private readonly commands: Record<string, (args: Arguments, input: string) => string | undefined> = {
    'add-nodes': (args) => this.addNodes(args),
    campaign: (args) => textOf(this.node(args.ids()[0]).raw.campaign()),
    propose: (args) => {
      const [id, data] = args.words;
      return textOf(this.node(Number(id)).raw.propose([Buffer.from(data ?? '')]));
    },
    'propose-conf-change': (args, input) => this.proposeConfChange(args, input),
    'tick-election': (args) => this.tick(args.ids()[0], (c) => c.electionTick),
    'tick-heartbeat': (args) => this.tick(args.ids()[0], (c) => c.heartbeatTick),
    'set-randomized-election-timeout': (args) => {
      this.node(args.ids()[0]).raw.raft.randomizedElectionTimeout = Number(args.value('timeout'));
      return undefined;
    },
    'process-ready': (args) => this.each(args.ids(), 'handling Ready', (n) => this.processReady(n)),
    'process-append-thread': (args) =>
      this.each(args.ids(), 'processing append thread', (n) => this.processAppend(n)),
    'process-apply-thread': (args) =>
      this.each(args.ids(), 'processing apply thread', (n) => this.processApply(n)),
    'deliver-msgs': (args) => {
      const type = args.value('type');
      let n = 0;
      for (const { key, values } of args.all) {
        if (values.length === 0) n += this.deliver(Number(key), type, false);
        else if (key === 'drop') for (const id of values) n += this.deliver(Number(id), type, true);
      }
      if (n === 0) this.out.write('no messages\n');
      return undefined;
    },
    stabilize: (args) => this.stabilize(args),
    status: (args) => {
      this.out.write(this.node(args.ids()[0]).raw.describeProgress());
      return undefined;
    },
    'raft-log': (args) => this.raftLog(this.node(args.ids()[0])),
    'raft-state': () => {
      for (const { id, raw } of this.nodes) {
        const { raft } = raw;
        const voter = raft.tracker.isVoter(id) ? '(Voter)' : '(Non-Voter)';
        this.out.write(`${id}: ${STATE_NAMES[raft.state]} ${voter} Term:${raft.term} Lead:${raft.lead}\n`);
      }
      return undefined;
    },
    compact: (args) => {
      const [id, index] = args.ids();
      this.node(id).storage.compact(index);
      return this.raftLog(this.node(id));
    },
    'send-snapshot': (args) => {
      const [from, to] = args.ids();
      const { raw, storage, id } = this.node(from);
      const m = message({
        type: MessageType.MsgSnap,
        term: raw.term,
        from: id,
        to: BigInt(to),
        snapshot: storage.snapshot(),
      });
      this.messages.push(m);
      this.out.write(`${describeMessage(m)}\n`);
      return undefined;
    },
    'transfer-leadership': (args) => {
      this.node(Number(args.value('from'))).raw.transferLeader(BigInt(args.value('to')!));
      return undefined;
    },
    'forget-leader': (args) => textOf(this.node(args.ids()[0]).raw.forgetLeader()),
    'report-unreachable': (args) => {
      const [id, peer] = args.ids();
      this.node(id).raw.reportUnreachable(BigInt(peer));
      return undefined;
    },
    'log-level': (args) => {
      const level = LEVELS.indexOf(args.words[0].toUpperCase());
      if (level < 0) return `log levels must be either of [${LEVELS.join(' ')}]`;
      this.out.level = level;
      return undefined;
    },
    _breakpoint: () => undefined,
  };

  private addNodes(args: Arguments): string | undefined {
    const count = args.ids()[0];
    const voters = (args.list('voters') ?? []).map(BigInt);
    const learners = (args.list('learners') ?? []).map(BigInt);
    const index = Number(args.value('index') ?? 0);
    const content = args.value('content') ?? '';
    const bootstrapped = voters.length > 0 || learners.length > 0 || index > 0 || content !== '';
    if (bootstrapped && index <= 1) return 'index must be specified as > 1 due to bootstrap';
    const confState: ConfState = { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
    const snapshot: Snapshot = { data: Buffer.from(content), metadata: { index, term: 1, confState } };
    for (let i = 0; i < count; i++) {
      const storage = new HistoryStorage();
      if (bootstrapped) {
        storage.applySnapshot(snapshot);
      }
      storage.history.push(bootstrapped ? snapshot : storage.snapshot());
      const id = BigInt(this.nodes.length + 1);
      const config: RaftConfig = {
        id,
        electionTick: 3,
        heartbeatTick: 1,
        storage,
        applied: bootstrapped ? index : 0,
        asyncStorageWrites: args.flag('async-storage-writes'),
        maxSizePerMsg: NO_LIMIT,
        maxCommittedSizePerReady: Number(args.value('max-committed-size-per-ready') ?? 0),
        maxInflightMsgs: Number(args.value('inflight') ?? 2 ** 31 - 1),
        preVote: args.flag('prevote'),
        checkQuorum: args.flag('checkquorum'),
        readOnlyOption: args.value('read-only') === 'lease-based' ? 'lease-based' : 'safe',
        disableConfChangeValidation: args.flag('disable-conf-change-validation'),
        stepDownOnRemoval: args.flag('step-down-on-removal'),
        random: () => 0,
        logger: this.out.logger(),
      };
      const raw = new RawNode(config);
      this.nodes.push({ id, raw, storage, async: config.asyncStorageWrites!, appendWork: [], applyWork: [] });
    }
    return undefined;
  }

  private tick(id: number, count: (config: RaftConfig) => number): undefined {
    const { raw } = this.node(id);
    for (let i = count(raw.raft.config); i > 0; i--) raw.tick();
  }

  private proposeConfChange(args: Arguments, input: string): string | undefined {
    const { raw } = this.node(args.ids()[0]);
    const tokens = input.split(/\s+/).filter(Boolean);
    const changes = tokens.map(parseChange);
    const transition = Math.max(0, TRANSITIONS.indexOf(args.value('transition') ?? 'auto'));
    if (!args.flag('v1')) {
      const data = ConfChangeV2.encode({ transition, changes, context: new Uint8Array(0) });
      return textOf(raw.proposeConfChange(EntryType.EntryConfChangeV2, data));
    }
    if (changes.length > 1 || transition !== 0) {
      return 'v1 conf change can only have one operation and no transition';
    }
    const data = ConfChange.encode({ id: 0n, ...changes[0], context: new Uint8Array(0) });
    return textOf(raw.proposeConfChange(EntryType.EntryConfChange, data));
  }

  /** One node: the output as it is. Several: each under its own header. */
  private each(ids: number[], what: string, run: (node: TestNode) => void): undefined {
    if (ids.length === 1) run(this.node(ids[0]));
    else for (const id of ids) this.headed(`${id} ${what}`, () => run(this.node(id)));
  }

  private headed(title: string, run: () => void): void {
    this.out.write(`> ${title}\n`);
    this.out.nested(run);
  }

  private processReady(node: TestNode): void {
    const { raw, storage } = node;
    const rd = raw.ready();
    this.out.write(`${describeReady(rd)}`);
    if (!node.async) {
      store(storage, rd.hardState, rd.entries, rd.snapshot);
      this.apply(node, rd.committedEntries);
    }
    for (const m of rd.messages) {
      if (m.to === LOCAL_APPEND_THREAD) node.appendWork.push(m);
      else if (m.to === LOCAL_APPLY_THREAD) node.applyWork.push(m);
      else this.messages.push(m);
    }
    if (!node.async) raw.advance();
  }

  private apply({ raw, storage }: TestNode, entries: readonly Entry[]): void {
    for (const entry of entries) {
      let update = entry.data;
      let confState: ConfState | undefined;
      if (entry.type === EntryType.EntryConfChange) {
        const change = ConfChange.decode(entry.data);
        update = change.context;
        confState = raw.applyConfChange(change);
      } else if (entry.type === EntryType.EntryConfChangeV2) {
        const change = ConfChangeV2.decode(entry.data);
        update = change.context;
        confState = raw.applyConfChange(change);
      }
      const last = storage.history[storage.history.length - 1];
      storage.history.push({
        data: Buffer.concat([last.data, update]),
        metadata: { index: entry.index, term: entry.term, confState: confState ?? last.metadata!.confState },
      });
    }
  }

  private processAppend(node: TestNode): void {
    this.work(node.appendWork, 'append', ({ term, vote, commit, entries, snapshot }) => {
      const hardState = term || vote || commit ? { term, vote: vote ?? 0n, commit } : undefined;
      store(node.storage, hardState, entries, snapshot);
    });
  }

  private processApply(node: TestNode): void {
    this.work(node.applyWork, 'apply', ({ entries }) => this.apply(node, entries));
  }

  private work(queue: Message[], what: string, run: (m: Message) => void): void {
    const m = queue.shift();
    if (!m) return this.out.write(`no ${what} work to perform`);
    this.out.write('Processing:\n');
    this.out.write(`${describeMessage({ ...m, responses: [] })}\n`);
    run(m);
    this.out.write('Responses:\n');
    for (const r of m.responses) this.out.write(`${describeMessage(r)}\n`);
    this.messages.push(...m.responses);
  }

  /** What a node says to itself, or its storage to it, can't be lost on the way. */
  private deliver(id: number, type: string | undefined, drop: boolean): number {
    const to = BigInt(id);
    const mine: Message[] = [];
    this.messages = this.messages.filter((m) => {
      const taken =
        m.to === to &&
        (!type || MESSAGE_NAMES[m.type] === type) &&
        !(drop && (m.from === to || isLocalThread(m.from)));
      if (taken) mine.push(m);
      return !taken;
    });
    for (const m of mine) {
      this.out.write(`${drop ? 'dropped: ' : ''}${describeMessage(m)}\n`);
      if (drop) continue;
      const refused = this.node(id).raw.step(m);
      if (refused) this.out.write(`${refused.message}\n`);
    }
    return mine.length;
  }

  private stabilize(args: Arguments): string | undefined {
    const level = args.value('log-level');
    const before = this.out.level;
    if (level) {
      const wanted = LEVELS.indexOf(level.toUpperCase());
      if (wanted < 0) return `log levels must be either of [${LEVELS.join(' ')}]`;
      this.out.level = wanted;
    }
    const ids = args.ids();
    const nodes = ids.length > 0 ? ids.map((id) => this.node(id)) : this.nodes;
    for (let busy = true; busy; ) {
      busy = false;
      for (const node of nodes) {
        if (!node.raw.hasReady()) continue;
        busy = true;
        this.headed(`${node.id} handling Ready`, () => this.processReady(node));
      }
      for (const { id } of nodes) {
        if (!this.messages.some((m) => m.to === id)) continue;
        busy = true;
        this.headed(`${id} receiving messages`, () => this.deliver(Number(id), undefined, false));
      }
      for (const node of nodes) {
        if (node.appendWork.length === 0) continue;
        busy = true;
        this.headed(`${node.id} processing append thread`, () => {
          while (node.appendWork.length > 0) this.processAppend(node);
        });
      }
      for (const node of nodes) {
        if (node.applyWork.length === 0) continue;
        busy = true;
        this.headed(`${node.id} processing apply thread`, () => {
          while (node.applyWork.length > 0) this.processApply(node);
        });
      }
    }
    this.out.level = before;
    return undefined;
  }

  private raftLog({ storage }: TestNode): undefined {
    const [first, last] = [storage.firstIndex(), storage.lastIndex()];
    if (last < first) this.out.write(`log is empty: first index=${first}, last index=${last}`);
    else this.out.write(describeEntries(storage.entries(first, last + 1, NO_LIMIT)));
  }
}

function textOf(error: RaftError | undefined): string | undefined {
  return error?.message;
}

const CHANGE_TYPES: Record<string, number> = { v: 0, r: 1, u: 2, l: 3 };

export function parseChange(token: string): { type: number; nodeId: bigint } {
  const type = CHANGE_TYPES[token[0]];
  if (token.length < 2) throw new Error(`unknown token ${token}`);
  if (type === undefined) throw new Error(`unknown input: ${token}`);
  return { type, nodeId: BigInt(token.slice(1)) };
}

function store(
  storage: MemoryStorage,
  hardState: HardState | undefined,
  entries: readonly Entry[],
  snapshot: Snapshot | undefined,
): void {
  if (hardState) storage.setHardState(hardState);
  if (snapshot && !isEmptySnapshot(snapshot)) {
    if (entries.length > 0) throw new Error("can't apply snapshot and entries at the same time");
    storage.applySnapshot(snapshot);
  } else storage.append(entries);
}
