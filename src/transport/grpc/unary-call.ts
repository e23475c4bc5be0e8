/** A unary call. The handler starts when the client has ended its half, and calls back once. */
import type { UnaryMethod } from '../../services/method.ts';
import { copyLimitBytes } from '../http2/index.ts';
import { GrpcCall } from './call.ts';
import { prefixBytes } from './message-assembly.ts';
import { okStatus, StatusCode } from './status.ts';

/** Messages up to this many bytes go out in one piece with their headers and trailers. */
const plainAnswerBytes = copyLimitBytes - prefixBytes;

export class UnaryCall extends GrpcCall {
  declare readonly method: UnaryMethod<unknown, unknown>;
  private request: unknown = undefined;
  private requested = false;

  protected override onMessageBytes(bytes: Uint8Array): void {
    if (this.requested) {
      this.finish({ code: StatusCode.internal, message: 'grpc: more than one request message' });
      return;
    }
    const decoded = this.decodeMessage(bytes);
    if (decoded === null) return;
    this.request = decoded.request;
    this.requested = true;
  }

  receiveEnd(): void {
    if (this.ended || !this.checkComplete(this.requested)) return;
    const request = this.request;
    this.request = undefined;
    try {
      this.method.handle(request, this, (error, response) => this.complete(error, response));
    } catch (error) {
      this.finish(this.connection.grpc.statusOf(error));
    }
  }

  private complete(error: unknown, response: unknown): void {
    if (this.ended) return;
    if (error !== null && error !== undefined) return this.finish(this.connection.grpc.statusOf(error));
    const message = this.encodeMessage(response);
    if (message === null) return;
    if (message instanceof Uint8Array && message.length <= plainAnswerBytes && this.isPlain) {
      if (this.maySendNow(prefixBytes + message.length)) return this.writePlainAnswer(message);
    }
    this.sendMessage(message);
    this.finish(okStatus);
  }
}
