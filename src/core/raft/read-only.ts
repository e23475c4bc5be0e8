/** Read requests that wait for a quorum to confirm the leader (Raft dissertation, section 6.4). */
import { toLatin1 } from '../wire/bytes.ts';
import type { Message, NodeId } from './types.ts';

export interface PendingRead {
  readonly request: Message;
  /** Commit index when the request came. */
  readonly index: number;
  readonly acks: Set<NodeId>;
}

export class ReadOnly {
  private readonly pending = new Map<string, PendingRead>();
  private queue: Uint8Array[] = [];

  /** A request's context is its identity: the same one again changes nothing. */
  add(index: number, request: Message): void {
    const context = request.entries[0].data;
    const key = toLatin1(context);
    if (this.pending.has(key)) return;
    this.pending.set(key, { request, index, acks: new Set() });
    this.queue.push(context);
  }

  /** Who has confirmed the request so far; undefined if it is not pending. */
  acknowledge(id: NodeId, context: Uint8Array): ReadonlySet<NodeId> | undefined {
    const read = this.pending.get(toLatin1(context));
    read?.acks.add(id);
    return read?.acks;
  }

  /** A confirmed request confirms all that came before it. */
  advance(context: Uint8Array): PendingRead[] {
    const key = toLatin1(context);
    const at = this.queue.findIndex((c) => toLatin1(c) === key);
    if (at < 0) return [];
    const done = this.queue.slice(0, at + 1).map((c) => {
      const k = toLatin1(c);
      const read = this.pending.get(k)!;
      this.pending.delete(k);
      return read;
    });
    this.queue = this.queue.slice(at + 1);
    return done;
  }

  /** Context of the newest request, which heartbeats carry. */
  get lastContext(): Uint8Array | undefined {
    return this.queue[this.queue.length - 1];
  }
}
