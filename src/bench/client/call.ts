/** One call on a connection: what comes in is cut into messages, what cannot go out yet waits. */

const PREFIX_BYTES = 5;

/** Who is told about a call. `ended` comes once, after all messages. */
export interface CallSink {
  /** The message is buffer[start, end), true until this returns. */
  message(buffer: Buffer, start: number, end: number): void;
  /** gRPC status. */
  ended(code: number, text: string): void;
}

/** A call's message that is not complete; starts with its prefix. */
interface Partial {
  bytes: Buffer;
  have: number;
}

export class Call {
  readonly id: number;
  readonly sink: CallSink;
  /** Bytes that the peer takes on this stream. May be negative (RFC 9113, section 6.9.2). */
  sendWindow: number;
  /** Bytes received since the last WINDOW_UPDATE for this stream. */
  unacknowledged = 0;
  /** Framed bytes that wait for the window; null if there are none. */
  unsent: Buffer | null = null;
  /** END_STREAM follows `unsent`, or has been sent. */
  ending = false;
  private partial: Partial | null = null;

  constructor(id: number, sink: CallSink, sendWindow: number) {
    this.id = id;
    this.sink = sink;
    this.sendWindow = sendWindow;
  }

  /** Takes the payload of a DATA frame. */
  receive(buffer: Buffer, at: number, end: number): void {
    if (this.partial !== null) at = this.complete(this.partial, buffer, at, end);
    while (end - at >= PREFIX_BYTES) {
      const next = at + PREFIX_BYTES + buffer.readUInt32BE(at + 1);
      if (next > end) break;
      this.sink.message(buffer, at + PREFIX_BYTES, next);
      at = next;
    }
    if (at < end) this.keep(buffer, at, end);
  }

  private keep(buffer: Buffer, at: number, end: number): void {
    const have = end - at;
    const needed = have < PREFIX_BYTES ? PREFIX_BYTES : PREFIX_BYTES + buffer.readUInt32BE(at + 1);
    const bytes = Buffer.allocUnsafe(needed);
    buffer.copy(bytes, 0, at, end);
    this.partial = { bytes, have };
  }

  private complete(partial: Partial, buffer: Buffer, at: number, end: number): number {
    for (;;) {
      const copied = buffer.copy(partial.bytes, partial.have, at, end);
      partial.have += copied;
      at += copied;
      if (partial.have < partial.bytes.length) return at;
      const length = partial.bytes.readUInt32BE(1);
      if (partial.bytes.length === PREFIX_BYTES + length) {
        this.partial = null;
        this.sink.message(partial.bytes, PREFIX_BYTES, partial.bytes.length);
        return at;
      }
      const grown = Buffer.allocUnsafe(PREFIX_BYTES + length);
      partial.bytes.copy(grown);
      partial.bytes = grown;
    }
  }
}
