/**
 * The network between nodes: it loses, delays, repeats and reorders messages and falls apart in one direction or both,
 * by the seed. Messages travel encoded, so that nothing is shared by accident. Proposals are never repeated: peers send
 * them over streams, which do not do that, and raft does not look for it.
 */
import type { BackendReader } from '../../src/core/ports/backend.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { PeerLink } from '../../src/core/ports/peer-link.ts';
import { type Message, MessageType } from '../../src/core/raft/index.ts';
import { Message as MessageCodec } from '../../src/core/wire/gen/raft.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import type { SimNode } from './sim-node.ts';

export class Network {
  /** Probabilities, and the longest delay in milliseconds. */
  loss = 0;
  repetition = 0;
  maxDelayMs = 5;
  /** `from>to` pairs that do not reach each other. */
  private readonly cut = new Set<string>();
  private readonly clock: VirtualClock;
  private readonly random: Random;
  private readonly nodes: readonly SimNode[];

  constructor(o: { clock: VirtualClock; random: Random; nodes: readonly SimNode[] }) {
    this.clock = o.clock;
    this.random = o.random;
    this.nodes = o.nodes;
  }

  linkOf(from: number): PeerLink {
    return {
      send: (messages) => {
        for (const message of messages) this.send(from, message);
      },
      sendSnapshot: (message, database, done) => this.sendSnapshot(from, message, database, done),
    };
  }

  /** One direction only, unless it is cut both ways. */
  separate(from: number, to: number): void {
    this.cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.cut.clear();
    this.loss = 0;
    this.repetition = 0;
    this.maxDelayMs = 5;
  }

  /** The database arrives with the message or not at all; the sender hears of it either way. */
  private sendSnapshot(
    from: number,
    message: Message,
    database: BackendReader,
    done: (arrived: boolean) => void,
  ): void {
    const to = this.nodes.find(({ id }) => id === message.to);
    const bytes = MessageCodec.encode(message);
    const isLost = this.random() < this.loss;
    this.clock.after(this.random() * this.maxDelayMs, () => {
      if (!to || isLost || this.cut.has(`${from}>${to.number}`)) return done(false);
      to.deliverSnapshot(MessageCodec.decode(bytes), database);
      done(true);
    });
  }

  private send(from: number, message: Message): void {
    const to = this.nodes.find(({ id }) => id === message.to);
    if (!to) return;
    const bytes = MessageCodec.encode(message);
    const repeated = message.type !== MessageType.MsgProp && this.random() < this.repetition;
    for (let copies = repeated ? 2 : 1; copies > 0; copies--) {
      if (this.random() < this.loss) continue;
      this.clock.after(this.random() * this.maxDelayMs, () => {
        if (!this.cut.has(`${from}>${to.number}`)) to.deliver(MessageCodec.decode(bytes));
      });
    }
  }
}
