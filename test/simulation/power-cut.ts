/**
 * One run: a member with clients, from a seed. Its power is cut at any moment, also while it starts, and it goes on
 * with what is left. At the end it is left in peace, and everything that anybody saw is held against the model.
 */
import type { Random } from '../../src/core/ports/clock.ts';
import { minLeaseTtlSeconds } from '../../src/member/options.ts';
import { testOptions } from '../support/local-member.ts';
import { seeded, VirtualClock } from '../support/virtual-clock.ts';
import { Verdict } from './checks.ts';
import { Clients } from './clients.ts';
import { History } from './history.ts';
import type { Mistake } from './mistake.ts';
import { finish, replayedHash } from './replay.ts';
import { SimNode } from './sim-node.ts';
import { WatchClient } from './watch-client.ts';

const MAX_LIVES = 4;
const MAX_WATCHES = 5;
/** Longest that a member may take to serve again, in virtual milliseconds. */
const RECOVERY_MS = 30_000;
/** Lives in which the disk fails. */
const DISK_FAILS = 0.1;
/** How often, a step, clients fall silent, and for how long at most: leases run out. */
const QUIET = 0.002;
const MAX_QUIET_MS = 5_000;
/** Longer than any lease of these clients, and the time that looking for expired ones takes. */
const ALL_EXPIRED_MS = 9_000;

export interface RunOptions {
  readonly seed: number;
  readonly mistake?: Mistake | undefined;
  /** Told of every step, for a person who replays one run. */
  readonly trace?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  /** What must not have happened; empty: all is well. */
  readonly wrong: readonly string[];
  readonly lives: number;
  readonly calls: number;
  readonly acknowledged: number;
  readonly revisions: number;
  readonly events: number;
  readonly virtualMs: number;
}

export async function runPowerCuts(options: RunOptions): Promise<RunResult> {
  return new Run(options).run();
}

class Run {
  private readonly o: RunOptions;
  private readonly random: Random;
  private readonly clock = new VirtualClock();
  private readonly history = new History();
  private readonly clients: Clients;
  private readonly watches: WatchClient[] = [];
  private readonly node: SimNode;
  private readonly wrong: string[] = [];
  private lives = 0;
  private lastApplied = 0;

  constructor(options: RunOptions) {
    this.o = options;
    this.random = seeded(options.seed);
    const { random, clock } = this;
    this.clients = new Clients({ random, history: this.history, now: () => clock.now() });
    this.node = new SimNode({
      number: 0,
      clock,
      random: seeded(options.seed ^ 0x5eed),
      founders: [
        {
          id: testOptions.memberId,
          peerURLs: ['http://localhost:2380'],
          name: 'default',
          clientURLs: [],
          isLearner: false,
        },
      ],
      link: { send() {}, sendSnapshot: (_message, _database, done) => done(false) },
      mistake: options.mistake,
      violated: (what) => this.violated(what),
    });
  }

  async run(): Promise<RunResult> {
    try {
      const lives = 1 + Math.floor(this.random() * MAX_LIVES);
      for (let life = 0; life < lives && this.wrong.length === 0; life++) await this.live();
      if (this.wrong.length === 0) await this.settle();
    } catch (error) {
      this.violated(`a broken invariant: ${(error as Error).stack}`);
    }
    const calls = this.history.calls;
    return {
      seed: this.o.seed,
      wrong: this.wrong,
      lives: this.lives,
      calls: calls.length,
      acknowledged: calls.filter((call) => call.returned !== undefined).length,
      revisions: this.node.member?.store.currentRevision ?? 0,
      events: this.watches.reduce((sum, watch) => sum + watch.events.length, 0),
      virtualMs: this.clock.now(),
    };
  }

  private violated(what: string): void {
    this.wrong.push(what);
    this.o.trace?.(`VIOLATED ${what}`);
  }

  private begin(): void {
    this.lives++;
    this.o.trace?.(`life ${this.lives} begins at ${this.clock.now()} ms`);
    this.node.start();
  }

  /** Some steps of a life, and its end. */
  private async live(): Promise<void> {
    const { random, node } = this;
    this.begin();
    // Some die while they start, or right behind it.
    const steps = random() < 0.15 ? Math.floor(random() * 25) : 40 + Math.floor(random() * 260);
    const busy = random() < 0.7 ? 0.5 : 0.1;
    const failsAt = random() < DISK_FAILS ? Math.floor(random() * steps) : steps;
    for (let step = 0; step < steps && !node.hasFailed && this.wrong.length === 0; step++) {
      if (step === failsAt) node.failDisk(random() < 0.5 ? 'EIO' : 'ENOSPC');
      if (node.member && random() < busy) this.act();
      if (random() < QUIET) await this.pass(random() * MAX_QUIET_MS);
      await this.step();
    }
    // After a failed sync the page cache shows what is not on disk, and no later sync writes it: a restart without a
    // reboot would be told lies, so a failed disk is switched off.
    const kill = random() < 0.25 && failsAt === steps;
    if (kill) node.kill();
    else node.cutPower();
    for (const watch of this.watches) watch.detach();
    this.o.trace?.(`${kill ? 'killed' : 'power cut'} at ${this.clock.now()} ms`);
    await this.pass(20 + random() * 500);
  }

