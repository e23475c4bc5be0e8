/** What goes wrong: crashes, standstills, slow and full disks, clocks that jump, and networks in all their moods. */
import type { Random } from '../../src/core/ports/clock.ts';
import type { Member } from '../../src/member/member.ts';
import type { Network } from './network.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** How often the one to suffer is the leader. */
const AT_LEADER = 0.4;
const MAX_PAUSE_MS = 4000;
const MAX_SLOWNESS = 150;
const MAX_SLOW_MS = 6000;
/** Bytes that a disk takes before it is full. */
const MAX_ROOM_BYTES = 8192;
const DAY_MS = 86_400_000;

/** How often each kind comes, in relation to the others. */
const KINDS: [FaultKind, number][] = [
  ['crashOrStart', 30],
  ['stopGently', 4],
  ['pause', 16],
  ['slowDisk', 5],
  ['fullDisk', 2],
  ['jump', 3],
  ['heal', 20],
  ['cutOff', 10],
  ['split', 6],
  ['oneWay', 7],
  ['weather', 8],
];
export const ALL_FAULTS: readonly FaultKind[] = KINDS.map(([kind]) => kind);

/** What can go wrong. */
export type FaultKind =
  | 'crashOrStart'
  | 'stopGently'
  | 'pause'
  | 'slowDisk'
  | 'fullDisk'
  | 'jump'
  | 'heal'
  | 'cutOff'
  | 'split'
  | 'oneWay'
  | 'weather';

export interface FaultsOptions {
  readonly random: Random;
  readonly world: World;
  readonly network: Network;
  readonly nodes: readonly SimNode[];
  start(node: SimNode): void;
  /** The process is gone, with its clients' connections. */
  gone(node: SimNode): void;
  /** What clients ask a member that comes back from a standstill. */
  requestsAtResume(node: SimNode): ((member: Member) => void)[];
  trace(what: string): void;
  /** How much longer everything takes than with heartbeats of 100 ms. */
  readonly scale?: number | undefined;
  /** Only these; by chance if absent. */
  readonly kinds?: readonly FaultKind[] | undefined;
}

export class Faults {
  private readonly o: FaultsOptions;

  private readonly weights: [FaultKind, number][];
  private readonly total: number;
  private readonly scale: number;

  constructor(options: FaultsOptions) {
    this.o = options;
    const { random, kinds, scale } = options;
    this.scale = scale ?? 1;
    // A run with few kinds of faults gets further in them than one that has all.
    this.weights = KINDS.filter(([kind]) => {
      const isDrawn = random() < 0.6 || kind === 'heal';
      return kinds ? kinds.includes(kind) : isDrawn;
    });
    this.total = this.weights.reduce((sum, [, weight]) => sum + weight, 0);
  }

  act(): void {
    let roll = this.o.random() * this.total;
    for (const [kind, weight] of this.weights) {
      roll -= weight;
      if (roll > 0) continue;
      this[kind](this.victim());
      break;
    }
    this.o.network.refresh();
  }

  /** Everything is well again, and everybody runs who should. */
  end(): void {
    this.o.trace('everything heals');
    this.o.network.heal();
    for (const node of this.o.nodes) {
      node.slowness = 1;
      node.limitDisk(Infinity);
      node.resume();
    }
    this.o.network.refresh();
  }

  crash(node: SimNode, kill: boolean): void {
    const { trace, gone } = this.o;
    trace(`node ${node.number} ${kill ? 'is killed' : 'loses power'}`);
    gone(node);
    if (kill) node.kill();
    else node.cutPower();
    this.o.network.refresh();
    this.startLater(node);
  }

