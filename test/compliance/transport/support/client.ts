/** grpc-js as a client, with promises, and a bare HTTP/2 client for what grpc-js would not say. */
import http2 from 'node:http2';
import * as grpc from '@grpc/grpc-js';

const plain = (value: Buffer) => value;

export interface Answer {
  readonly response: Buffer | undefined;
  readonly error: grpc.ServiceError | null;
  readonly headers: grpc.Metadata | undefined;
  readonly trailers: grpc.Metadata | undefined;
}

export class Client {
  readonly raw: grpc.Client;

  constructor(
    address: string,
    options: grpc.ClientOptions = {},
    credentials = grpc.credentials.createInsecure(),
  ) {
    this.raw = new grpc.Client(address, credentials, { 'grpc.max_receive_message_length': -1, ...options });
  }

  unary(
    method: string,
    request: Uint8Array | string,
    options: grpc.CallOptions & { metadata?: Record<string, string>; cancelAfterMs?: number } = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const metadata = new grpc.Metadata();
      for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.set(name, value);
      let headers: grpc.Metadata | undefined;
      let trailers: grpc.Metadata | undefined;
      let outcome: { response: Buffer | undefined; error: grpc.ServiceError | null } | undefined;
      const finish = () =>
        outcome !== undefined && trailers !== undefined && resolve({ ...outcome, headers, trailers });
      const call = this.raw.makeUnaryRequest(
        `/test.Echo/${method}`,
        plain,
        plain,
        Buffer.from(request as Uint8Array),
        metadata,
        options,
        (error, response) => {
          outcome = { response, error };
          finish();
        },
      );
      call.on('metadata', (received) => (headers = received));
      call.on('status', (status) => {
        trailers = status.metadata;
        finish();
      });
      if (options.cancelAfterMs !== undefined) setTimeout(() => call.cancel(), options.cancelAfterMs);
    });
  }

  serverStream(method: string, request: string): grpc.ClientReadableStream<Buffer> {
    return this.raw.makeServerStreamRequest(
      `/test.Echo/${method}`,
      plain,
      plain,
      Buffer.from(request),
      new grpc.Metadata(),
    );
  }

  bidi(method: string): grpc.ClientDuplexStream<Buffer, Buffer> {
    return this.raw.makeBidiStreamRequest(`/test.Echo/${method}`, plain, plain, new grpc.Metadata());
  }

  close(): void {
    this.raw.close();
  }
}

/** All messages of a stream and how it ended. */
export function drain(
  stream: grpc.ClientReadableStream<Buffer>,
): Promise<{ messages: Buffer[]; status: grpc.StatusObject }> {
  return new Promise((resolve) => {
    const messages: Buffer[] = [];
    stream.on('data', (message: Buffer) => messages.push(message));
    stream.on('error', () => {});
    stream.on('status', (status) => resolve({ messages, status }));
  });
}

export interface BareAnswer {
  readonly headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader;
  readonly trailers: http2.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request by node:http2 on a connection of its own. */
export async function bare(
  url: string,
  headers: http2.OutgoingHttpHeaders,
  body: Uint8Array = Buffer.alloc(0),
  options: http2.SecureClientSessionOptions = {},
): Promise<BareAnswer> {
  const session = http2.connect(url, options);
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const fields = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', ...headers };
      const stream = session.request(fields, { endStream: fields[':method'] === 'GET' });
      let received: BareAnswer['headers'] = {};
      let trailers: http2.IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      stream.on('response', (head) => (received = head));
      stream.on('trailers', (fields) => (trailers = fields));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve({ headers: received, trailers, body: Buffer.concat(chunks) }));
      if (fields[':method'] !== 'GET') stream.end(body);
    });
  } finally {
    session.destroy();
  }
}
