/**
 * Which streams wait for the connection, and whose frame is next. A stream that waits for its own window is not here:
 * its WINDOW_UPDATE brings it back. Streams take turns, one frame each.
 */
import type { Http2Stream } from './stream.ts';

export interface SendingConnection {
  /** Bytes we may send on all streams together. */
  readonly sendWindow: number;
  /** The peer does not take what we send. */
  readonly saturated: boolean;
}

export class SendScheduler {
  private readonly connection: SendingConnection;
  /** In the order of their turns. */
  private readonly waiting = new Set<Http2Stream>();
  private running = false;

  constructor(connection: SendingConnection) {
    this.connection = connection;
  }

  /** Sends what a stream has queued, or lets it wait for its turn. */
  schedule(stream: Http2Stream): void {
    if (this.waiting.size === 0) {
      if (stream.pump(Number.POSITIVE_INFINITY) !== 'connection') return;
    } else if (stream.sendWindow <= 0) {
      return;
    }
    this.waiting.add(stream);
  }

  /** Window or socket have room again: one frame for each that waits, round after round, until they are full. */
  run(): void {
    if (this.running || this.waiting.size === 0) return;
    this.running = true;
    // A stream put back is visited again by this same loop: Set keeps insertion order.
    for (const stream of this.waiting) {
      if (this.connection.sendWindow <= 0 || this.connection.saturated) break;
      this.waiting.delete(stream);
      const result = stream.pump(1);
      if (result === 'turn' || result === 'connection') this.waiting.add(stream);
    }
    this.running = false;
  }

  remove(stream: Http2Stream): void {
    if (this.waiting.size > 0) this.waiting.delete(stream);
  }
}
