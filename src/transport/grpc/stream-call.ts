/**
 * A call that streams, in one direction or both, as services see it (services/method.ts). Messages that come before
 * anyone listens, or while the call is paused, wait here; their bytes are not given back to the stream's window, so
 * the client cannot send more than one window of them.
 */
import type { Status } from '../../services/method.ts';
import { GrpcCall } from './call.ts';
import type { Encoded, GrpcStreamCall, StreamMethod } from './service.ts';
import { okStatus, StatusCode } from './status.ts';

export class StreamCall extends GrpcCall implements GrpcStreamCall {
  declare readonly method: StreamMethod;
  private readonly waiting: unknown[] = [];
  private uncreditedBytes = 0;
  private paused = false;
  /** The client ended its half; told once the messages before it are delivered. */
  private endPending = false;
  private messageListener: ((message: unknown) => void) | null = null;
  private endListener: (() => void) | null = null;
  private drainListener: (() => void) | null = null;

  override opened(): void {
    super.opened();
    const method = this.method;
    // A server stream has nothing to do before its request is there.
    if (method.kind !== 'serverStream') this.guard(() => method.handler(this));
  }

  // ---- in ----

  onMessage(listener: (message: unknown) => void): void {
    this.messageListener = listener;
    this.deliver();
  }

  onEnd(listener: () => void): void {
    this.endListener = listener;
    this.deliver();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.deliver();
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    const decoded = this.decodeMessage(bytes);
    if (decoded === null) return;
    if (this.method.kind === 'serverStream' && this.waiting.length > 0) {
      this.finish({ code: StatusCode.internal, message: 'grpc: more than one request message' });
      return;
    }
    this.waiting.push(decoded.request);
    this.deliver();
  }

  receiveEnd(): void {
    const method = this.method;
    const single = method.kind === 'serverStream';
    if (this.ended || !this.checkComplete(!single || this.waiting.length === 1)) return;
    if (single) {
      const request = this.waiting.pop();
      this.guard(() => method.handler(request, this));
    }
    this.endPending = true;
    this.deliver();
  }

  /** Hands over what waits, in order, for as long as it is wanted. */
  private deliver(): void {
    while (this.isListening && this.waiting.length > 0 && this.messageListener !== null) {
      const message = this.waiting.shift();
      const listener = this.messageListener;
      this.guard(() => listener(message));
    }
    if (!this.isListening || this.waiting.length > 0) return;
    if (this.uncreditedBytes > 0) {
      this.consumed(this.uncreditedBytes);
      this.uncreditedBytes = 0;
    }
    if (!this.endPending || this.endListener === null) return;
    this.endPending = false;
    this.guard(this.endListener);
  }

  private get isListening(): boolean {
    return !this.paused && !this.ended;
  }

  protected override credit(bytes: number): void {
    const held = this.paused || this.messageListener === null || this.waiting.length > 0;
    // A server stream's lone request is bounded by the message limit, and may be larger than the window.
    if (held && this.method.kind !== 'serverStream') this.uncreditedBytes += bytes;
    else this.consumed(bytes);
  }

  // ---- out ----

  send(response: unknown): boolean {
    if (this.ended) return true;
    const message = this.encodeMessage(response);
    return message === null ? true : this.sendMessage(message);
  }

  sendEncoded(message: Encoded): boolean {
    return this.ended ? true : this.sendMessage(message);
  }

  whenDrained(listener: () => void): void {
    this.drainListener = listener;
    if (this.queuedBytes === 0) setImmediate(() => this.drained());
  }

  override drained(): void {
    const listener = this.drainListener;
    this.drainListener = null;
    if (listener !== null && !this.ended) this.guard(listener);
  }

  end(status: Status = okStatus): void {
    this.finish(status);
  }
}
