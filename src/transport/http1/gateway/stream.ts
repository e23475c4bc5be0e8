/**
 * A streaming method over one HTTP request: JSON objects in, one behind the other; lines `{"result":...}` out, with an
 * `{"error":...}` line at the end if it failed. The status is 200 as soon as one line is out. The end of the request,
 * or JSON that is broken, is a half-close: the answers go on.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Code } from '../../../core/errors.ts';
import type { MethodDescriptor } from '../../../core/wire/codec.ts';
import {
  type DuplexCall,
  type Encoded,
  type Method,
  type Status,
  wholeMessage,
} from '../../../services/method.ts';
import { answerError, maxJsonBytes, SUCCESS_HEADERS, statusText, tooLarge } from './answers.ts';
import type { GatewayContext } from './context.ts';
import { isBadJson, readMessage } from './json-reader.ts';
import { JsonScanner, JsonTooLargeError } from './json-scanner.ts';
import { writeMessage } from './json-writer.ts';

export interface StreamParts {
  readonly descriptor: MethodDescriptor<any, any>;
  readonly method: Method;
  readonly context: GatewayContext;
  readonly response: ServerResponse;
  /** Largest request in its wire form. */
  readonly maxReceiveBytes: number;
}

/** The call as its service sees it. */
export class GatewayStream implements DuplexCall<any> {
  private readonly parts: StreamParts;
  private messageListener: (request: any) => void = () => {};
  private endListener: () => void = () => {};
  private over = false;
  private halfClosed = false;

  constructor(parts: StreamParts) {
    this.parts = parts;
    parts.context.onDeadline = () =>
      this.end({ code: Code.DeadlineExceeded, message: 'context deadline exceeded' });
    parts.context.onCancel(() => {
      this.over = true;
    });
  }

  get deadline(): number {
    return this.parts.context.deadline;
  }
  get cancelled(): boolean {
    return this.parts.context.cancelled;
  }
  onCancel(listener: () => void): void {
    this.parts.context.onCancel(listener);
  }
  metadata(name: string): string | undefined {
    return this.parts.context.metadata(name);
  }

  sendEncoded(message: Encoded): boolean {
    if (this.over) return true;
    const { response, descriptor } = this.parts;
    if (!response.headersSent) response.writeHead(200, SUCCESS_HEADERS);
    const codec = descriptor.response;
    return response.write(`{"result":${writeMessage(codec, codec.decode(wholeMessage(message)))}}\n`);
  }

  whenDrained(listener: () => void): void {
    const { response } = this.parts;
    if (response.writableNeedDrain) response.once('drain', listener);
    else setImmediate(listener);
  }
  onMessage(listener: (request: any) => void): void {
    this.messageListener = listener;
  }
  onEnd(listener: () => void): void {
    this.endListener = listener;
  }

  end(status?: Status): void {
    if (this.over) return;
    this.over = true;
    const { context, response } = this.parts;
    context.over();
    const failed = status !== undefined && status.code !== Code.OK;
    const line = failed ? `{"error":${statusText(status)}}\n` : '';
    if (failed && !response.headersSent) {
      answerError(response, status, line);
      return;
    }
    if (!response.headersSent) response.writeHead(200);
    response.end(line);
  }

  /** One request as JSON. @throws ProtoJsonError */
  deliver(text: string): void {
    const { descriptor, method, maxReceiveBytes } = this.parts;
    const bytes = descriptor.request.encode(readMessage(descriptor.request, text));
    if (bytes.length > maxReceiveBytes) this.end(tooLarge(bytes.length, maxReceiveBytes));
    else if (!this.over && !this.halfClosed) this.messageListener(method.decode(bytes));
  }

  halfClose(): void {
    if (this.over || this.halfClosed) return;
    this.halfClosed = true;
    this.endListener();
  }
}

/** Feeds a stream from the body of its request. */
export function pumpRequests(request: IncomingMessage, stream: GatewayStream, maxReceiveBytes: number): void {
  const scanner = new JsonScanner(maxJsonBytes(maxReceiveBytes));
  let broken = false;
  const guarded = (work: () => void): void => {
    if (broken) return;
    try {
      work();
    } catch (error) {
      broken = true;
      if (error instanceof JsonTooLargeError) stream.end(tooLarge(error.size, maxReceiveBytes));
      else if (isBadJson(error)) stream.halfClose();
      else throw error;
    }
  };
  request.on('data', (chunk: Buffer) => guarded(() => scanner.push(chunk, (text) => stream.deliver(text))));
  request.on('end', () => {
    guarded(() => scanner.end((text) => stream.deliver(text)));
    stream.halfClose();
  });
}
