/**
 * One run: a member with clients, from a seed. Its power is cut at any moment, also while it starts, and it goes on
 * with what is left. At the end it is left in peace, and everything that anybody saw is held against the model.
 */
import type { Random } from '../../src/core/ports/clock.ts';
import { minLeaseTtlSeconds } from '../../src/member/options.ts';
import { testOptions } from '../support/local-member.ts';
import { seeded } from '../support/virtual-clock.ts';
import { Book } from './book.ts';
import { Verdict } from './checks.ts';
import { Clients } from './clients.ts';
import { History } from './history.ts';
import { finish, replayedHash } from './replay.ts';
import { type RunOptions, type RunResult, Tail } from './run.ts';
import { SimNode } from './sim-node.ts';
import { WatchClient } from './watch-client.ts';
import { World } from './world.ts';

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

export async function runPowerCuts(options: RunOptions): Promise<RunResult> {
  return new Run(options).run();
}

class Run {
  private readonly o: RunOptions;
  private readonly random: Random;
  private readonly world = new World();
  private readonly history = new History();
  private readonly book: Book;
  private readonly clients: Clients;
  private readonly watches: WatchClient[] = [];
  private readonly node: SimNode;
  private readonly wrong: string[] = [];
  private readonly tail = new Tail();
  private lives = 0;
  private lastApplied = 0;

  constructor(options: RunOptions) {
    this.o = options;
    this.random = seeded(options.seed);
    const { random, world, history } = this;
    const violated = (what: string): void => this.violated(what);
    this.book = new Book({ now: () => ({ at: world.now(), tick: history.now }), violated });
    this.clients = new Clients({ random, history, now: () => world.now() });
    this.node = new SimNode({
      number: 0,
      id: testOptions.memberId,
      world,
      book: this.book,
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
      violated,
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
      tail: this.tail.lines,
      lives: this.lives,
      calls: calls.length,
      acknowledged: calls.filter((call) => call.returned !== undefined).length,
      revisions: this.node.member?.store.currentRevision ?? 0,
      events: this.watches.reduce((sum, watch) => sum + watch.events.length, 0),
      changes: 0,
      snapshots: 0,
      virtualMs: this.world.now(),
    };
  }

  private violated(what: string): void {
    this.wrong.push(what);
    this.trace(`VIOLATED ${what}`);
  }

  private trace(what: string): void {
    const line = `${this.world.now().toFixed(1)} ms: ${what}`;
    this.tail.add(line);
    this.o.trace?.(line);
  }

  private begin(): void {
    this.lives++;
    this.trace(`life ${this.lives} begins`);
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
    this.trace(kill ? 'killed' : 'power cut');
    await this.pass(20 + random() * 500);
  }

  private async step(): Promise<void> {
    const settling = this.world.step();
    if (settling) await settling;
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
        this.o.mistake?.sink?.(sink, { clock: this.world.clock, random: this.random, node: 0 }) ?? sink,
    });
    this.watches.push(watch);
    watch.attach(member);
  }

  private async pass(milliseconds: number): Promise<void> {
    let over = false;
    this.world.clock.after(milliseconds, () => {
      over = true;
    });
    while (!over && !this.node.hasFailed && this.wrong.length === 0) await this.step();
  }

  /** A life without a cut, the last reads, and the verdict. */
  private async settle(): Promise<void> {
    const { node, world } = this;
    this.begin();
    const deadline = world.now() + RECOVERY_MS;
    let read = false;
    let asked = false;
    while (!read && this.wrong.length === 0) {
      await this.step();
      if (world.now() > deadline) return this.violated(`not serving after ${RECOVERY_MS} ms`);
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
    const log = this.book.committed.slice(0, this.lastApplied);
    const verdict = new Verdict({
      history: this.history,
      log,
      committedSince: this.book.committedSince,
      minTtlSeconds: minLeaseTtlSeconds(testOptions),
    });
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
