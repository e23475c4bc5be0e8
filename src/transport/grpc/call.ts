/**
 * A call under way, whatever its kind: messages in, messages out, deadline, cancellation, metadata, status. It is an
 * HTTP/2 stream and the handler's context at once: one object a call.
 *
 *   open --status sent--> ended          (trailers are out or queued)
 *   open --RST_STREAM, deadline, connection lost--> cancelled (and ended)
 */
import {
  copyBytes,
  copyLimitBytes,
  ErrorCode,
  Flag,
  FrameType,
  frameHeaderBytes,
  type OutgoingField,
  type RequestHead,
  writeFrameHeader,
} from '../http2/index.ts';
import { type MessageEncoding, pack } from './compression.ts';
import type { GrpcConnection } from './connection.ts';
import { messagePrefix, prefixBytes, writePrefix } from './message-assembly.ts';
import { MessageStream } from './message-stream.ts';
import { answerFields, type CallRoute, gzipAnswerFields, trailersOnly } from './route.ts';
import type { CancelReason, Encoded, GrpcContext, Method, PeerTls } from './service.ts';
import { okStatus, StatusCode, type StatusLike, statusFields } from './status.ts';
import type { Expiring } from './timeout.ts';

const noDeadline = -1;

export abstract class GrpcCall extends MessageStream implements GrpcContext, Expiring {
  declare readonly connection: GrpcConnection;
  readonly method: Method;
  cancelled = false;
  protected readonly route: CallRoute;
  protected headersSent = false;
  private readonly head: RequestHead;
  private deadlineSlot = noDeadline;
  private cancelListeners: ((reason: CancelReason) => void)[] | null = null;
  private cancelReason: CancelReason = 'cancelled';
  private abort: AbortController | null = null;
  private extraHeaders: OutgoingField[] | null = null;
  private extraTrailers: OutgoingField[] | null = null;

  constructor(connection: GrpcConnection, id: number, head: RequestHead, route: CallRoute) {
    super(connection, id);
    this.head = head;
    this.route = route;
    this.method = route.method;
  }

  // ---- context ----

  get path(): string {
    return this.head.path;
  }

  get peer(): string {
    return this.connection.peer;
  }

  get peerTls(): PeerTls | null {
    return this.connection.peerTls;
  }

  get deadline(): number {
    if (this.route.timeoutMs < 0) return Number.POSITIVE_INFINITY;
    return performance.timeOrigin + this.openedAt + this.route.timeoutMs;
  }

  get signal(): AbortSignal {
    if (this.abort === null) {
      this.abort = new AbortController();
      if (this.cancelled) this.abort.abort(this.cancelReason);
    }
    return this.abort.signal;
  }

  onCancel(listener: (reason: CancelReason) => void): void {
    if (this.cancelled) listener(this.cancelReason);
    else if (this.cancelListeners === null) this.cancelListeners = [listener];
    else this.cancelListeners.push(listener);
  }

  metadata(name: string): string | undefined {
    return this.head.get(name);
  }

  metadataAll(name: string): string[] {
    return this.head.fields.filter((field) => field.name === name).map((field) => field.value);
  }

  setHeader(name: string, value: string): void {
    this.extraHeaders ??= [];
    this.extraHeaders.push({ name, value, indexing: 'once' });
  }

  setTrailer(name: string, value: string): void {
    this.extraTrailers ??= [];
    this.extraTrailers.push({ name, value, indexing: 'once' });
  }

  // ---- beginning and end ----

  override opened(): void {
    const timeout = this.route.timeoutMs;
    if (timeout >= 0) this.deadlineSlot = this.connection.deadlines.add(this.openedAt + timeout, this);
    this.connection.observer?.started(this.method, this);
  }

  /** The deadline passed. Listeners may answer; if none does, the status says so. */
  expire(): void {
    if (this.ended) return;
    this.deadlineSlot = noDeadline;
    this.cancelCall('deadline');
    this.finish({ code: StatusCode.deadlineExceeded, message: 'context deadline exceeded' });
  }

  aborted(code: number): void {
    if (this.ended) return;
    this.conclude(StatusCode.cancelled);
    this.cancelCall(
      code === ErrorCode.cancel && this.connection.reading ? 'cancelled' : this.connection.lostReason,
    );
  }