  private async step(): Promise<void> {
    await this.clock.step();
    const { member } = this.node;
    if (!member) return;
    for (const watch of this.watches) if (!watch.isAttached) watch.attach(member);
    const applied = member.appliedIndex();
    if (applied > member.committedIndex() || applied > this.node.witness.durable)
      this.violated(
        `applied index ${applied}, committed ${member.committedIndex()}, durable ${this.node.witness.durable}`,
      );
  }

  private act(): void {
    const { random, node } = this;
    const member = node.member!;
    const roll = random();
    if (roll < 0.9) this.clients.act({ number: 0, member });
    else if (roll < 0.92) node.purge();
    else if (roll < 0.95) this.watchSomething();
    else {
      const watch = this.watches[Math.floor(random() * this.watches.length)];
      if (!watch) return;
      if (roll < 0.97) watch.askProgress();
      else if (watch.blocked) watch.unblock();
      else watch.blocked = true;
    }
  }

  private watchSomething(): void {
    if (this.watches.length >= MAX_WATCHES) return;
    const { random } = this;
    const member = this.node.member!;
    const roll = random();
    const now = member.store.currentRevision;
    const startAt = roll < 0.4 ? 0 : roll < 0.6 ? 1 : Math.max(1, now + 3 - Math.floor(random() * 15));
    const all = random() < 0.5;
    const watch = new WatchClient({
      range: {
        ...(all ? { key: '\0', end: '\0' } : this.clients.range()),
        prevKv: random() < 0.5,
        noPut: random() < 0.1,
        noDelete: random() < 0.1,
      },
      startAt,
      violated: (what) => this.violated(`watch ${this.watches.indexOf(watch)}: ${what}`),
      decorate: (sink) =>
        this.o.mistake?.sink?.(sink, { clock: this.clock, random: this.random, node: 0 }) ?? sink,
    });
    this.watches.push(watch);
    watch.attach(member);
  }

  private async pass(milliseconds: number): Promise<void> {
    let over = false;
    this.clock.after(milliseconds, () => {
      over = true;
    });
    while (!over && !this.node.hasFailed && this.wrong.length === 0) await this.step();
  }

  /** A life without a cut, the last reads, and the verdict. */
  private async settle(): Promise<void> {
    const { node, clock } = this;
    this.begin();
    const deadline = clock.now() + RECOVERY_MS;
    let read = false;
    let asked = false;
    while (!read && this.wrong.length === 0) {
      await this.step();
      if (clock.now() > deadline) return this.violated(`not serving after ${RECOVERY_MS} ms`);
      if (!node.member || asked) continue;
      asked = true;
      const everything = { key: '\0', end: '\0', at: 0, linearizable: true };
      this.clients.read({ number: 0, member: node.member }, everything, (answered) => {
        read = answered;
        asked = answered;
      });
    }
    const expire = this.random() < 0.1;
    for (const watch of this.watches) watch.unblock();
    await this.pass(expire ? ALL_EXPIRED_MS : 150);
    if (this.wrong.length === 0) this.judge(expire);
  }

  private judge(leasesAreOver: boolean): void {
    const { node } = this;
    const member = node.member!;
    this.lastApplied = member.appliedIndex();
    const log = node.witness.entries.slice(0, this.lastApplied);
    const verdict = new Verdict(this.history, log, minLeaseTtlSeconds(testOptions));
    this.watches.forEach((watch, i) => {
      verdict.checkWatch(watch, `watch ${i}`);
    });
    this.wrong.push(...verdict.wrong);
    const { model } = verdict;
    if (model.revision !== member.store.currentRevision)
      this.violated(
        `the store is at revision ${member.store.currentRevision}, by the rules ${model.revision}`,
      );
    this.checkLeases(verdict, leasesAreOver);
    const compactRevision = model.twin.compact;
    const hash = finish(member.store.hashKV(0)).hash;
    const byRules = model.twin.hash(model.revision);
    if (hash !== byRules)
      this.violated(`the KV hash is ${hash}, by the rules ${byRules} (compacted ${compactRevision})`);
    const replayed = replayedHash(log);
    if (hash !== replayed)
      this.violated(`the KV hash is ${hash}, of the same history without crashes ${replayed}`);
  }

  private checkLeases({ model }: Verdict, areOver: boolean): void {
    const { lessor } = this.node.member!;
    const have = lessor.leases().sort();
    const right = [...model.leases.keys()].sort();
    if (have.join() !== right.join()) this.violated(`leases ${have.join()}, by the rules ${right.join()}`);
    if (areOver && right.length > 0) this.violated(`leases ${right.join()} did not expire`);
    for (const id of right) {
      const keys = lessor.keys(id).sort().join();
      if (keys !== model.keysOf(id).join())
        this.violated(`lease ${id} holds ${keys}, by the rules ${model.keysOf(id).join()}`);
    }
  }
}