  /** The disk of a node failed, and it stopped. After a failed sync only a restart of the machine helps. */
  recover(node: SimNode): void {
    this.crash(node, false);
  }

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.o.random() * list.length)];
  }

  private victim(): SimNode {
    const { random, nodes } = this.o;
    const leader = random() < AT_LEADER && nodes.find(({ member, id }) => member?.leader() === id);
    return leader || this.pick(nodes);
  }

  private startLater(node: SimNode): void {
    const { random, world } = this.o;
    world.clock.after(20 + random() * (random() < 0.5 ? 200 : 3000) * this.scale, () => this.start(node));
  }

  private start(node: SimNode): void {
    if (!node.isDown || node.wasRemoved) return;
    this.o.start(node);
    this.o.network.refresh();
  }

  private crashOrStart(node: SimNode): void {
    if (!node.isDown) this.crash(node, this.o.random() < 0.3);
    else if (node.hasStarted) this.start(node);
  }

  private stopGently(node: SimNode): void {
    if (node.isDown) return;
    this.o.trace(`node ${node.number} is asked to stop`);
    node.stopGently(() => {
      this.o.trace(`node ${node.number} has stopped`);
      this.o.gone(node);
      this.startLater(node);
    });
  }

  private pause(node: SimNode): void {
    const { random, world, trace } = this.o;
    trace(`node ${node.number} stands still`);
    node.pause();
    world.clock.after(random() * MAX_PAUSE_MS * this.scale, () => node.resume(this.o.requestsAtResume(node)));
  }

  private slowDisk(node: SimNode): void {
    const { random, world, trace } = this.o;
    node.slowness = 1 + random() * MAX_SLOWNESS;
    trace(`the disk of node ${node.number} is ${node.slowness.toFixed(0)} times slower`);
    world.clock.after(random() * MAX_SLOW_MS * this.scale, () => {
      node.slowness = 1;
    });
  }

  private fullDisk(node: SimNode): void {
    if (node.isDown) return;
    const { random, trace } = this.o;
    if (random() < 0.3) {
      const code = random() < 0.5 ? 'EIO' : 'ENOSPC';
      trace(`the disk of node ${node.number} fails with ${code}`);
      return node.failDisk(code);
    }
    const room = Math.floor(random() * MAX_ROOM_BYTES);
    trace(`the disk of node ${node.number} has room for ${room} bytes`);
    node.limitDisk(room);
  }

  private jump(node: SimNode): void {
    const { random, trace } = this.o;
    const far = random() < 0.5 ? DAY_MS : 5000;
    node.wallAheadMs += Math.floor((random() - 0.5) * 2 * far);
    // A machine without a clock of its own begins at the same time whenever it starts.
    node.wallStandsStill = random() < 0.3;
    trace(`the wall clock of node ${node.number} is ahead by ${node.wallAheadMs} ms`);
  }

  private heal(): void {
    this.o.trace('the network heals');
    this.o.network.heal();
  }

  private cutOff(node: SimNode): void {
    this.o.trace(`node ${node.number} is cut off`);
    for (const other of this.o.nodes) this.part(node, other);
  }

  private split(): void {
    const { random, nodes, trace } = this.o;
    const side = nodes.map(() => random() < 0.5);
    trace(`the network falls apart: ${side.map(Number).join('')}`);
    for (const a of nodes) for (const b of nodes) if (side[a.number] && !side[b.number]) this.part(a, b);
  }

  private part(a: SimNode, b: SimNode): void {
    this.o.network.separate(a.number, b.number);
    this.o.network.separate(b.number, a.number);
  }

  private oneWay(node: SimNode): void {
    const { network, trace } = this.o;
    const other = this.pick(this.o.nodes);
    trace(`node ${node.number} does not reach node ${other.number}`);
    network.separate(node.number, other.number);
  }

  private weather(): void {
    const { network, random, trace } = this.o;
    network.loss = random() * 0.3;
    network.repetition = random() * 0.2;
    network.maxDelayMs = random() < 0.5 ? 5 : 300;
    trace(`loss ${network.loss.toFixed(2)}, delays up to ${network.maxDelayMs} ms`);
  }
}
