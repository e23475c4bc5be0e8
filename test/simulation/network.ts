/**
 * The network between nodes: it loses, delays, repeats and reorders messages and falls apart in one direction or both,
 * by the seed. Messages with entries travel encoded, so that nothing is shared by accident. Proposals are never
 * repeated: peers send them over streams, which do not do that, and raft does not look for it.
 */
import type { BackendReader } from '../../src/core/ports/backend.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { PeerLink } from '../../src/core/ports/peer-link.ts';
import { type Message, MessageType } from '../../src/core/raft/index.ts';
import { Message as MessageCodec } from '../../src/core/wire/gen/raft.ts';
import type { Member } from '../../src/member/member.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

const MAX_DELAY_MS = 5;
/** Databases take so many times longer than messages. */
const SNAPSHOT_DELAY = 10;
/** How long somebody waits for the answer to a question at most, before the connection counts as broken. */
const MAX_WAIT_MS = 3000;
/** How often a sender hears that nobody is there. */
const UNREACHABLE_IS_HEARD = 0.5;

export class Network {
  /** Probabilities, and the longest delay in milliseconds. */
  loss = 0;
  repetition = 0;
  maxDelayMs = MAX_DELAY_MS;
  /** `from>to` pairs that do not reach each other. */
  private readonly cut = new Set<string>();
  /** `from>to`: since when both reach each other. */
  private readonly since = new Map<string, number>();
  /** Databases on their way, by sender and receiver: how each ends. */
  private readonly transfers = new Map<string, (arrived: boolean) => void>();
  private readonly world: World;
  private readonly random: Random;
  private readonly nodes: readonly SimNode[];

  constructor(o: { world: World; random: Random; nodes: readonly SimNode[] }) {
    this.world = o.world;
    this.random = o.random;
    this.nodes = o.nodes;
  }

  linkOf(from: number): PeerLink {
    return {
      send: (messages) => {
        for (const message of messages) this.send(this.nodes[from], message);
      },
      sendSnapshot: (message, database, done) => this.sendSnapshot(this.nodes[from], message, database, done),
    };
  }

  node(id: bigint): SimNode | undefined {
    return this.nodes.find((node) => node.id === id);
  }

  /** One direction only, unless it is cut both ways. */
  separate(from: number, to: number): void {
    this.cut.add(`${from}>${to}`);
  }

  reaches(from: SimNode, to: SimNode): boolean {
    return this.cut.size === 0 || !this.cut.has(`${from.number}>${to.number}`);
  }

  heal(): void {
    this.cut.clear();
    this.loss = 0;
    this.repetition = 0;
    this.maxDelayMs = MAX_DELAY_MS;
  }

  /** To be called when something broke or healed: who has been connected to whom for how long follows from it. */
  refresh(): void {
    const now = this.world.now();
    for (const a of this.nodes) {
      for (const b of this.nodes) {
        const pair = `${a.number}>${b.number}`;
        const up = !a.isDown && !b.isDown && this.reaches(a, b) && this.reaches(b, a);
        if (!up) this.since.delete(pair);
        else if (!this.since.has(pair)) this.since.set(pair, now);
      }
    }
  }

  /** In milliseconds of the world. */
  connectedSince(a: SimNode, id: bigint): number | undefined {
    const b = this.node(id);
    return b && this.since.get(`${a.number}>${b.number}`);
  }

  /** Members dial each other all the time; one that was removed is turned away by those who know, and told. */
  dial(from: SimNode): void {
    for (const { id } of from.member?.cluster.members() ?? []) {
      const to = this.node(id);
      if (!to?.member || to === from || !this.reaches(from, to) || !this.reaches(to, from)) continue;
      if (to.member.cluster.isRemoved(from.id)) return from.hearOfRemoval();
    }
  }

  /** A question to another node; `lost` if no answer comes back. Both sides wait while they stand still. */
  ask<T>(
    from: SimNode,
    to: SimNode,
    question: (member: Member, answer: (value: T) => void) => void,
    done: (value: T | 'lost') => void,
  ): void {
    let over = false;
    const back = from.life();
    const end = (value: T | 'lost'): void =>
      back(() => {
        if (over) return;
        over = true;
        done(value);
      });
    this.world.clock.after(this.random() * MAX_WAIT_MS, () => end('lost'));
    this.carry(from, to, () => {
      to.visit((member) => question(member, (value) => this.carry(to, from, () => end(value))));
    });
  }

  /** The database arrives with the message or not at all; the sender hears of it either way, if it lives. */
  private sendSnapshot(
    from: SimNode,
    message: Message,
    database: BackendReader,
    done: (arrived: boolean) => void,
  ): void {
    const pair = `${from.number}>${message.to}`;
    const back = from.life();
    const end = (arrived: boolean): void => {
      if (this.transfers.get(pair) === end) this.transfers.delete(pair);
      back(() => done(arrived));
    };
    // One that is on its way to the same member is given up.
    const before = this.transfers.get(pair);
    this.transfers.set(pair, end);
    before?.(false);
    const to = this.node(message.to);
    const bytes = MessageCodec.encode(message);
    const isLost = this.random() < this.loss;
    this.world.clock.after(this.random() * this.maxDelayMs * SNAPSHOT_DELAY, () => {
      if (this.transfers.get(pair) !== end) return;
      const arrives = to !== undefined && !to.isDown && !isLost && this.reaches(from, to);
      if (arrives) to.deliverSnapshot(MessageCodec.decode(bytes), database);
      end(arrives);
    });
  }

  private carry(from: SimNode, to: SimNode, arrive: () => void): void {
    if (this.random() < this.loss) return;
    this.world.clock.after(this.random() * this.maxDelayMs, () => {
      if (this.reaches(from, to)) arrive();
    });
  }

  private send(from: SimNode, message: Message): void {
    const to = this.node(message.to);
    if (!to) return;
    if (to.isDown && this.random() < UNREACHABLE_IS_HEARD) {
      from.visit((member) => member.reportUnreachable(message.to));
      return;
    }
    const repeated = message.type !== MessageType.MsgProp && this.random() < this.repetition;
    const packed = pack(message);
    for (let copies = repeated ? 2 : 1; copies > 0; copies--)
      this.carry(from, to, () => this.arrive(from, to, packed()));
  }

  private arrive(from: SimNode, to: SimNode, message: Message): void {
    to.visit((member) => {
      if (!member.cluster.isRemoved(message.from)) return member.step(message);
      // The peer port turns away those that were removed, and tells them; what others pass on for them is only refused.
      if (message.from === from.id) this.carry(to, from, () => from.hearOfRemoval());
    });
  }
}

/** A message as it leaves; each call is one arrival. */
function pack(message: Message): () => Message {
  if (message.entries.length === 0 && !message.snapshot) return () => ({ ...message });
  const bytes = MessageCodec.encode(message);
  return () => MessageCodec.decode(bytes);
}
