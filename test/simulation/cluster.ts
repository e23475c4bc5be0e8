/**
 * One run of a cluster, from a seed: nodes that crash, stand still and run out of disk, a network that does what networks
 * do, an operator who changes the membership, and clients at any node. Then everything heals, and what anybody saw is
 * held against the model; all nodes have to hold the same, and to serve.
 */
import type { ClusterMember } from '../../src/core/membership/member.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { Member } from '../../src/member/member.ts';
import { electionTimeoutMs, type MemberOptions, minLeaseTtlSeconds } from '../../src/member/options.ts';
import { testOptions } from '../support/local-member.ts';
import { seeded } from '../support/virtual-clock.ts';
import { Book } from './book.ts';
import { Verdict } from './checks.ts';
import { Clients } from './clients.ts';
import { type FaultKind, Faults } from './faults.ts';
import { History } from './history.ts';
import { checkChanges, checkMembers } from './membership-check.ts';
import { Network } from './network.ts';
import { Operator } from './operator.ts';
import { peersOf } from './questions.ts';
import { finish, replayedHash } from './replay.ts';
import { type RunOptions, type RunResult, Tail } from './run.ts';
import { SimNode } from './sim-node.ts';
import { WatchClient } from './watch-client.ts';
import { World } from './world.ts';

/** Longest that a sound cluster takes to recover, in virtual milliseconds. */
const RECOVERY_MS = 60_000;
const MAX_WATCHES = 5;
/** Nodes that join, at most. */
const MAX_JOINING = 4;
/** Requests that wait for a node that stands still. */
const CLIENTS_AT_RESUME = 5;
/** Runs at whose end leases are left alone until the last is over. */
const LEASES_RUN_OUT = 0.1;
/** Pieces of work between two looks at the watches. */
const WATCH_EVERY = 8;
/** How often members dial those that they have no connection to. */
const DIAL_MS = 100;
const FOUNDER_ID = 0x1000n;
const JOINING_ID = 0x2000n;

const NEVER = 1_000_000_000;

/** How often, a step, something breaks or heals, and somebody asks for something: each run has a temper of its own. */
const FAULTS = [0.003, 0.012];
const REQUESTS = [0.03, 0.15];
const OPERATIONS = [0, 0.002, 0.006];
/** With so few entries kept, whoever is away for a moment needs the database. */
const SNAPSHOTS = [
  { snapshotCount: NEVER },
  { snapshotCount: 20, catchUpEntries: 5 },
  { snapshotCount: 8, catchUpEntries: 2 },
];
/** Elections are when things should break, but not always: nothing else would ever happen. */
const FACTOR_IN_ELECTIONS = [0.3, 4];

export interface ClusterOptions extends RunOptions {
  readonly size: number;
  /** Length of the run, in steps of the clock. */
  readonly steps: number;
}

/** What kinds of runs differ in. */
export interface ClusterHabits {
  readonly member?: Partial<MemberOptions>;
  readonly ttls?: readonly [number, number];
  readonly faults?: readonly FaultKind[];
  readonly scale?: number;
}

export async function runCluster(options: ClusterOptions): Promise<RunResult> {
  return new ClusterRun(options).run();
}

export class ClusterRun {
  protected readonly o: RunOptions & { readonly size: number };
  protected readonly random: Random;
  protected readonly world = new World();
  protected readonly history = new History();
  protected readonly book: Book;
  protected readonly clients: Clients;
  protected readonly operator: Operator;
  protected readonly faults: Faults;
  protected readonly wrong: string[] = [];
  private readonly watches: { readonly client: WatchClient; at: SimNode | undefined }[] = [];
  private readonly nodes: SimNode[] = [];
  private readonly network: Network;
  private readonly tail = new Tail();
  private readonly options: Partial<MemberOptions>;
  private lives = 0;
  private pieces = 0;

