/**
 * An HTTP/2 stream that carries length-prefixed messages: finds them in the data, unpacks them, keeps to the limits.
 * Both ends of a call are one: call.ts here, and client-call.ts.
 */
import { type Http2Connection, Http2Stream } from '../http2/index.ts';
import { type MessageEncoding, unpack } from './compression.ts';
import { MessageAssembly, prefixBytes } from './message-assembly.ts';
import { StatusCode, type StatusLike } from './status.ts';

export interface MessageLimits {
  /** Largest message received, bytes, after decompression. */
  readonly maxReceiveBytes: number;
  /** Bytes of incomplete messages on one connection. */
  readonly maxPartialBytes: number;
}

export interface MessageConnection extends Http2Connection {
  readonly messageLimits: MessageLimits;
  /** Bytes of messages that have not come whole, on all streams. */
  partialBytes: number;
}

export abstract class MessageStream extends Http2Stream {
  declare readonly connection: MessageConnection;
  /** The status is decided: nothing more is of interest. */
  protected ended = false;
  private assembly: MessageAssembly | null = null;

  /** What the sender packs its messages with. */
  protected abstract readonly incomingEncoding: MessageEncoding;
  /** One message, unpacked. */
  protected abstract takeMessage(bytes: Uint8Array): void;
  /** Ends the call for a message that cannot be taken. */
  protected abstract refuse(status: StatusLike): void;

  /** Gives received bytes back to the window; a subclass may hold them back. */
  protected credit(bytes: number): void {
    this.consumed(bytes);
  }

  receiveData(buffer: Buffer, start: number, end: number): void {
    if (this.ended) return;
    this.credit(end - start);
    if (this.assembly !== null) start = this.assemble(this.assembly, buffer, start, end);
    while (end - start >= prefixBytes && !this.ended) {
      const body = start + prefixBytes;
      const length = buffer.readUInt32BE(start + 1);
      if (this.refuseLength(length)) return;
      if (end - body < length) break;
      start = body + length;
      this.unpackAndTake(buffer[body - prefixBytes], buffer.subarray(body, start));
    }
    if (start < end && !this.ended) {
      this.assembly = new MessageAssembly();
      this.assemble(this.assembly, buffer, start, end);
    }
  }

  /** Feeds a message that was cut; returns where its part ended. */
  private assemble(assembly: MessageAssembly, buffer: Buffer, start: number, end: number): number {
    const connection = this.connection;
    while (start < end) {
      const taken = assembly.take(buffer, start, end);
      start += taken;
      connection.partialBytes += taken;
      if (assembly.length >= 0 && this.refuseLength(assembly.length)) return start;
      if (assembly.complete) {
        this.dropAssembly();
        this.unpackAndTake(assembly.flag, assembly.message);
        return start;
      }
    }
    if (connection.partialBytes > connection.messageLimits.maxPartialBytes) {
      this.refuseMessage(StatusCode.resourceExhausted, 'too many incomplete messages on the connection');
    }
    return start;
  }

  override detach(): void {
    super.detach();
    this.dropAssembly();
  }

  private dropAssembly(): void {
    if (this.assembly === null) return;
    this.connection.partialBytes -= this.assembly.held;
    this.assembly = null;
  }

  /** The sender stopped inside a message. */
  protected get isCut(): boolean {
    return this.assembly !== null;
  }

  private refuseMessage(code: number, what: string): void {
    this.refuse({ code, message: `grpc: ${what}` });
  }

  private refuseLength(length: number): boolean {
    const max = this.connection.messageLimits.maxReceiveBytes;
    if (length <= max) return false;
    this.refuseMessage(
      StatusCode.resourceExhausted,
      `received message larger than max (${length} vs. ${max})`,
    );
    return true;
  }

  private unpackAndTake(flag: number, bytes: Uint8Array): void {
    if (flag === 0) return this.takeMessage(bytes);
    if (flag !== 1)
      return this.refuseMessage(StatusCode.internal, `received unexpected payload format ${flag}`);
    if (this.incomingEncoding === 'identity') {
      const what = 'compressed flag set with identity or empty encoding';
      return this.refuseMessage(StatusCode.internal, what);
    }
    const max = this.connection.messageLimits.maxReceiveBytes;
    let unpacked: Uint8Array | null;
    try {
      unpacked = unpack(bytes, max);
    } catch (error) {
      const what = `failed to decompress the received message: ${(error as Error).message}`;
      return this.refuseMessage(StatusCode.internal, what);
    }
    if (unpacked !== null) return this.takeMessage(unpacked);
    const what = `received message after decompression larger than max ${max}`;
    this.refuseMessage(StatusCode.resourceExhausted, what);
  }
}
