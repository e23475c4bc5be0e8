/**
 * The JSON form of the API (`/v3/...`), as the grpc-gateway that etcd is built with speaks it. It calls the same method
 * tables as gRPC does. A request goes through its wire form on the way in and out, so that services may decode and
 * encode in ways of their own, and so that limits mean the same bytes; this path is for reach, not for speed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Code } from '../../../core/errors.ts';
import type { MethodDescriptor } from '../../../core/wire/codec.ts';
import type {
  DuplexMethod,
  Method,
  ServerStreamMethod,
  Status,
  UnaryMethod,
} from '../../../services/method.ts';
import { type Handler, locationOf, reply } from '../reply.ts';
import { answerError, maxJsonBytes, SUCCESS_HEADERS, tooLarge } from './answers.ts';
import { GatewayContext, parseTimeout } from './context.ts';
import { isBadJson, readMessage } from './json-reader.ts';
import { JsonScanner, JsonTooLargeError } from './json-scanner.ts';
import { writeMessage } from './json-writer.ts';
import { routeOf } from './routes.ts';
import { GatewayStream, pumpRequests, type StreamParts } from './stream.ts';

export interface GatewayOptions {
  /** By path, `/etcdserverpb.KV/Range`. */
  readonly methods: ReadonlyMap<string, Method>;
  /** Largest request in its wire form: --max-request-bytes and gRPC's allowance. */
  readonly maxReceiveBytes: number;
}

interface Call {
  readonly options: GatewayOptions;
  readonly descriptor: MethodDescriptor<any, any>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: GatewayContext;
}

/** The first JSON value of the body; what comes behind it is not looked at. Empty body: `{}`. */
async function firstValue(call: Call): Promise<string> {
  const scanner = new JsonScanner(maxJsonBytes(call.options.maxReceiveBytes));
  let value: string | undefined;
  const found = (text: string): void => {
    value ??= text;
  };
  for await (const chunk of call.request as AsyncIterable<Buffer>) {
    if (value === undefined) pushUntilFound(scanner, chunk, found, () => value !== undefined);
  }
  if (value === undefined) scanner.end(found);
  return value ?? '{}';
}

/** Bytes behind a complete value may be anything. */
function pushUntilFound(
  scanner: JsonScanner,
  chunk: Buffer,
  found: (text: string) => void,
  isFound: () => boolean,
): void {
  try {
    scanner.push(chunk, found);
  } catch (error) {
    if (!isFound()) throw error;
  }
}

/** The request in its wire form; undefined: answered with an error already. */
async function readRequest(call: Call): Promise<Uint8Array | undefined> {
  const { request: codec } = call.descriptor;
  const { maxReceiveBytes } = call.options;
  const refuse = (status: Status): undefined => {
    call.context.over();
    answerError(call.response, status);
    return undefined;
  };
  try {
    const bytes = codec.encode(readMessage(codec, await firstValue(call)));
    return bytes.length > maxReceiveBytes ? refuse(tooLarge(bytes.length, maxReceiveBytes)) : bytes;
  } catch (error) {
    if (error instanceof JsonTooLargeError) return refuse(tooLarge(error.size, maxReceiveBytes));
    if (isBadJson(error)) return refuse({ code: Code.InvalidArgument, message: error.message });
    if (call.request.destroyed) return refuse({ code: Code.Canceled, message: 'context canceled' });
    throw error;
  }
}

async function callUnary(call: Call, method: UnaryMethod): Promise<void> {
  const { context, response, descriptor } = call;
  let answered = false;
  const answer = (error: Status | undefined, body?: string): void => {
    if (answered) return;
    answered = true;
    context.over();
    if (error) answerError(response, error);
    else if (!response.destroyed) reply(response, 200, SUCCESS_HEADERS, body!);
  };
  context.onDeadline = () => answer({ code: Code.DeadlineExceeded, message: 'context deadline exceeded' });
  const request = await readRequest(call);
  if (request === undefined || context.cancelled) return;
  method.handle(method.decode(request), context, (error, result) => {
    if (error) answer(error);
    else
      answer(undefined, writeMessage(descriptor.response, descriptor.response.decode(method.encode(result))));
  });
}

async function callServerStream(call: Call, method: ServerStreamMethod): Promise<void> {
  const request = await readRequest(call);
  if (request === undefined || call.context.cancelled) return;
  method.handler(method.decode(request), new GatewayStream(streamParts(call, method)));
}

function callDuplex(call: Call, method: DuplexMethod): void {
  const stream = new GatewayStream(streamParts(call, method));
  method.handler(stream);
  pumpRequests(call.request, stream, call.options.maxReceiveBytes);
}

function streamParts({ descriptor, context, response, options }: Call, method: Method): StreamParts {
  return { descriptor, method, context, response, maxReceiveBytes: options.maxReceiveBytes };
}

function dispatch(call: Call, method: Method): void | Promise<void> {
  if (method.kind === 'unary') return callUnary(call, method);
  if (method.kind === 'serverStream') return callServerStream(call, method);
  return callDuplex(call, method);
}

function timeoutOf(request: IncomingMessage): { readonly ms?: number; readonly bad?: string } {
  const header = request.headers['grpc-timeout'];
  if (header === undefined) return {};
  const ms = parseTimeout(String(header));
  return ms === undefined ? { bad: String(header) } : { ms };
}

/** Answers everything under /v3/ and /v3beta/. */
export function gatewayHandler(options: GatewayOptions): Handler {
  return (request, response) => {
    const descriptor = routeOf(locationOf(request).path);
    if (descriptor === undefined) {
      answerError(response, { code: Code.NotFound, message: 'Not Found' });
      return;
    }
    if (request.method !== 'POST') {
      answerError(response, { code: Code.Unimplemented, message: 'Method Not Allowed' });
      return;
    }
    const timeout = timeoutOf(request);
    if (timeout.bad !== undefined) {
      answerError(response, { code: Code.InvalidArgument, message: `invalid grpc-timeout: ${timeout.bad}` });
      return;
    }
    const method = options.methods.get(descriptor.path);
    if (method === undefined) {
      const message = `unknown method ${descriptor.name} for service ${descriptor.service}`;
      answerError(response, { code: Code.Unimplemented, message });
      return;
    }
    const context = new GatewayContext(request, response, timeout.ms);
    return dispatch({ options, descriptor, request, response, context }, method);
  };
}