  constructor(options: RunOptions & { readonly size: number }, more: ClusterHabits = {}) {
    this.o = options;
    this.random = seeded(options.seed);
    this.options = {
      ...(options.mistake?.temper?.snapshots ?? this.pick(SNAPSHOTS)!),
      strictReconfigCheck: this.random() < 0.5,
      // No alarm may ever come of them: nobody asked for one.
      ...(this.random() < 0.3 ? { corruptionChecks: { everyMs: 1500, compactionsEveryMs: 700 } } : {}),
      ...more.member,
    };
    const { random, world, nodes, history } = this;
    const now = (): number => world.now();
    const trace = (what: string): void => this.trace(what);
    this.book = new Book({
      now: () => ({ at: world.now(), tick: history.now }),
      violated: (what) => this.violated(what),
    });
    const temper = options.mistake?.temper;
    this.clients = new Clients({ random, history, now, ttls: more.ttls, leaseShare: temper?.leaseShare });
    this.network = new Network({ world, random: seeded(options.seed ^ 0x2e7), nodes });
    const start = (node: SimNode): void => this.start(node);
    this.faults = new Faults({
      random,
      world,
      network: this.network,
      nodes,
      start,
      kinds: more.faults ?? temper?.faults,
      scale: more.scale,
      gone: (node) => this.detach(node),
      requestsAtResume: (node) => this.requestsAtResume(node),
      trace,
    });
    this.operator = new Operator({
      random,
      history,
      nodes,
      maxNodes: options.size + MAX_JOINING,
      now,
      prepare: () => this.addNode(JOINING_ID + BigInt(nodes.length), undefined),
      start,
      trace,
    });
    this.found(options.size);
    world.clock.every(DIAL_MS, () => this.dial());
  }

  private dial(): void {
    const { removed } = this.book.membership;
    if (removed.size === 0) return;
    for (const node of this.nodes) if (removed.has(node.id)) this.network.dial(node);
  }

  private found(size: number): void {
    const founders = Array.from({ length: size }, (_, i) => ({
      id: FOUNDER_ID + BigInt(i),
      peerURLs: [`http://node${i}:2380`],
      name: `node${i}`,
      clientURLs: [],
      isLearner: false,
    }));
    for (const { id } of founders) this.start(this.addNode(id, founders));
  }

  private addNode(id: bigint, founders: readonly ClusterMember[] | undefined): SimNode {
    const { nodes, world, network } = this;
    const number = nodes.length;
    const node: SimNode = new SimNode({
      number,
      id,
      world,
      book: this.book,
      random: seeded((this.o.seed ^ 0x5eed) + number * 7919),
      founders,
      options: { name: `node${number}`, ...this.options },
      link: network.linkOf(number),
      peers: peersOf({ world, network, node: () => node, newMemberId: () => this.operator.newMemberId() }),
      mistake: this.o.mistake,
      violated: (what) => this.violated(what),
      onStopped: (why) => this.stoppedItself(node, why),
    });
    nodes.push(node);
    return node;
  }

  async run(): Promise<RunResult> {
    try {
      await this.live();
      if (this.wrong.length === 0) await this.settle();
    } catch (error) {
      this.violated(`a broken invariant: ${(error as Error).stack}`);
    }
    const { calls } = this.history;
    return {
      seed: this.o.seed,
      wrong: this.wrong,
      tail: this.tail.lines,
      lives: this.lives,
      calls: calls.length,
      acknowledged: calls.filter((call) => call.returned !== undefined).length,
      revisions: Math.max(...this.nodes.map(({ member }) => member?.store.currentRevision ?? 0)),
      events: this.watches.reduce((sum, { client }) => sum + client.events.length, 0),
      changes: this.book.membership.made.length - this.o.size,
      snapshots: this.nodes.reduce((sum, { installed }) => sum + installed, 0),
      virtualMs: this.world.now(),
    };
  }

  /** So many steps, with something to happen at each of them by chance. */
  protected async live(): Promise<void> {
    const { steps } = this.o as ClusterOptions;
    const temper = this.o.mistake?.temper;
    const faults = temper?.faultRate ?? this.pick(FAULTS)!;
    const requests = temper?.requestRate ?? this.pick(REQUESTS)!;
    const operations = temper?.operationRate ?? this.pick(OPERATIONS)!;
    const factor = this.pick(FACTOR_IN_ELECTIONS)!;
    for (let step = 0; step < steps && this.wrong.length === 0; step++) {
      if (this.random() < (this.isElecting() ? factor * faults : faults)) this.faults.act();
      if (this.random() < requests) this.act();
      if (this.random() < operations) this.operate();
      const settling = this.step();
      if (settling) await settling;
    }
  }

  protected violated(what: string): void {
    this.wrong.push(what);
    this.tail.add(`VIOLATED ${what}`);
    this.o.trace?.(`VIOLATED ${what}`);
  }