  private cancelCall(reason: CancelReason): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.cancelReason = reason;
    const listeners = this.cancelListeners;
    this.cancelListeners = null;
    this.abort?.abort(reason);
    if (listeners !== null) for (const listener of listeners) listener(reason);
  }

  private conclude(code: number): void {
    this.ended = true;
    if (this.deadlineSlot !== noDeadline) this.connection.deadlines.remove(this.deadlineSlot, this);
    this.connection.observer?.ended(this.method, code, this);
  }

  /** Sends the status; the call is over. */
  protected finish(status: StatusLike): void {
    if (this.ended) return;
    this.conclude(status.code);
    this.cancelListeners = null;
    const extra = this.extraTrailers ?? [];
    if (this.headersSent || this.extraHeaders !== null) {
      this.beginAnswer();
      this.sendTrailers([...statusFields(status), ...extra]);
    } else {
      this.sendTrailers([...trailersOnly(status), ...extra]);
    }
  }

  // ---- messages in ----

  protected override get incomingEncoding(): MessageEncoding {
    return this.route.encoding;
  }

  protected override takeMessage(bytes: Uint8Array): void {
    this.connection.observer?.received(this.method, bytes.length);
    this.onMessageBytes(bytes);
  }

  /** A message, unpacked. */
  protected abstract onMessageBytes(bytes: Uint8Array): void;

  protected override refuse(status: StatusLike): void {
    this.finish(status);
  }

  /** The client ended its half: inside a message, or before the request there has to be (`requested`)? */
  protected checkComplete(requested: boolean): boolean {
    if (!this.isCut && requested) return true;
    this.finish({
      code: StatusCode.internal,
      message: this.isCut ? 'unexpected EOF' : 'grpc: no request message',
    });
    return false;
  }

  // ---- messages out ----

  /** Decodes; null when that failed and the call was ended for it. */
  protected decodeMessage(bytes: Uint8Array): { readonly request: unknown } | null {
    try {
      return { request: this.method.decode(bytes) };
    } catch (error) {
      const message = `grpc: error unmarshalling request: ${(error as Error).message}`;
      this.finish({ code: StatusCode.internal, message });
      return null;
    }
  }

  /** Encodes; null when that failed and the call was ended for it. */
  protected encodeMessage(response: unknown): Encoded | null {
    try {
      return this.method.encode(response);
    } catch (error) {
      const message = `grpc: error while marshaling: ${(error as Error).message}`;
      this.finish({ code: StatusCode.internal, message });
      return null;
    }
  }

  /** Runs a handler's code. What it throws is the call's status. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.finish(this.connection.grpc.statusOf(error));
    }
  }

  /** Sends one message; false when it waits. */
  protected sendMessage(message: Encoded): boolean {
    const pieces = message instanceof Uint8Array ? [message] : message;
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    const max = this.connection.grpc.maxSendBytes;
    if (bytes > max) {
      this.finish({
        code: StatusCode.resourceExhausted,
        message: `grpc: trying to send message larger than max (${bytes} vs. ${max})`,
      });
      return true;
    }
    this.beginAnswer();
    this.connection.observer?.sent(this.method, bytes);
    if (this.route.encoding === 'gzip') return this.sendPacked(pieces, bytes);
    if (
      bytes + prefixBytes <= copyLimitBytes &&
      this.maySendNow(bytes + prefixBytes) &&
      !this.connection.saturated
    ) {
      this.writeMessage(pieces, bytes);
      return true;
    }
    return this.sendData([messagePrefix(0, bytes), ...pieces]);
  }

  private sendPacked(pieces: readonly Uint8Array[], bytes: number): boolean {
    const packed = pack(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, bytes));
    if (packed === null) return this.sendData([messagePrefix(0, bytes), ...pieces]);
    return this.sendData([messagePrefix(1, packed.length), packed]);
  }

  /** One DATA frame with one message, straight into the output. */
  private writeMessage(pieces: readonly Uint8Array[], bytes: number): void {
    const { output, grpc } = this.connection;
    const start = output.reserve(frameHeaderBytes + prefixBytes + bytes);
    const buffer = output.buffer;
    this.spend(prefixBytes + bytes);
    if (pieces.length === 3 && grpc.repeated.write(this.id, pieces, buffer, start)) return;
    let at = writeFrameHeader(buffer, start, prefixBytes + bytes, FrameType.data, Flag.none, this.id);
    at = writePrefix(buffer, at, 0, bytes);
    for (const piece of pieces) at = copyBytes(piece, buffer, at);
    if (pieces.length === 3) grpc.repeated.remember(this.id, pieces, buffer, start, at);
  }

  /** Sends the answer's headers if they are not out yet. */
  protected beginAnswer(): void {
    if (this.headersSent) return;
    this.headersSent = true;
    const fields = this.route.encoding === 'gzip' ? gzipAnswerFields : answerFields;
    this.sendHeaders(this.extraHeaders === null ? fields : [...fields, ...this.extraHeaders]);
  }

  /** Nothing but the usual goes out: no metadata of the handler's, no compression, no headers yet. */
  protected get isPlain(): boolean {
    return (
      !this.headersSent &&
      this.extraHeaders === null &&
      this.extraTrailers === null &&
      this.route.encoding === 'identity'
    );
  }

  /** A plain unary answer: HEADERS, DATA and trailers in one go (see {@link isPlain}, `maySendNow`). */
  protected writePlainAnswer(message: Uint8Array): void {
    const connection = this.connection;
    const headers = connection.answerHeaders.encode();
    const length = prefixBytes + message.length;
    // Room for the trailers too; their block is encoded after the headers', as the table demands.
    const output = connection.output;
    const trailerRoom = connection.okTrailers.boundBytes;
    let at = output.reserve(3 * frameHeaderBytes + headers.length + length + trailerRoom);
    const buffer = output.buffer;
    at = writeFrameHeader(buffer, at, headers.length, FrameType.headers, Flag.endHeaders, this.id);
    at = copyBytes(headers, buffer, at);
    at = writeFrameHeader(buffer, at, length, FrameType.data, Flag.none, this.id);
    at = copyBytes(message, buffer, writePrefix(buffer, at, 0, message.length));
    const trailers = connection.okTrailers.encode();
    at = writeFrameHeader(
      buffer,
      at,
      trailers.length,
      FrameType.headers,
      Flag.endHeaders | Flag.endStream,
      this.id,
    );
    output.trim(copyBytes(trailers, buffer, at));
    this.spend(length);
    this.headersSent = true;
    connection.observer?.sent(this.method, message.length);
    this.conclude(okStatus.code);
    this.cancelListeners = null;
    this.closeLocal();
  }
}
