/** A gRPC server whose every answer the test decides: handlers by method, broken connections on demand. */
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { FrameReader, frame } from '../../../src/client/grpc-frames.ts';
import { Code } from '../../../src/core/errors.ts';
import type { MethodDescriptor } from '../../../src/core/wire/codec.ts';

const ANY_SIZE = 2 ** 31;

export interface Status {
  readonly code: number;
  readonly text: string;
}

/** As servers write `grpc-message`: only what is not printable ASCII, and the escape itself. */
function escaped(text: string): string {
  return text.replace(/[^ -~]|%/gu, encodeURIComponent);
}

/** One call as the server sees it. A handler that returns ends it with OK; one that throws a Status, with that. */
export class ServerCall<Req, Res> {
  readonly headers: IncomingHttpHeaders;
  private readonly stream: ServerHttp2Stream;
  private readonly method: MethodDescriptor<Req, Res>;
  private readonly incoming: AsyncIterator<Req>;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, method: MethodDescriptor<Req, Res>) {
    this.stream = stream;
    this.headers = headers;
    this.method = method;
    this.incoming = this.requests();
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  }

  private async *requests(): AsyncGenerator<Req, void> {
    const frames = new FrameReader(ANY_SIZE);
    for await (const chunk of this.stream) {
      for (const message of frames.push(chunk as Buffer)) yield this.method.request.decode(message);
    }
  }

  /** The next request; undefined when the client has no more. */
  async receive(): Promise<Req | undefined> {
    const next = await this.incoming.next();
    return next.done === true ? undefined : next.value;
  }

  send(response: Partial<Res>): void {
    this.stream.write(frame(this.method.response.encode(this.method.response.create(response))));
  }

  finish({ code, text }: Status): void {
    if (this.stream.destroyed) return;
    this.stream.on('wantTrailers', () => {
      this.stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': escaped(text) });
    });
    this.stream.end();
  }

  /** Ends the stream without a status, as a proxy or a crash does. */
  reset(): void {
    this.stream.close(2);
  }
}

type Handler<Req, Res> = (call: ServerCall<Req, Res>) => Promise<void>;

export class FakeServer {
  /** Paths of all calls, in their order. */
  readonly calls: string[] = [];
  /** HTTP/2 PINGs that came. */
  pings = 0;
  private readonly handlers = new Map<
    string,
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
  >();
  private readonly sessions = new Set<ServerHttp2Session>();
  private server: Http2Server;
  private port = 0;

  private constructor() {
    this.server = this.create();
  }

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    await fake.listen();
    return fake;
  }

  private create(): Http2Server {
    const server = createServer();
    server.on('session', (session) => {
      this.sessions.add(session);
      session.on('error', () => {});
      session.on('ping', () => this.pings++);
      session.on('close', () => this.sessions.delete(session));
    });
    server.on('stream', (stream, headers) => {
      const path = headers[':path']!;
      this.calls.push(path);
      const handler = this.handlers.get(path);
      if (handler !== undefined) return handler(stream, headers);
      stream.respond(
        { ':status': 200, 'grpc-status': '12', 'grpc-message': 'unknown method' },
        { endStream: true },
      );
    });
    return server;
  }

  listen(): Promise<void> {
    if (this.server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  get endpoint(): string {
    return `127.0.0.1:${this.port}`;
  }

  handle<Req, Res>(method: MethodDescriptor<Req, Res>, handler: Handler<Req, Res>): void {
    this.handlers.set(method.path, (stream, headers) => {
      const call = new ServerCall(stream, headers, method);
      handler(call).then(
        () => call.finish({ code: Code.OK, text: '' }),
        (error) => call.finish('code' in error ? error : { code: Code.Internal, text: String(error) }),
      );
    });
  }

  /** Answers every call of this method the same way. */
  answer<Req, Res>(method: MethodDescriptor<Req, Res>, response: Partial<Res> | Status): void {
    this.handle(method, async (call) => {
      await call.receive();
      if ('code' in response && 'text' in response) throw response;
      call.send(response as Partial<Res>);
    });
  }

  /** Breaks all connections; clients may come back. */
  drop(): void {
    for (const session of this.sessions) session.destroy();
  }

  /** Breaks all connections and refuses new ones, until `listen`. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.drop();
    await closed;
    this.server = this.create();
  }
}
