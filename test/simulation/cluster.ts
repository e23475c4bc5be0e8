/**
 * One run of a cluster, from a seed: nodes that crash, lose power and stand still, a network that does what networks do,
 * and clients at any node. Then everything heals, and what anybody saw is held against the model; all nodes have to
 * hold the same.
 *
 * Nobody sends snapshots to nodes that lag yet, so the logs here are never cut.
 */
import type { Random } from '../../src/core/ports/clock.ts';
import type { Member } from '../../src/member/member.ts';
import { minLeaseTtlSeconds } from '../../src/member/options.ts';
import { testOptions } from '../support/local-member.ts';
import { seeded, VirtualClock } from '../support/virtual-clock.ts';
import { checkAgreement, Verdict } from './checks.ts';
import { Clients } from './clients.ts';
import { History } from './history.ts';
import { Network } from './network.ts';
import type { RunOptions, RunResult } from './power-cut.ts';
import { finish, replayedHash } from './replay.ts';
import { SimNode } from './sim-node.ts';
import { WatchClient } from './watch-client.ts';
import type { WitnessedEntry } from './witness.ts';

/** Virtual milliseconds. */
const RECOVERY_MS = 30_000;
/** More than a sound cluster needs to recover, in steps of the clock. */
const RECOVERY_STEPS = 40_000;
const MAX_WATCHES = 5;
/** Requests that wait for a node that stands still. */
const CLIENTS_AT_RESUME = 5;
const NEVER = 1_000_000_000;
/** How often, a step, something breaks or heals, and somebody asks for something: each run has a temper of its own. */
const FAULTS = [0.004, 0.015];
const REQUESTS = [0.03, 0.15];
/** Elections are when things should break, but not always: nothing else would ever happen. */
const FACTOR_IN_ELECTIONS = [0.3, 4];
/** How often the one to suffer is the leader. */
const AT_LEADER = 0.4;

export interface ClusterOptions extends RunOptions {
  readonly size: number;
  readonly steps: number;
}

export async function runCluster(options: ClusterOptions): Promise<RunResult> {
  return new ClusterRun(options).run();
}

class ClusterRun {
  private readonly o: ClusterOptions;
  private readonly random: Random;
  private readonly clock = new VirtualClock();
  private readonly history = new History();
  private readonly clients: Clients;
  private readonly watches: { readonly client: WatchClient; at: SimNode | undefined }[] = [];
  private readonly nodes: SimNode[] = [];
  private readonly network: Network;
  private readonly wrong: string[] = [];
  private lives = 0;

  constructor(options: ClusterOptions) {
    this.o = options;
    this.random = seeded(options.seed);
    const { random, clock, nodes } = this;
    this.clients = new Clients({ random, history: this.history, now: () => clock.now() });
    this.network = new Network({ clock, random: seeded(options.seed ^ 0x2e7), nodes });
    const founders = Array.from({ length: options.size }, (_, i) => ({
      id: 0x1000n + BigInt(i),
      peerURLs: [`http://node${i}:2380`],
      name: `node${i}`,
      clientURLs: [],
      isLearner: false,
    }));
    for (let number = 0; number < options.size; number++) {
      nodes.push(
        new SimNode({
          number,
          clock,
          random: seeded((options.seed ^ 0x5eed) + number * 7919),
          founders,
          options: { snapshotCount: NEVER, name: `node${number}` },
          link: this.network.linkOf(number),
          mistake: options.mistake,
          violated: (what) => this.violated(what),
        }),
      );
    }
  }

  async run(): Promise<RunResult> {
    try {
      const faults = this.pick(FAULTS)!;
      const requests = this.pick(REQUESTS)!;
      const factor = this.pick(FACTOR_IN_ELECTIONS)!;
      for (const node of this.nodes) this.start(node);
      for (let step = 0; step < this.o.steps && this.wrong.length === 0; step++) {
        if (this.random() < (this.isElecting() ? factor * faults : faults)) this.fault();
        if (this.random() < requests) this.act();
        await this.step();
      }
      if (this.wrong.length === 0) await this.settle();
    } catch (error) {
      this.violated(`a broken invariant: ${(error as Error).stack}`);
    }
    const { calls } = this.history;
    return {
      seed: this.o.seed,
      wrong: this.wrong,
      lives: this.lives,
      calls: calls.length,
      acknowledged: calls.filter((call) => call.returned !== undefined).length,
      revisions: this.nodes[0].member?.store.currentRevision ?? 0,
      events: this.watches.reduce((sum, { client }) => sum + client.events.length, 0),
      virtualMs: this.clock.now(),
    };
  }

  private violated(what: string): void {
    this.wrong.push(what);
    this.o.trace?.(`VIOLATED ${what}`);
  }

  private trace(what: string): void {
    this.o.trace?.(`${this.clock.now().toFixed(1)} ms: ${what}`);
  }

  private start(node: SimNode): void {
    this.lives++;
    this.trace(`node ${node.number} starts`);
    node.start();
  }

