/** A cluster in which nothing goes wrong by itself: for tests of one thing at a time. */
import assert from 'node:assert/strict';
import { seeded } from '../support/virtual-clock.ts';
import { Book } from './book.ts';
import { Network } from './network.ts';
import { SimNode } from './sim-node.ts';
import { World } from './world.ts';

/** Processes do not tick together. */
const MAX_START_MS = 1000;

export class QuietCluster {
  readonly world = new World();
  readonly nodes: SimNode[] = [];
  readonly random: () => number;

  constructor(seed: number, size: number) {
    const { world, nodes } = this;
    const { clock } = world;
    this.random = seeded(seed);
    const violated = (what: string): never => assert.fail(`seed ${seed}: ${what}`);
    const book = new Book({ now: () => ({ at: clock.now(), tick: 0 }), violated });
    const network = new Network({ world, random: seeded(seed ^ 0x2e7), nodes });
    const founders = Array.from({ length: size }, (_, i) => ({
      id: 0x1000n + BigInt(i),
      peerURLs: [`http://node${i}:2380`],
      name: `node${i}`,
      clientURLs: [],
      isLearner: false,
    }));
    for (const [number, { id }] of founders.entries()) {
      const random = seeded((seed ^ 0x5eed) + number * 7919);
      const link = network.linkOf(number);
      nodes.push(new SimNode({ number, id, world, book, random, founders, link, violated }));
    }
    for (const node of nodes) clock.after(this.random() * MAX_START_MS, () => node.start());
  }

  leader(): SimNode | undefined {
    return this.nodes.find(({ member, id }) => member?.leader() === id);
  }

  until(condition: () => boolean): Promise<void> {
    return this.world.clock.runUntil(condition);
  }

  pass(milliseconds: number): Promise<void> {
    const end = this.world.now() + milliseconds;
    return this.until(() => this.world.now() >= end);
  }

  end(): void {
    for (const node of this.nodes) if (!node.isDown) node.kill();
  }
}
