/** Calls with one request: unary and server streaming. The handler starts when the client has ended its half. */
import type { Http2Stream, OutgoingField, RequestHead } from '../http2/index.ts';
import { copyLimitBytes, Http2Stream as Stream } from '../http2/index.ts';
import { GrpcCall } from './call.ts';
import type { GrpcConnection } from './connection.ts';
import { prefixBytes } from './message-assembly.ts';
import type { CallRoute } from './route.ts';
import type { Encoded, SendingCall, ServerStreamMethod, UnaryMethod } from './service.ts';
import { okStatus, StatusCode, type StatusLike, toStatus } from './status.ts';

abstract class OneRequestCall extends GrpcCall {
  private request: unknown = undefined;
  private requested = false;

  protected override onMessageBytes(bytes: Uint8Array): void {
    if (this.requested) {
      this.fail({ code: StatusCode.internal, message: 'grpc: more than one request message' });
      return;
    }
    try {
      this.request = this.method.decode(bytes);
      this.requested = true;
    } catch (error) {
      const message = `grpc: error unmarshalling request: ${(error as Error).message}`;
      this.fail({ code: StatusCode.internal, message });
    }
  }

  onEnd(): void {
    if (this.ended) return;
    if (!this.requested) {
      const message = this.endsInsideMessage() ? 'unexpected EOF' : 'grpc: no request message';
      this.fail({ code: StatusCode.internal, message });
      return;
    }
    const request = this.request;
    this.request = undefined;
    try {
      this.run(request);
    } catch (error) {
      this.fail(toStatus(error));
    }
  }

  protected abstract run(request: unknown): void;
}

export class UnaryCall extends OneRequestCall {
  declare readonly method: UnaryMethod;

  protected override run(request: unknown): void {
    const method = this.method;
    if (method.handle !== undefined) {
      method.handle(request, this, (error, response) => this.complete(error, response));
      return;
    }
    const answer = (method.handler as NonNullable<typeof method.handler>)(request, this);
    if (answer instanceof Promise) {
      answer.then(
        (response) => this.reply(response),
        (error) => this.fail(toStatus(error)),
      );
    } else {
      this.reply(answer);
    }
  }

  private complete(error: unknown, response: unknown): void {
    if (error !== null && error !== undefined) this.fail(toStatus(error));
    else this.reply(response);
  }

  private reply(response: unknown): void {
    if (this.ended) return;
    const message = this.encodeMessage(response);
    if (message === null) return;
    if (message instanceof Uint8Array && message.length <= copyLimitBytes - prefixBytes && this.isPlain) {
      if (this.maySendNow(prefixBytes + message.length)) return this.writePlainAnswer(message);
    }
    this.sendMessage(message);
    this.finish(okStatus);
  }
}

export class ServerStreamCall extends OneRequestCall implements SendingCall<unknown> {
  declare readonly method: ServerStreamMethod;
  private readonly drain = new DrainListener(this);

  protected override run(request: unknown): void {
    const running = this.method.handler(request, this);
    if (running instanceof Promise) running.catch((error) => this.fail(toStatus(error)));
  }

  send(response: unknown): boolean {
    if (this.ended) return true;
    const message = this.encodeMessage(response);
    return message === null ? true : this.sendMessage(message);
  }

  sendEncoded(message: Encoded): boolean {
    return this.ended ? true : this.sendMessage(message);
  }

  whenDrained(listener: () => void): void {
    if (!this.ended) this.drain.set(listener);
  }

  override onDrained(): void {
    this.drain.fire();
  }

  end(status: StatusLike = okStatus): void {
    this.finish(status);
  }
}

/** The one listener that waits for a stream's queue to empty. */
export class DrainListener {
  private readonly stream: Stream;
  private listener: (() => void) | null = null;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  set(listener: () => void): void {
    this.listener = listener;
    if (this.stream.queuedBytes === 0) setImmediate(() => this.fire());
  }

  fire(): void {
    const listener = this.listener;
    this.listener = null;
    if (listener !== null && !this.stream.gone) listener();
  }
}

/** A request that no method takes: answered when its stream opens, its body is of no interest. */
export class RefusedCall extends Stream {
  private readonly fields: readonly OutgoingField[];

  constructor(connection: GrpcConnection, id: number, fields: readonly OutgoingField[]) {
    super(connection, id);
    this.fields = fields;
  }

  override onOpened(): void {
    this.sendTrailers(this.fields);
  }

  onData(): void {}
  onEnd(): void {}
  onAborted(): void {}
}

/** The stream for a routed head. */
export type AnyCall = Http2Stream & { readonly head?: RequestHead; readonly route?: CallRoute };
