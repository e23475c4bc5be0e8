/** One call of GrpcClient (client.ts): request out, messages and status in. */
import {
  type ClientStream,
  copyBytes,
  copyLimitBytes,
  ErrorCode,
  Flag,
  FrameType,
  frameHeaderBytes,
  type HeaderField,
  type HeaderTemplate,
  type Http2Connection,
  writeFrameHeader,
} from '../http2/index.ts';
import { encodingOf, type MessageEncoding } from './compression.ts';
import { messagePrefix, prefixBytes, writePrefix } from './message-assembly.ts';
import { MessageStream } from './message-stream.ts';
import { percentDecode, StatusCode, type StatusLike } from './status.ts';

export interface ClientCallEvents {
  /** A view: copy what stays. */
  onMessage(message: Uint8Array): void;
  /** Once, last. */
  onEnd(status: StatusLike): void;
  /** What was sent has left. */
  onDrained?(): void;
}

export class ClientCall extends MessageStream implements ClientStream {
  answering = false;
  protected incomingEncoding: MessageEncoding = 'identity';
  private readonly events: ClientCallEvents;
  /** The status, once headers or trailers said it. */
  private status: StatusLike | null = null;

  constructor(connection: Http2Connection, id: number, events: ClientCallEvents) {
    super(connection, id);
    this.events = events;
  }

  // ---- out ----

  /** Writes HEADERS; with a request, that too, and ends our half. */
  begin(template: HeaderTemplate, request: Uint8Array | null): void {
    const small = template.boundBytes <= copyLimitBytes;
    if (small && request !== null && request.length <= copyLimitBytes - prefixBytes) {
      if (this.maySendNow(request.length + prefixBytes)) return this.beginUnary(template.encode(), request);
    }
    this.sendHeaders(template.fields);
    if (request === null) return;
    this.send(request);
    this.endSending();
  }

  private beginUnary(block: Buffer, request: Uint8Array): void {
    const output = this.connection.output;
    const length = prefixBytes + request.length;
    let at = output.reserve(2 * frameHeaderBytes + block.length + length);
    const buffer = output.buffer;
    at = writeFrameHeader(buffer, at, block.length, FrameType.headers, Flag.endHeaders, this.id);
    at = copyBytes(block, buffer, at);
    at = writeFrameHeader(buffer, at, length, FrameType.data, Flag.endStream, this.id);
    copyBytes(request, buffer, writePrefix(buffer, at, 0, request.length));
    this.spend(length);
    this.closeLocal();
  }

  /** Sends one message, which must not change afterwards; false: wait for `onDrained`. */
  send(message: Uint8Array): boolean {
    return this.sendData([messagePrefix(0, message.length), message]);
  }

  /** Ends our half. */
  endSending(): void {
    this.endData();
  }

  /** Gives the call up. */
  cancel(): void {
    if (this.ended) return;
    this.reset(ErrorCode.cancel);
    this.conclude({ code: StatusCode.cancelled, message: 'cancelled' });
  }

  override drained(): void {
    this.events.onDrained?.();
  }

  // ---- in ----

  receiveHeaders(fields: readonly HeaderField[]): void {
    if (fields[0].value !== '200') {
      this.refuse({ code: StatusCode.unknown, message: `HTTP status ${fields[0].value}` });
      return;
    }
    this.status = statusIn(fields);
    this.incomingEncoding = encodingOf(fieldOf(fields, 'grpc-encoding')) ?? 'identity';
  }

  override receiveTrailers(fields: readonly HeaderField[]): void {
    this.status = statusIn(fields);
  }

  protected override takeMessage(bytes: Uint8Array): void {
    this.events.onMessage(bytes);
  }

  receiveEnd(): void {
    const cut = this.isCut;
    if (!this.localClosed) this.reset(ErrorCode.noError); // nobody reads what we would still send
    if (cut) this.conclude({ code: StatusCode.internal, message: 'unexpected EOF' });
    else this.conclude(this.status ?? { code: StatusCode.unknown, message: 'no status' });
  }

  aborted(code: number): void {
    this.conclude(statusOfReset(code));
  }

  protected override refuse(status: StatusLike): void {
    this.reset(ErrorCode.cancel);
    this.conclude(status);
  }

  private conclude(status: StatusLike): void {
    if (this.ended) return;
    this.ended = true;
    this.events.onEnd(status);
  }
}

function fieldOf(fields: readonly HeaderField[], name: string): string | undefined {
  for (const field of fields) if (field.name === name) return field.value;
  return undefined;
}

const ok: StatusLike = { code: StatusCode.ok, message: '' };

function statusIn(fields: readonly HeaderField[]): StatusLike | null {
  const code = fieldOf(fields, 'grpc-status');
  if (code === undefined) return null;
  if (code === '0') return ok;
  return { code: Number(code), message: percentDecode(fieldOf(fields, 'grpc-message') ?? '') };
}

/** What became of a call whose stream was reset, or lost its connection. */
function statusOfReset(code: number): StatusLike {
  if (code === ErrorCode.refusedStream) return { code: StatusCode.unavailable, message: 'stream refused' };
  if (code === ErrorCode.enhanceYourCalm) return { code: StatusCode.resourceExhausted, message: 'too much' };
  if (code === ErrorCode.cancel) return { code: StatusCode.unavailable, message: 'connection lost' };
  return { code: StatusCode.internal, message: `stream reset with code ${code}` };
}