  private pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)];
  }

  private async step(): Promise<void> {
    await this.clock.step();
    for (const watch of this.watches) {
      if (watch.at?.member && watch.client.isAttached) continue;
      const node = this.pick(this.nodes.filter(({ member }) => member));
      if (!node) continue;
      watch.client.detach();
      watch.at = node;
      watch.client.attach(node.member!);
    }
  }

  private isElecting(): boolean {
    return this.nodes.some(({ member }) => member?.leader() === 0n);
  }

  private victim(): SimNode {
    const leader = this.random() < AT_LEADER && this.nodes.find(({ member, id }) => member?.leader() === id);
    return leader || this.pick(this.nodes)!;
  }

  private fault(): void {
    const { random, network } = this;
    const roll = random();
    const node = this.victim();
    if (roll < 0.35) this.crashOrStart(node);
    else if (roll < 0.5) {
      this.trace(`node ${node.number} stands still`);
      node.pause();
      this.clock.after(random() * 4000, () => this.resume(node));
    } else if (roll < 0.72) {
      this.trace('the network heals');
      network.heal();
    } else if (roll < 0.82) {
      this.trace(`node ${node.number} is cut off`);
      for (const { number } of this.nodes) {
        network.separate(node.number, number);
        network.separate(number, node.number);
      }
    } else if (roll < 0.9) {
      const other = this.pick(this.nodes)!;
      this.trace(`node ${node.number} does not reach node ${other.number}`);
      network.separate(node.number, other.number);
    } else {
      network.loss = random() * 0.3;
      network.repetition = random() * 0.2;
      network.maxDelayMs = random() < 0.5 ? 5 : 300;
      this.trace(`loss ${network.loss.toFixed(2)}, delays up to ${network.maxDelayMs} ms`);
    }
  }

  /** Those who waited are served first: the worst that can happen to a leader that was replaced meanwhile. */
  private resume(node: SimNode): void {
    const { number } = node;
    const everything = { key: '\0', end: '\0', at: 0, linearizable: true };
    const read = (member: Member): void => this.clients.read({ number, member }, everything);
    const act = (member: Member): void => this.clients.act({ number, member });
    node.resume([read, ...new Array(CLIENTS_AT_RESUME).fill(act)]);
  }

  private crashOrStart(node: SimNode): void {
    if (node.isDown) return this.start(node);
    const kill = this.random() < 0.3;
    this.trace(`node ${node.number} ${kill ? 'is killed' : 'loses power'}`);
    for (const watch of this.watches) {
      if (watch.at !== node) continue;
      watch.client.detach();
      watch.at = undefined;
    }
    if (kill) node.kill();
    else node.cutPower();
    this.clock.after(20 + this.random() * (this.random() < 0.5 ? 200 : 3000), () => {
      if (node.isDown) this.start(node);
    });
  }

  private act(): void {
    const { random } = this;
    const node = this.pick(this.nodes.filter(({ member }) => member));
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

  private async settle(): Promise<void> {
    this.trace('everything heals');
    this.network.heal();
    for (const node of this.nodes) {
      if (node.isDown) this.start(node);
      node.resume();
    }
    const deadline = this.clock.now() + RECOVERY_MS;
    const served = new Set<SimNode>();
    const asking = new Set<SimNode>();
    let steps = 0;
    while (this.wrong.length === 0 && (served.size < this.nodes.length || !this.areEven())) {
      if (this.clock.now() > deadline || ++steps > RECOVERY_STEPS)
        return this.violated(`not all serve after ${steps} steps`);
      for (const node of this.nodes) {
        if (!node.member || asking.has(node) || served.has(node)) continue;
        asking.add(node);
        const everything = { key: '\0', end: '\0', at: 0, linearizable: true };
        this.clients.read({ number: node.number, member: node.member }, everything, (answered) => {
          asking.delete(node);
          if (answered) served.add(node);
        });
      }
      await this.step();
    }
    for (const { client } of this.watches) client.unblock();
    const end = this.clock.now() + 300;
    // Leases may end meanwhile: nobody is judged half way.
    while ((this.clock.now() < end || !this.areEven()) && this.wrong.length === 0) await this.step();
    if (this.wrong.length === 0) this.judge();
  }

  private areEven(): boolean {
    const applied = this.nodes.map(({ member }) => member?.appliedIndex() ?? -1);
    return applied.every((index) => index === applied[0] && index > 0);
  }

  /** The committed log, with the time at which each entry was first in any log. */
  private log(): WitnessedEntry[] {
    const longest = Math.min(...this.nodes.map(({ member }) => member!.appliedIndex()));
    return this.nodes[0].witness.entries.slice(0, longest).map((entry, i) => {
      const same = this.nodes.map(({ witness }) => witness.entries[i]).filter((e) => e?.term === entry.term);
      return { ...entry, since: Math.min(...same.map(({ since }) => since)) };
    });
  }

  private judge(): void {
    const disagreement = checkAgreement(
      this.nodes.map(({ witness, member }) => ({
        entries: witness.entries,
        committed: member!.committedIndex(),
      })),
    );
    if (disagreement) return this.violated(disagreement);
    const log = this.log();
    const verdict = new Verdict(this.history, log, minLeaseTtlSeconds(testOptions));
    this.watches.forEach(({ client }, i) => {
      verdict.checkWatch(client, `watch ${i}`);
    });
    this.wrong.push(...verdict.wrong);
    const { model } = verdict;
    const right = [...model.leases.keys()].sort().join();
    const hash = replayedHash(log);
    for (const { number, member } of this.nodes) {
      const { store, lessor } = member!;
      if (store.currentRevision !== model.revision)
        this.violated(
          `node ${number} is at revision ${store.currentRevision}, by the rules ${model.revision}`,
        );
      const own = finish(store.hashKV(0)).hash;
      if (own !== hash) this.violated(`the KV hash of node ${number} is ${own}, by the rules ${hash}`);
      const leases = lessor.leases().sort().join();
      if (leases !== right) this.violated(`node ${number} has leases ${leases}, by the rules ${right}`);
    }
  }
}