  protected trace(what: string): void {
    const line = `${this.world.now().toFixed(1)} ms: ${what}`;
    this.tail.add(line);
    this.o.trace?.(line);
  }

  private start(node: SimNode): void {
    this.lives++;
    this.trace(`node ${node.number} starts`);
    node.start();
    this.network.refresh();
  }

  private stoppedItself(node: SimNode, why: 'disk' | 'removed'): void {
    this.trace(`node ${node.number} has stopped (${why})`);
    if (why === 'disk') this.world.clock.after(0, () => !node.isDown && this.faults.recover(node));
    else this.detach(node);
    this.network.refresh();
  }

  protected pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)];
  }

  protected step(): Promise<void> | undefined {
    const settling = this.world.step();
    if (++this.pieces % WATCH_EVERY === 0) this.lookAfterWatches();
    return settling;
  }

  /** Clients whose member is gone go to another one. */
  private lookAfterWatches(): void {
    for (const watch of this.watches) {
      if (watch.at?.member && watch.client.isAttached) continue;
      const node = this.pick(this.serving());
      if (!node) continue;
      watch.client.detach();
      watch.at = node;
      watch.client.attach(node.member!);
    }
  }

  /** Nodes that clients may ask: learners refuse nearly everything. */
  private serving(): SimNode[] {
    return this.nodes.filter(({ member }) => member && !member.isLearner());
  }

  private detach(node: SimNode): void {
    for (const watch of this.watches) {
      if (watch.at !== node) continue;
      watch.client.detach();
      watch.at = undefined;
    }
  }

  protected isElecting(): boolean {
    for (const { member } of this.nodes) if (member?.leader() === 0n) return true;
    return false;
  }

  /** Those who waited are served first: the worst that can happen to a leader that was replaced meanwhile. */
  private requestsAtResume({ number }: SimNode): ((member: Member) => void)[] {
    const everything = { key: '\0', end: '\0', at: 0, linearizable: true };
    const read = (member: Member): void => this.clients.read({ number, member }, everything);
    const act = (member: Member): void => this.clients.act({ number, member });
    return [read, ...new Array<typeof act>(CLIENTS_AT_RESUME).fill(act)];
  }

  protected operate(): void {
    const at = this.pick(this.serving());
    if (at) this.operator.act(at);
  }

  protected act(): void {
    const { random } = this;
    const node = this.pick(this.serving());
    if (!node) return;
    const roll = random();
    if (roll < 0.93) node.visit((member) => this.clients.act({ number: node.number, member }));
    else if (roll < 0.96) this.watchSomething();
    else {
      const watch = this.pick(this.watches);
      if (!watch) return;
      if (roll < 0.97) watch.client.askProgress();
      else if (roll < 0.98) watch.client.detach();
      else if (watch.client.blocked) watch.client.unblock();
      else watch.client.blocked = true;
    }
  }

  private watchSomething(): void {
    if (this.watches.length >= MAX_WATCHES) return;
    const { random } = this;
    const name = `watch ${this.watches.length}`;
    const all = random() < 0.5;
    const client = new WatchClient({
      range: {
        ...(all ? { key: '\0', end: '\0' } : this.clients.range()),
        prevKv: random() < 0.5,
        noPut: random() < 0.1,
        noDelete: random() < 0.1,
      },
      startAt: random() < 0.5 ? 0 : 1 + Math.floor(random() * 10),
      violated: (what) => this.violated(`${name}: ${what}`),
    });
    this.watches.push({ client, at: undefined });
  }

  /** The nodes of the cluster as it is by the committed changes. */
  private members(): SimNode[] {
    const { membership } = this.book;
    return this.nodes.filter(({ id }) => membership.has(id));
  }

  /** Everything is well from now on: every member has to serve again, and everybody else to be gone. */
  private async settle(): Promise<void> {
    this.faults.end();
    const deadline = this.world.now() + RECOVERY_MS;
    const served = new Set<SimNode>();
    const asking = new Map<SimNode, Member>();
    while (this.wrong.length === 0 && !this.isWhole(served)) {
      if (this.world.now() > deadline) return this.violated(this.whatIsMissing(served));
      for (const node of this.members()) {
        if (node.isDown && !node.wasRemoved) this.start(node);
        if (node.member && asking.get(node) !== node.member && !served.has(node))
          this.tryOut(node, asking, served);
      }
      const settling = this.step();
      if (settling) await settling;
    }
    for (const { client } of this.watches) client.unblock();
    const leasesRunOut = this.random() < LEASES_RUN_OUT;
    const end = this.world.now() + (leasesRunOut ? this.longestLeaseMs() : 300);
    // Leases may end meanwhile: nobody is judged half way.
    while ((this.world.now() < end || !this.areEven()) && this.wrong.length === 0) {
      const settling = this.step();
      if (settling) await settling;
    }
    if (this.wrong.length === 0) this.judge(leasesRunOut);
  }

  protected longestLeaseMs(): number {
    return 12_000;
  }

  /** A member serves if a write and a linearizable read come back. */
  private tryOut(node: SimNode, asking: Map<SimNode, Member>, served: Set<SimNode>): void {
    const { number, member } = node;
    if (member!.isLearner()) return;
    asking.set(node, member!);
    const everything = { key: '\0', end: '\0', at: 0, linearizable: true };
    this.clients.lastPut({ number, member: member! }, (written) => {
      if (!written || !node.member) return void asking.delete(node);
      this.clients.read({ number, member: node.member }, everything, (answered) => {
        asking.delete(node);
        if (answered) served.add(node);
      });
    });
  }

  private isWhole(served: ReadonlySet<SimNode>): boolean {
    const { membership } = this.book;
    for (const node of this.nodes) {
      if (!membership.has(node.id)) {
        if (!node.isDown && !hasNeverJoined(node)) return false;
      } else if (!served.has(node) && !node.member?.isLearner()) return false;
    }
    return this.areEven();
  }

  private whatIsMissing(served: ReadonlySet<SimNode>): string {
    const { membership } = this.book;
    const gone = this.nodes.filter(({ id, isDown }) => !membership.has(id) && !isDown);
    const idle = this.members().filter((node) => !served.has(node));
    const numbers = (nodes: readonly SimNode[]): string => nodes.map(({ number }) => number).join(' ');
    return `${RECOVERY_MS} ms after everything healed not all serve: waiting for nodes ${numbers(idle)}; removed and still there: ${numbers(gone)}; applied ${this.members().map(({ member }) => member?.appliedIndex())}`;
  }

  private areEven(): boolean {
    let applied: number | undefined;
    for (const { member } of this.members()) {
      if (!member || member.appliedIndex() === 0) return false;
      applied ??= member.appliedIndex();
      if (applied !== member.appliedIndex()) return false;
    }
    return applied === this.book.committed.length;
  }

  private judge(leasesRanOut: boolean): void {
    const { history, book } = this;
    const log = book.committed;
    const options = { ...testOptions, ...this.options };
    const verdict = new Verdict({
      history,
      log,
      committedSince: book.committedSince,
      minTtlSeconds: minLeaseTtlSeconds(options),
      overlaps: { leaders: book.leaders, overlapMs: 2 * electionTimeoutMs(options) },
    });
    this.watches.forEach(({ client }, i) => {
      verdict.checkWatch(client, `watch ${i}`);
    });
    this.wrong.push(...verdict.wrong, ...checkChanges(history, book));
    this.judgeMore(verdict);
    const { model } = verdict;
    const right = [...model.leases.keys()].sort().join();
    if (leasesRanOut && right !== '') this.violated(`leases ${right} did not run out`);
    const hash = replayedHash(log);
    for (const { number, member } of this.members()) {
      const { store, lessor } = member!;
      if (store.currentRevision !== model.revision)
        this.violated(
          `node ${number} is at revision ${store.currentRevision}, by the rules ${model.revision}`,
        );
      const own = finish(store.hashKV(0)).hash;
      if (own !== hash) this.violated(`the KV hash of node ${number} is ${own}, by the rules ${hash}`);
      const leases = lessor.leases().sort().join();
      if (leases !== right) this.violated(`node ${number} has leases ${leases}, by the rules ${right}`);
      const wrong = checkMembers(member!, book);
      if (wrong) this.violated(`node ${number} ${wrong}`);
    }
  }

  protected judgeMore(_verdict: Verdict): void {}
}

/** Added, started, and removed before it heard of anything: it knows nobody whom it could ask. */
function hasNeverJoined({ member }: SimNode): boolean {
  return member !== undefined && member.cluster.members().length === 0;
}
